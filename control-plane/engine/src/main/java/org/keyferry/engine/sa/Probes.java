package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;

/// What keeps a silent path alive, and finds out whether it still is.
final class Probes {
    /// Of the random bits of our SPI.
    private static final long SHARE_MASK = 0xffff;

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

    /// The kernel's counters grew between two looks. When, it does not tell: each SA takes another
    /// moment of that time, so that those that fall silent together are not asked together.
    static void onTraffic(SaCore core, Instant from, Instant to) {
        long nanos = Duration.between(from, to).toNanos();
        double share = (core.ownSpi().value() & SHARE_MASK) / (double) SHARE_MASK;
        Instant at = from.plusNanos((long) (nanos * share));
        if (at.isAfter(core.lastInbound())) {
            core.heard(at);
        }
    }

    static void onKeepalive(SaCore core, State state, Instant now, Outbox out) {
        NatBinding binding = core.extensions().natBinding();
        if (!binding.isCalled(now)
                || !(state instanceof State.Established)
                || !NatBinding.keeps(core)) {
            return;
        }
        Duration interval = NatBinding.interval(core);
        Duration silent = Duration.between(core.lastOutbound(), now);
        Optional<Duration> trial = NatBinding.trial(core, now);
        boolean tried = trial.filter(t -> silent.compareTo(t) >= 0).isPresent();
        if (isLate(core, silent, interval) || tried) {
            core.tasks().add(new Task.Liveness());
            binding.callAt(core, now.plus(interval), out);
            return;
        }
        Duration due = trial.orElse(interval);
        if (silent.compareTo(due) < 0) {
            binding.callAt(core, now.plus(due.minus(silent)), out);
            return;
        }
        out.add(new Effect.SendKeepalive(core.local(), core.remote()));
        core.spoke(now);
        binding.callAt(core, now.plus(interval), out);
    }

    /// This host slept, and the NAT may have forgotten it: an answer tells, a keepalive does not
    /// (`keep_alive_dpd_margin`).
    private static boolean isLate(SaCore core, Duration silent, Duration interval) {
        Duration margin = core.settings().paths().keepAliveDpdMargin();
        return !margin.isZero()
                && silent.compareTo(interval.plus(margin)) >= 0
                && core.requests().isFree()
                && core.tasks().isEmpty();
    }

    private Probes() {}
}
