package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.cert.Fault;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.exchange.FirstChild;
import org.keyferry.engine.exchange.Reauthentication;
import org.keyferry.engine.exchange.Redirect;
import org.keyferry.engine.exchange.Takeover;
import org.keyferry.settings.model.Action;

/// What comes with time in an established IKE_SA: its CHILD_SAs are rekeyed and end, tasks that a
/// busy peer refused come again. One timer serves all of it.
public final class Lifetimes {
    /// One end alone has at most 1.5 times the mean in a second, both together 1.42 times.
    private static final double LATENESS = 2.0 / 3;

    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);

    /// Draws the times at which an IKE_SA that is up now is replaced, no two SAs at once.
    public static void schedule(SaCore core, Instant now, Outbox out) {
        var connection = core.connection();
        core.replacement().rekeyAt(draw(core, connection.rekeyTime(), now));
        if (core.replacement().reauthAt().equals(Instant.MAX)) {
            core.replacement().reauthAt(draw(core, connection.reauthTime(), now));
        }
        Instant first = earlier(core.replacement().rekeyAt(), core.replacement().reauthAt());
        core.replacement()
                .expiresAt(
                        first.equals(Instant.MAX)
                                ? Instant.MAX
                                : first.plus(connection.overTime()));
        core.replacement().demanded().ifPresent(seconds -> demandedAtOnce(core, seconds, now, out));
        tell(core, "scheduling rekeying in %ds", core.replacement().rekeyAt(), now, out);
        tell(core, "scheduling reauthentication in %ds", core.replacement().reauthAt(), now, out);
        tell(core, "maximum IKE_SA lifetime %ds", core.replacement().expiresAt(), now, out);
    }

    /// Seconds until the peer has to authenticate again, as AUTH_LIFETIME tells it (RFC 4478);
    /// drawn before the SA is up. Empty if it need not.
    public static Optional<Integer> announced(SaCore core) {
        Instant now = core.now();
        if (core.replacement().reauthAt().equals(Instant.MAX)) {
            Instant limit =
                    core.login().facts().sessionTimeout().map(now::plus).orElse(Instant.MAX);
            core.replacement()
                    .reauthAt(earlier(draw(core, core.connection().reauthTime(), now), limit));
        }
        Instant at = core.replacement().reauthAt();
        return at.equals(Instant.MAX)
                ? Optional.empty()
                : Optional.of(Math.clamp(Duration.between(now, at).toSeconds(), 0, 1 << 30));
    }

    /// The peer says when it wants us to authenticate again: in time before that, unless we do so
    /// earlier anyway.
    public static void demanded(SaCore core, int seconds, Instant now, Outbox out) {
        Duration lifetime = Duration.ofSeconds(Integer.toUnsignedLong(seconds));
        demanded(core, lifetime, lifetime.minus(core.connection().overTime()), now, out);
    }

    /// The peer said so when it let us in: were we to begin again at once, it would say the same
    /// again.
    private static void demandedAtOnce(SaCore core, int seconds, Instant now, Outbox out) {
        Duration lifetime = Duration.ofSeconds(Integer.toUnsignedLong(seconds));
        Duration wanted = lifetime.minus(core.connection().overTime());
        Duration part = lifetime.dividedBy(10);
        Duration least = part.compareTo(SHORTEST_LIFE) > 0 ? part : SHORTEST_LIFE;
        demanded(core, lifetime, wanted.compareTo(least) > 0 ? wanted : least, now, out);
    }

    private static void demanded(
            SaCore core, Duration lifetime, Duration delay, Instant now, Outbox out) {
        Instant at = now.plus(delay.isNegative() ? Duration.ZERO : delay);
        Instant present = core.replacement().reauthAt();
        if (!at.isBefore(present)) {
            out.log(
                    core,
                    Group.IKE,
                    1,
                    "received AUTH_LIFETIME of %ds, reauthentication already scheduled in %ds",
                    lifetime.toSeconds(),
                    Duration.between(now, present).toSeconds());
            return;
        }
        core.replacement().reauthAt(at);
        core.replacement().expiresAt(earlier(core.replacement().expiresAt(), now.plus(lifetime)));
        out.log(
                core,
                Group.IKE,
                1,
                delay.isNegative()
                        ? "received AUTH_LIFETIME of %ds, starting reauthentication"
                        : "received AUTH_LIFETIME of %ds, scheduling reauthentication in %ds",
                lifetime.toSeconds(),
                delay.toSeconds());
    }

    /// Whoever let the peer in says when it has to authenticate again; as responder we ask the peer
    /// to do so (RFC 4478).
    static void limited(SaCore core, State state, Duration limit, Instant now, Outbox out) {
        if (!(state instanceof State.Established)) {
            return;
        }
        core.replacement().reauthAt(now.plus(limit));
        core.replacement().expiresAt(now.plus(limit).plus(core.connection().overTime()));
        tell(core, "scheduling reauthentication in %ds", now.plus(limit), now, out);
        if (!core.isOriginalInitiator()) {
            int seconds = Math.clamp(limit.toSeconds(), 0, Integer.MAX_VALUE);
            core.tasks().add(new Task.AnnounceLifetime(seconds));
        }
    }

    private static Instant draw(SaCore core, Duration time, Instant now) {
        if (time.isZero()) {
            return Instant.MAX;
        }
        long most = Math.min(core.connection().randTime().toMillis(), time.toMillis());
        return now.plus(time).minusMillis((long) (randomPart(core) * most));
    }

    /// How much of `rand_time` is taken off a lifetime, 0 to 1: less rather than more. Both ends
    /// draw, and the earlier one rekeys: were both to draw evenly, half of many SAs that came up
    /// together would be rekeyed in the first third of the time, twice as many in a second as need
    /// be.
    public static double randomPart(SaCore core) {
        return 1 - Math.pow(core.random().nextDouble(), LATENESS);
    }

    private static void tell(SaCore core, String format, Instant at, Instant now, Outbox out) {
        if (!at.equals(Instant.MAX)) {
            out.log(core, Group.IKE, 1, format, Duration.between(now, at).toSeconds());
        }
    }

    /// Sees to it that the SA is called at its next deadline.
    static void arm(SaCore core, Outbox out) {
        Instant next = Instant.MAX;
        for (ChildSa child : core.children()) {
            next = earlier(next, child.expiresAt());
            if (child.state() == ChildSa.State.INSTALLED) {
                next = earlier(next, child.rekeyAt());
            }
        }
        next = earlier(next, core.replacement().rekeyAt());
        next = earlier(next, core.replacement().reauthAt());
        next = earlier(next, core.replacement().expiresAt());
        next = earlier(next, core.replacement().takeoverAt());
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
        dueOfIkeSa(core, state, now, out);
        Takeover.due(core, now, out);
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

    private static void dueOfIkeSa(SaCore core, State.Established state, Instant now, Outbox out) {
        if (!now.isBefore(core.replacement().expiresAt())) {
            core.replacement().expiresAt(Instant.MAX);
            core.replacement().rekeyAt(Instant.MAX);
            core.replacement().reauthAt(Instant.MAX);
            out.log(
                    core,
                    Group.IKE,
                    0,
                    "deleting IKE_SA %s[%d], it was not replaced in its lifetime",
                    core.name(),
                    core.uniqueId());
            if (core.isOriginalInitiator()) {
                Reauthentication.breakFirst(core, Reason.Plain.LIFETIME_EXPIRED);
            } else {
                core.tasks().addFirst(new Task.DeleteIke(Reason.Plain.LIFETIME_EXPIRED, 0));
            }
        } else if (!now.isBefore(core.replacement().reauthAt())) {
            core.replacement().reauthBegins();
            Reauthentication.begin(core, state, out);
        } else if (!now.isBefore(core.replacement().rekeyAt())) {
            core.replacement().rekeyAt(Instant.MAX);
            core.tasks().add(new Task.RekeyIke(0));
        }
    }

    /// A peer whose certificate was revoked meanwhile loses what it has.
    static void reauthenticationFailed(SaCore core, Reason why, Instant now, Outbox out) {
        if (Redirect.failed(core, why, out)) {
            return;
        }
        if (why instanceof Reason.CertificateRefused(Fault fault, _) && fault == Fault.REVOKED) {
            out.log(
                    core,
                    Group.IKE,
                    0,
                    "deleting IKE_SA %s[%d], peer certificate verification failed: %s",
                    core.name(),
                    core.uniqueId(),
                    why);
            core.tasks().addFirst(new Task.DeleteIke(why, 0));
            return;
        }
        Duration delay = core.retryDelay();
        core.replacement().reauthenticating(false);
        core.replacement().reauthAt(now.plus(delay));
        Redirect.resume(core, core, out);
        out.log(
                core,
                Group.IKE,
                0,
                "IKE_SA %s[%d] reauthentication failed, trying again in %d seconds: %s",
                core.name(),
                core.uniqueId(),
                delay.toSeconds(),
                why);
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
                        && (core.isOriginalInitiator()
                                || config.startAction().contains(Action.START))) {
                    core.tasks().add(Task.CreateChild.of(config, 0));
                }
            }
            case INSTALLING, DELETING -> core.replaceChild(child, child.withoutLimits());
        }
    }

    private Lifetimes() {}
}
