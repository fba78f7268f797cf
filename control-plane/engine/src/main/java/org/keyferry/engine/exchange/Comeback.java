package org.keyferry.engine.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.Retry;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.Task;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.IpAddress;

/// What becomes of a tunnel that is lost or does not come: `close_action`, `dpd_action`,
/// `keyingtries`, and the persistence of what the configuration wants to be up.
public final class Comeback {
    /// What is lost sooner is not restarted at once a second time: two ends must not chase each
    /// other.
    private static final Duration SHORT_LIFE = Duration.ofSeconds(10);

    /// A set-up that is younger when our address goes is not begun again at once.
    private static final Duration SETTLING = Duration.ofSeconds(1);

    /// The IKE_SA is lost; its children are still listed.
    public static void ikeLost(SaCore sa, Reason reason, Outbox out) {
        for (ChildSa child : List.copyOf(sa.children())) {
            if (Tasks.carries(child)) {
                Set<Action> wanted = actions(child.installation().config(), reason);
                if (wanted.contains(Action.START) && sa.virtualIps().onlyPeerCanBegin()) {
                    out.log(
                            sa,
                            Group.IKE,
                            1,
                            "unable to reestablish IKE_SA due to asymmetric setup: the peer has to"
                                    + " ask for its virtual IPs");
                    wanted = wanted.contains(Action.TRAP) ? Set.of(Action.TRAP) : Set.of();
                }
                act(sa, child, wanted, out);
            }
        }
    }

    /// The peer has deleted a CHILD_SA that was in use.
    static void childDeleted(SaCore sa, ChildSa child, Outbox out) {
        if (Tasks.carries(child)) {
            act(sa, child, child.installation().config().closeAction(), out);
        }
    }

    /// A CHILD_SA reached its hard lifetime, so no rekeying came in time: what should be up comes
    /// back.
    static void childExpired(SaCore sa, ChildSa child, Outbox out) {
        Child config = child.installation().config();
        boolean wanted =
                config.startAction().contains(Action.START)
                        || config.closeAction().contains(Action.START);
        if (wanted) {
            act(sa, child, Set.of(Action.START), out);
        }
    }

    private static Set<Action> actions(Child config, Reason reason) {
        if (reason instanceof Reason.Timeout || reason == Reason.Plain.PEER_RESTARTED) {
            return config.dpdAction();
        }
        return reason == Reason.Plain.PEER_DELETED ? config.closeAction() : Set.of();
    }

    private static void act(SaCore sa, ChildSa child, Set<Action> actions, Outbox out) {
        if (actions.contains(Action.TRAP)) {
            out.add(new Effect.Trap(sa.connection(), child.name()));
        }
        if (actions.contains(Action.START)) {
            int before = sa.attempt().round();
            boolean shortLived =
                    Duration.between(child.installed(), sa.now()).compareTo(SHORT_LIFE) < 0;
            int round = shortLived ? before + 1 : 0;
            out.log(sa, Group.IKE, 1, "restarting CHILD_SA %s", child.name());
            var attempt = new Attempt(1, round, true, List.of(), Optional.empty());
            initiate(sa, Optional.of(child.name()), attempt, shortLived ? before : 0, out);
        }
    }

    /// What an IKE_SA is set up for in the place of another one comes back even if that fails,
    /// where the configuration wants it up.
    public static void wish(SaCore sa, List<Child> children) {
        children.stream()
                .filter(
                        child ->
                                child.startAction().contains(Action.START)
                                        || child.dpdAction().contains(Action.START))
                .forEach(child -> sa.wishes().add(child.name(), Attempt.WANTED));
    }

    /// The host's addresses changed. A set-up that is under way from one that is gone begins again
    /// from another one.
    public static State networkChanged(SaCore sa, State state) {
        boolean waits =
                state instanceof State.InitSent
                        || state instanceof State.ResumeSent
                        || state instanceof State.Solving
                        || state instanceof State.RoundSent
                        || state instanceof State.AuthSent;
        List<IpAddress> own = sa.lookup().ownAddresses().orElse(List.of());
        boolean elsewhere =
                !own.contains(sa.local().address())
                        && own.stream().anyMatch(a -> a.v6() == sa.local().address().v6());
        if (!waits || !elsewhere || !sa.replacement().predecessor().isZero()) {
            return state;
        }
        if (state instanceof State.ResumeSent sent) {
            sa.ids().lostSessions().put(sent.ticket());
        }
        return new State.Closed(Reason.Plain.ADDRESS_GONE);
    }

