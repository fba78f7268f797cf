package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.keyferry.wire.Endpoint;

/// What the initiator of an IKE_SA over TCP knows of UDP, which did not pass when it was last
/// tried.
public final class UdpTrials {
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 6;
    private static final double JITTER = 0.25;

    /// UDP that lasted so long counts as if it had always passed.
    private static final Duration LASTING = LONGEST;

    /// A request that goes by UDP while the IKE_SA is over TCP.
    ///
    /// @param sent how often
    /// @param answered by UDP, too
    public record Trial(Endpoint local, Endpoint remote, int sent, boolean answered) {}

    /// The connection that was left for UDP, which the peer does not know yet.
    public record Left(Endpoint local, Endpoint remote) {}

    private int failures;
    private Instant due = Instant.MAX;
    private Instant last = Instant.MIN;
    private Instant passesSince = Instant.MAX;
    private Optional<Trial> trial = Optional.empty();
    private Optional<Left> left = Optional.empty();

    /// When UDP is to be tried; [Instant#MAX] for never.
    public Instant due() {
        return due;
    }

    public void due(Instant at) {
        due = at;
    }

    /// The next one: after a minute, and twice as long each time, up to an hour, less a random
    /// part.
    public Instant plan(Instant now, RandomGenerator random) {
        long millis = FIRST.toMillis() << Math.min(failures, MOST_DOUBLINGS);
        millis = Math.min(millis, LONGEST.toMillis());
        due = now.plusMillis((long) (millis * (1 - JITTER * random.nextDouble())));
        return due;
    }

    /// Sooner, as the host is elsewhere now; but not all the time.
    public Instant hurry(Instant now, Duration soon) {
        failures = 0;
        Instant next = now.plus(soon);
        boolean lately = last.isAfter(now.minus(FIRST));
        due = lately ? last.plus(FIRST).plus(soon) : next;
        return due;
    }

    /// It does not pass.
    public void failed() {
        failures++;
        trial = Optional.empty();
    }

    public Optional<Trial> trial() {
        return trial;
    }

    public void begin(Endpoint local, Endpoint remote, Instant now) {
        due = Instant.MAX;
        last = now;
        trial = Optional.of(new Trial(local, remote, 1, false));
    }

    public void again() {
        trial = trial.map(t -> new Trial(t.local(), t.remote(), t.sent() + 1, t.answered()));
    }

    public void answered() {
        trial = trial.map(t -> new Trial(t.local(), t.remote(), t.sent(), true));
    }

    public void ended() {
        trial = Optional.empty();
    }

    /// The IKE_SA goes over UDP from now on.
    public void passes(Left connection, Instant now) {
        trial = Optional.empty();
        due = Instant.MAX;
        passesSince = now;
        left = Optional.of(connection);
    }

    /// It has to leave UDP, for the first time or once more.
    public void passesNoMore(Instant now) {
        if (!passesSince.equals(Instant.MAX)) {
            failures = passesSince.plus(LASTING).isAfter(now) ? failures + 1 : 0;
        }
        passesSince = Instant.MAX;
        trial = Optional.empty();
    }

    /// Whether the last request with our address tells of a NAT that is none.
    public boolean isLeaving() {
        return left.isPresent();
    }

    public Optional<Left> takeLeft() {
        Optional<Left> taken = left;
        left = Optional.empty();
        return taken;
    }

    /// What the IKE_SA that takes the place of another one knows from that.
    void inherit(UdpTrials former) {
        failures = former.failures;
        due = former.due;
        last = former.last;
        passesSince = former.passesSince;
        left = former.left;
    }
}
