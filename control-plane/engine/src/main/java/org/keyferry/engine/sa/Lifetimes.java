package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.exchange.FirstChild;
import org.keyferry.settings.model.Action;

/// What comes with time in an established IKE_SA: its CHILD_SAs are rekeyed and end, tasks that a
/// busy peer refused come again. One timer serves all of it.
final class Lifetimes {

    /// Sees to it that the SA is called at its next deadline.
    static void arm(SaCore core, Outbox out) {
        Instant next = Instant.MAX;
        for (ChildSa child : core.children()) {
            next = earlier(next, child.expiresAt());
            if (child.state() == ChildSa.State.INSTALLED) {
                next = earlier(next, child.rekeyAt());
            }
        }
        for (SaCore.Postponed postponed : core.postponed()) {
            next = earlier(next, postponed.at());
        }
        if (next.isBefore(core.nextDeadline())) {
            core.nextDeadline(next);
            out.timer(core.ownSpi(), TimerQueue.Kind.LIFETIME, next);
        }
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /// The timer went off.
    static void due(SaCore core, State.Established state, Instant now, Outbox out) {
        if (now.isBefore(core.nextDeadline())) {
            return; // an earlier deadline that was moved
        }
        core.nextDeadline(Instant.MAX);
        for (SaCore.Postponed postponed : List.copyOf(core.postponed())) {
            if (!now.isBefore(postponed.at())) {
                core.postponed().remove(postponed);
                core.tasks().add(postponed.task());
            }
        }
        for (ChildSa child : List.copyOf(core.children())) {
            if (!now.isBefore(child.expiresAt())) {
                expired(core, state, child, out);
            } else if (!now.isBefore(child.rekeyAt())) {
                rekey(core, child);
            }
        }
    }

    /// The soft limit is reached, by time, bytes or packets.
    static void rekey(SaCore core, ChildSa child) {
        if (child.state() == ChildSa.State.INSTALLED) {
            core.replaceChild(child, child.rekeyAt(Instant.MAX));
            core.tasks().add(new Task.RekeyChild(child.uniqueId(), 0));
        }
    }

    /// The hard limit is reached: the kernel has dropped the states. The peer is told, and the side
    /// that is to bring the CHILD_SA up does so.
    static void expired(SaCore core, State.Established state, ChildSa child, Outbox out) {
        switch (child.state()) {
            case DELETED ->
                    FirstChild.remove(
                            core, child, IkeViews.of(core, state), Reason.Plain.REKEYED, out);
            case INSTALLED, REKEYING, REKEYED -> {
                core.replaceChild(child, child.withoutLimits());
                boolean replaced = child.replacedBy() != 0;
                var why = replaced ? Reason.Plain.REKEYED : Reason.Plain.LIFETIME_EXPIRED;
                core.tasks().add(new Task.DeleteChild(child.uniqueId(), why, 0));
                var config = child.installation().config();
                if (!replaced
                        && (core.isInitiator() || config.startAction().contains(Action.START))) {
                    core.tasks().add(Task.CreateChild.of(config, 0));
                }
            }
            case INSTALLING, DELETING -> {}
        }
    }

    private Lifetimes() {}
}
