package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;

/// What keeps a silent path alive, and finds out whether it still is.
final class Probes {
    /// Asks only when nothing came from the peer for `dpd_delay` (RFC 7296 §2.4).
    static void onLiveness(SaCore core, State state, Instant now, Outbox out) {
        Duration delay = core.connection().dpdDelay();
        if (!(state instanceof State.Established) || delay.isZero()) {
            return;
        }
        Duration rest = delay.minus(core.idle(now));
        if (rest.isPositive()) {
            out.timer(core.ownSpi(), TimerQueue.Kind.LIVENESS, now.plus(rest));
            return;
        }
        if (core.requests().isFree() && core.tasks().isEmpty()) {
            core.tasks().add(new Task.Liveness());
        }
        out.timer(core.ownSpi(), TimerQueue.Kind.LIVENESS, now.plus(delay));
    }

    static void onKeepalive(SaCore core, State state, Instant now, Outbox out) {
        if (!(state instanceof State.Established) || !core.natLocal()) {
            return;
        }
        Duration interval = core.settings().keepAlive();
        Duration silent = Duration.between(core.lastOutbound(), now);
        if (silent.compareTo(interval) >= 0) {
            out.add(new Effect.SendKeepalive(core.local(), core.remote()));
            silent = Duration.ZERO;
        }
        out.timer(core.ownSpi(), TimerQueue.Kind.KEEPALIVE, now.plus(interval.minus(silent)));
    }

    private Probes() {}
}