    /// A set-up that this side began has ended before there was an IKE_SA: there may be another
    /// try, else the users who wait are told.
    public static void setUpFailed(SaCore sa, Reason reason, Outbox out) {
        if (reason == Reason.Plain.REDIRECTED || reason == Reason.Plain.NOT_RESUMED) {
            return; // another one has taken over all wishes
        }
        int tries = sa.connection().keyingTries();
        int number = sa.attempt().number();
        if (reason instanceof Reason.Timeout && (tries == 0 || number < tries)) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "peer not responding, trying again (%d/%d)",
                    number + 1,
                    tries);
            tryAgain(sa, 1, Duration.ZERO, out);
            return;
        }
        if (reason == Reason.Plain.ADDRESS_GONE) {
            out.log(sa, Group.IKE, 1, "setting the IKE_SA up from another address");
            boolean flaps = sa.now().isBefore(sa.begun().plus(SETTLING));
            tryAgain(sa, 0, flaps ? SETTLING : Duration.ZERO, out);
            return;
        }
        out.log(sa, Group.IKE, 0, "establishing IKE_SA failed: %s", reason);
        for (long requestId : sa.waitingRequests()) {
            out.tell(new Event.RequestDone(requestId, Optional.of(reason)));
        }
        sa.waitingRequests().clear();
        if (sa.wantedChild().isEmpty() && sa.attempt().persistent()) {
            insist(sa, Optional.empty(), sa.attempt(), reason, out);
        }
        unfulfilled(sa, reason, out);
    }

    /// The next of the `keyingtries`, with all who wait: for the IKE_SA and its first child, then
    /// for the other children that were to follow.
    ///
    /// @param more how much the try counts
    private static void tryAgain(SaCore sa, int more, Duration pause, Outbox out) {
        var first = sa.wantedChild().map(Child::name);
        var waiting = List.copyOf(sa.waitingRequests());
        sa.waitingRequests().clear();
        again(sa, first, sa.attempt().next(more, waiting), pause, out);
        for (Task task : List.copyOf(sa.tasks())) {
            if (task instanceof Task.CreateChild(Child config, long requestId, _)) {
                sa.tasks().remove(task);
                Attempt wish = sa.wishes().of(config.name()).orElse(Attempt.MANUAL);
                var next =
                        new Attempt(
                                sa.attempt().number() + more,
                                wish.round(),
                                wish.persistent(),
                                requestId == 0 ? List.of() : List.of(requestId),
                                wish.acquire());
                again(sa, Optional.of(config.name()), next, pause, out);
            }
        }
    }

    /// The IKE_SA has ended before these children were up. Those that are there over the one that
    /// it was to replace stay.
    public static void unfulfilled(SaCore sa, Reason reason, Outbox out) {
        Optional<IkeSa> former = former(sa);
        sa.wishes()
                .all()
                .forEach(
                        (child, _) -> {
                            if (former.filter(f -> stays(f, child)).isEmpty()) {
                                childFailed(sa, child, reason, out);
                            }
                        });
    }

    private static boolean stays(IkeSa former, String child) {
        return !former.isEstablished()
                || former.core().children().stream()
                        .filter(Tasks::carries)
                        .anyMatch(c -> c.name().equals(child));
    }

    /// The IKE_SA that this one was to replace, unless that has ended meanwhile.
    private static Optional<IkeSa> former(SaCore sa) {
        return sa.lookup().find(sa.replacement().predecessor()).filter(IkeSa::isLive);
    }

    /// A CHILD_SA that this side wanted does not come.
    static void childFailed(SaCore sa, String child, Reason reason, Outbox out) {
        Optional<Attempt> wish = sa.wishes().of(child);
        sa.wishes().forget(child);
        boolean wanted =
                wish.filter(Attempt::persistent).isPresent()
                        || sa.connection()
                                .child(child)
                                .filter(c -> c.startAction().contains(Action.START))
                                .isPresent();
        if (wanted && wish.isPresent()) {
            insist(sa, Optional.of(child), wish.get(), reason, out);
        }
    }

    /// Not against the wish of a user, or at the end of the daemon.
    private static void insist(
            SaCore sa, Optional<String> child, Attempt attempt, Reason reason, Outbox out) {
        boolean wished =
                reason instanceof Reason.Plain
                        && reason != Reason.Plain.PEER_DELETED
                        && reason != Reason.Plain.PEER_RESTARTED;
        if (!wished && !(reason instanceof Reason.CannotDo)) {
            Attempt next = attempt.nextRound();
            initiate(sa, child, next, next.round(), out);
        }
    }

    private static void initiate(
            SaCore sa, Optional<String> child, Attempt attempt, int failures, Outbox out) {
        if (sa.login().byEap()) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "unable to reestablish IKE_SA due to asymmetric setup: the peer has to begin");
            return;
        }
        Duration delay =
                Retry.delay(
                        failures, sa.settings().children().retryInitiateInterval(), sa.random());
        if (!delay.isZero()) {
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "trying again to establish %s in %d seconds",
                    child.map(name -> "CHILD_SA " + name).orElse("the IKE_SA"),
                    delay.toSeconds());
        }
        again(sa, child, attempt, delay, out);
    }

    private static void again(
            SaCore sa, Optional<String> child, Attempt attempt, Duration delay, Outbox out) {
        out.add(
                new Effect.Reinitiate(
                        sa.connection(), child, attempt, delay, sa.local(), sa.remote()));
    }

    private Comeback() {}
}
