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
    private boolean mute;

    /// Of the timer that counts; whatever other one goes off was started before.
    private Instant due = Instant.MAX;

    /// Whether keepalives are needed: not by TCP, which has its own.
    static boolean keeps(SaCore sa) {
        return sa.natLocal() && !sa.remote().tcp() && !sa.settings().keepAlive().isZero();
    }

    /// Sees to it that the SA is called when the first keepalive is due.
    static void arm(SaCore sa, Outbox out) {
        NatBinding binding = sa.extensions().natBinding();
        if (binding.due.equals(Instant.MAX) && keeps(sa)) {
            binding.callAt(sa, sa.now().plus(interval(sa)), out);
        }
    }

    /// There is one timer at a time: each would go on for ever.
    void callAt(SaCore sa, Instant at, Outbox out) {
        due = at;
        out.timer(sa.ownSpi(), TimerQueue.Kind.KEEPALIVE, at);
    }

    /// A timer went off.
    ///
    /// @return whether it is the one that counts, which has to be started again
    boolean isCalled(Instant now) {
        boolean called = !now.isBefore(due);
        if (called) {
            due = Instant.MAX;
        }
        return called;
    }

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
        NatBinding binding = sa.extensions().natBinding();
        return intervals(sa)
                .trial(sa.local().address(), sa.remote().address())
                .filter(_ -> !binding.mute)
                .or(() -> binding.check(sa, now));
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
        mute = sa.natLocal();
        tested = silence(sa, now);
    }

    /// The peer told how it sees us.
    public void told() {
        mute = false;
    }

    /// The peer told how it sees us, not for the first time.
    ///
    /// @param same as before
    public void answered(SaCore sa, boolean same, Outbox out) {
        if (!keeps(sa) || tested.isZero()) {
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
            callAt(sa, sa.now().plus(now), out);
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
