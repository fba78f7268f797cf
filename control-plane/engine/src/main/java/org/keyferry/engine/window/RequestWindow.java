package org.keyferry.engine.window;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.keyferry.engine.EngineSettings;
import org.keyferry.wire.Bytes;

/// Our requests: one in flight at a time (window size 1, RFC 7296 §2.3), sent again until answered
/// or given up (§2.4).
public final class RequestWindow {
    /// @param datagrams the message, or its fragments
    /// @param transmissions how often it was sent, at least 1
    /// @param due when to send it again or to give up
    public record Outstanding(
            int messageId,
            int exchangeType,
            List<Bytes> datagrams,
            int transmissions,
            Instant due) {}

    private int nextId;
    private Outstanding outstanding;

    public RequestWindow(int nextId) {
        this.nextId = nextId;
    }

    public int nextId() {
        return nextId;
    }

    public Optional<Outstanding> outstanding() {
        return Optional.ofNullable(outstanding);
    }

    public boolean isFree() {
        return outstanding == null;
    }

    /// Takes note of a request that is sent now; returns when to come back.
    public Instant sent(
            int exchangeType,
            List<Bytes> datagrams,
            Instant now,
            EngineSettings settings,
            RandomGenerator random) {
        if (outstanding != null) {
            throw new IllegalStateException("request " + outstanding.messageId() + " is open");
        }
        if (nextId == -1) {
            throw new IllegalStateException("message ids are used up");
        }
        Instant due = now.plus(timeout(0, settings, random));
        outstanding = new Outstanding(nextId, exchangeType, datagrams, 1, due);
        return due;
    }

    /// The same id with other bytes: IKE_SA_INIT with a cookie or another KE method (§2.6, §1.2).
    public void withdraw() {
        outstanding = null;
    }

    /// Sends again if that is due and tries are left; the result holds the next deadline.
    public Optional<Outstanding> again(
            Instant now, EngineSettings settings, RandomGenerator random) {
        if (outstanding.transmissions() > settings.retransmitTries()) {
            return Optional.empty();
        }
        Duration wait = timeout(outstanding.transmissions(), settings, random);
        outstanding =
                new Outstanding(
                        outstanding.messageId(),
                        outstanding.exchangeType(),
                        outstanding.datagrams(),
                        outstanding.transmissions() + 1,
                        now.plus(wait));
        return Optional.of(outstanding);
    }

    /// Comes back at another time than planned.
    public void postpone(Instant due) {
        outstanding =
                new Outstanding(
                        outstanding.messageId(),
                        outstanding.exchangeType(),
                        outstanding.datagrams(),
                        outstanding.transmissions(),
                        due);
    }

    /// Whether a response with this id and type answers what is in flight.
    public boolean expects(int messageId, int exchangeType) {
        return outstanding != null
                && outstanding.messageId() == messageId
                && outstanding.exchangeType() == exchangeType;
    }

    public void answered() {
        outstanding = null;
        nextId++;
    }

    /// charon's rule: timeout · base^n, limited, minus a random part of jitter percent.
    static Duration timeout(int n, EngineSettings settings, RandomGenerator random) {
        double seconds =
                settings.retransmitTimeout().toNanos()
                        / 1e9
                        * Math.pow(settings.retransmitBase(), n);
        if (!settings.retransmitLimit().isZero()) {
            seconds = Math.min(seconds, settings.retransmitLimit().toNanos() / 1e9);
        }
        if (settings.retransmitJitter() > 0) {
            seconds -= seconds * settings.retransmitJitter() / 100 * random.nextDouble();
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
