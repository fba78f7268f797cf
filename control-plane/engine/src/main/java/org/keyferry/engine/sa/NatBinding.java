package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KeepaliveIntervals;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;

/// What liveness checks tell about the NAT in front of this host: how much silence its binding
/// stands (RFC 4555 §3.8 lets the peer say how it sees us).
public final class NatBinding {
    /// What comes sooner is an answer.
    private static final Duration ROUND_TRIP = Duration.ofSeconds(2);

    /// Nothing but a question notices that the NAT has another port for us, which it may have for
    /// reasons of its own: the peer goes on to send to the former one.
    private static final Duration CHECK = Duration.ofMinutes(5);

    private Duration tested = Duration.ZERO;
    private Instant asked = Instant.MAX;

    /// How long nothing may be sent at most.
    public static Duration interval(SaCore sa) {
        return intervals(sa).interval(sa.local().address(), sa.remote().address());
    }

    private static KeepaliveIntervals intervals(SaCore sa) {
        return sa.lookup().keepalives();
    }

    /// The silence after which a question teaches more than a keepalive does: the peer will tell
    /// how it sees us, and nothing came since we sent something. Empty if it does not.
    static Optional<Duration> trial(SaCore sa, Instant now) {
        boolean useful =
                sa.mobility().agreed()
                        && sa.mobility().decides()
                        && sa.peerNatT()
                        && isQuiet(sa)
                        && sa.requests().isFree()
                        && sa.tasks().isEmpty();
        if (!useful) {
            return Optional.empty();
        }
        return intervals(sa)
                .trial(sa.local().address(), sa.remote().address())
                .or(() -> sa.extensions().natBinding().check(sa, now));
    }

    private Optional<Duration> check(SaCore sa, Instant now) {
        if (asked.equals(Instant.MAX)) {
            asked = now;
        }
        boolean due = intervals(sa).adapts() && !now.isBefore(asked.plus(CHECK));
        return due ? Optional.of(interval(sa)) : Optional.empty();
    }

    private static boolean isQuiet(SaCore sa) {
        return !sa.lastInbound().isAfter(sa.lastOutbound().plus(ROUND_TRIP));
    }

    private static Duration silence(SaCore sa, Instant now) {
        return Duration.between(isQuiet(sa) ? sa.lastOutbound() : sa.lastInbound(), now);
    }

    /// A liveness check goes out.
    public void asked(SaCore sa, Instant now) {
        asked = now; // also a peer that tells nothing is not asked more often
        tested = silence(sa, now);
    }

    /// The peer told how it sees us.
    ///
    /// @param same as before
    public void answered(SaCore sa, boolean same, Outbox out) {
        if (!sa.natLocal() || tested.isZero()) {
            return;
        }
        Duration before = interval(sa);
        if (same) {
            intervals(sa).held(sa.local().address(), sa.remote().address(), tested);
        } else {
            intervals(sa).lost(sa.local().address(), sa.remote().address(), tested);
        }
        Duration now = interval(sa);
        if (!same) {
            out.timer(sa.ownSpi(), TimerQueue.Kind.KEEPALIVE, sa.now().plus(now));
        }
        if (!now.equals(before)) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "NAT binding %s after %d seconds of silence, sending keep alives every %d",
                    same ? "is there" : "was gone",
                    tested.toSeconds(),
                    now.toSeconds());
        }
        tested = Duration.ZERO;
    }
}
