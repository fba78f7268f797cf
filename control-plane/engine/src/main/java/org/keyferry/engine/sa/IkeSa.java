package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.exchange.Comeback;
import org.keyferry.engine.exchange.CreateChild;
import org.keyferry.engine.exchange.CreateChildAnswer;
import org.keyferry.engine.exchange.IkeFollowupKeAnswer;
import org.keyferry.engine.exchange.IkeSaInit;
import org.keyferry.engine.exchange.IkeSaInitAnswer;
import org.keyferry.engine.exchange.Informational;
import org.keyferry.engine.exchange.PathChoice;
import org.keyferry.engine.exchange.Reauthentication;
import org.keyferry.engine.exchange.Redirect;
import org.keyferry.engine.exchange.Resumption;
import org.keyferry.engine.exchange.ResumptionAnswer;
import org.keyferry.engine.exchange.SetUp;
import org.keyferry.engine.exchange.Streams;
import org.keyferry.engine.exchange.Succession;
import org.keyferry.engine.exchange.Takeover;
import org.keyferry.engine.exchange.Tasks;
import org.keyferry.engine.sa.Questions.Question;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;

/// One IKE_SA (RFC 7296 §2). [#handle] takes one step; the same state, time and input lead to the
/// same effects. It never blocks, and never throws because of what a peer sent.
public final class IkeSa {
    /// Inputs that wait while the kernel works for this SA.
    private static final int MAX_DEFERRED = 8;

    private final SaCore core;
    private final Deque<SaInput.Received> deferred = new ArrayDeque<>(0);
    private State state;

    private IkeSa(SaCore core, State state) {
        this.core = core;
        this.state = state;
    }

    public static IkeSa initiate(SaCore core, Optional<Child> child, Outbox out) {
        return new IkeSa(core, IkeSaInit.begin(core, child, out));
    }

    public static IkeSa answer(
            SaCore core,
            IkeSaInitAnswer.Judgement.Acceptable request,
            SaInput.Received in,
            List<Payload> payloads,
            Outbox out) {
        return new IkeSa(core, IkeSaInitAnswer.begin(core, request, in, payloads, out));
    }

    /// Answers a request that takes an IKE_SA up again.
    public static IkeSa resume(
            SaCore core,
            ResumptionAnswer.Judgement.Acceptable request,
            SaInput.Received in,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        core.now(now);
        return new IkeSa(core, ResumptionAnswer.begin(core, request, in, payloads, now, out));
    }

    /// The one that takes the place of another; its keys are there.
    public static IkeSa successor(SaCore core) {
        return new IkeSa(core, State.Established.idle());
    }

    static IkeSa restored(SaCore core) {
        return new IkeSa(core, State.Established.idle());
    }

    public SaCore core() {
        return core;
    }

    public State state() {
        return state;
    }

    /// Nothing is left to do: the engine forgets it.
    public boolean isGone() {
        return state instanceof State.Closed && !core.questions().kernelBusy();
    }

    /// It has not ended.
    public boolean isLive() {
        return !(state instanceof State.Closed || state instanceof State.Lingering);
    }

    public boolean isConnecting() {
        return isLive()
                && !(state instanceof State.Established
                        || state instanceof State.Rekeyed
                        || state instanceof State.Deleting);
    }

    public boolean isHalfOpen() {
        return switch (state) {
            case State.Answering _,
                    State.AwaitingAuth _,
                    State.AnsweringRound _,
                    State.AwaitingMoreAuth _,
                    State.ServingEap _,
                    State.JudgingInitiator _,
                    State.SigningResponse _ ->
                    true;
            default -> false;
        };
    }

    public boolean isEstablished() {
        return state instanceof State.Established;
    }

    public void handle(Instant now, SaInput input, Outbox out) {
        core.now(now);
        State before = state;
        enter(step(now, input, out), before, out);
        if (state instanceof State.Established) {
            if (!(before instanceof State.Established)) {
                tellUp(out);
            }
        }
        while (!deferred.isEmpty()
                && !core.replacement().awaitsHeritage(now)
                && (state instanceof State.Established || state instanceof State.Rekeyed)) {
            State earlier = state;
            enter(onReceived(deferred.poll(), now, out), earlier, out);
        }
        if (state instanceof State.Established && !core.tasks().isEmpty()) {
            State earlier = state;
            enter(Tasks.startNext(core, state, now, out), earlier, out);
        }
        if (state instanceof State.Established up) {
            Reauthentication.finish(core, up, out);
            Roaming.catchUp(core, up, out);
            Lifetimes.arm(core, out);
            NatBinding.arm(core, out);
        }
    }

    private State step(Instant now, SaInput input, Outbox out) {
        return switch (input) {
            case SaInput.Received in -> onReceived(in, now, out);
            case SaInput.TimerDue(TimerQueue.Kind kind) -> onTimer(kind, now, out);
            case SaInput.Computed(long ticket, Computation result) ->
                    onComputed(ticket, result, now, out);
            case SaInput.EapAnswered(long ticket, var answer) ->
                    core.questions().answered(ticket).isPresent()
                                    && state instanceof State.ServingEap serving
                            ? SetUp.onEapAnswer(core, serving, answer, now, out)
                            : state;
            case SaInput.KernelAnswered(long ticket, KernelAnswer answer) ->
                    onKernel(ticket, answer, now, out);
            case SaInput.Addressed addressed -> SetUp.onAddressed(core, state, addressed, now, out);
            case SaInput.Terminate terminate -> onTerminate(terminate, now, out);
            case SaInput.Forget(Reason reason) ->
                    state instanceof State.Lingering ? state : new State.Closed(reason);
            case SaInput.TerminateChild terminate -> onTerminateChild(terminate, out);
            case SaInput.RekeyChild rekey -> onRekeyChild(rekey, out);
            case SaInput.RekeyIke(long requestId) -> onRekeyIke(requestId, out);
            case SaInput.Reauthenticate(long requestId) -> onReauthenticate(requestId, out);
            case SaInput.LimitSession(Duration limit) -> {
                Lifetimes.limited(core, state, limit, now, out);
                yield state;
            }
            case SaInput.ReauthenticationFailed(Reason reason) -> {
                Lifetimes.reauthenticationFailed(core, reason, now, out);
                yield state;
            }
            case SaInput.Inherit(SaInput.Heritage heritage) -> {
                Successor.inherit(core, heritage, out);
                out.tell(new Event.IkeRekeyed(heritage.former(), view()));
                yield state;
            }
            case SaInput.Superseded() -> {
                core.replacement().heritageSettled();
                yield state instanceof State.Established
                        ? Succession.rekeyed(core, now, out)
                        : state;
            }
            case SaInput.RivalGone(IkeSpi successor) ->
                    state instanceof State.Established up ? up.withoutRival(successor) : state;
            case SaInput.CreateChild create -> onCreateChild(create, out);
            case SaInput.PeerSeen(var remote) -> {
                Roaming.followNat(core, state, core.local(), remote, out);
                yield state;
            }
            case SaInput.NetworkChanged() -> {
                if (state instanceof State.Established || state instanceof State.Deleting) {
                    PathChoice.networkChanged(core, state, now, out);
                }
                yield Comeback.networkChanged(core, state);
            }
            case SaInput.PathsFound(var paths) -> {
                switch (state) {
                    case State.Established up -> PathChoice.onPaths(core, up, paths, now, out);
                    case State.Deleting _ -> PathChoice.takeLeave(core, paths, now, out);
                    default -> {}
                }
                yield state;
            }
            case SaInput.StreamOpened(var local, var remote) ->
                    Streams.onOpened(core, state, local, remote, now, out);
            case SaInput.StreamRefused(var remote, var reason) ->
                    Streams.onRefused(core, state, remote, reason, now, out);
            case SaInput.StreamLost() -> {
                Streams.onLost(core, state, out);
                yield state;
            }
            case SaInput.Redirect(var target) -> {
                Redirect.wanted(core, state, target, out);
                yield state;
            }
            case SaInput.GatewayFound(var path) -> Redirect.onFound(core, state, path, out);
            case SaInput.ChildExpired expired -> onExpired(expired, out);
        };
    }

    /// Goes to `next`; an SA that ends takes everything with it.
    private void enter(State next, State before, Outbox out) {
        Optional<Reason> end =
                switch (next) {
                    case State.Closed(Reason reason) -> Optional.of(reason);
                    case State.Lingering(Reason reason, _) -> Optional.of(reason);
                    default -> Optional.empty();
                };
        boolean ended = before instanceof State.Closed || before instanceof State.Lingering;
        boolean leaves =
                before instanceof State.Established
                        ? !(next instanceof State.Established)
                        : end.isPresent() && !ended;
        if (leaves) {
            Undoing.abandon(core, before, out);
        }
        if (end.isPresent() && !ended) {
            Informational.closeChildren(core, view(), end.get(), out);
            if (!(before instanceof State.Rekeyed) && end.get() != Reason.Plain.REKEYED) {
                out.tell(new Event.IkeDown(view(), end.get()));
            }
            core.replacement().reborn().ifPresent(children -> out.setUpAnew(core, children, false));
            if (!core.established().equals(Instant.MAX)
                    || !core.replacement().predecessor().equals(IkeSpi.ZERO)) {
                Comeback.unfulfilled(core, end.get(), out);
                failToReplace(end.get(), out);
            } else if (core.isInitiator()) {
                Comeback.setUpFailed(core, end.get(), out);
            }
            if (!core.replacement().heritageFrom().equals(IkeSpi.ZERO)) {
                var gone = new SaInput.RivalGone(core.ownSpi());
                out.tellSa(core.replacement().heritageFrom(), gone);
            }
            Resumption.ended(core, end.get());
            VirtualIps.giveBack(core, out);
            finishTasks(end.get(), out);
        }
        if (next instanceof State.Lingering(_, Instant until)
                && !(before instanceof State.Lingering)) {
            out.timer(core.ownSpi(), TimerQueue.Kind.LINGER, until);
        }
        if (next instanceof State.Rekeyed) {
            core.extensions().stream().handOver();
        } else if (next instanceof State.Closed && !(before instanceof State.Closed)) {
            Streams.leave(core, out);
        }
        if (next instanceof State.Closed && core.keys() != null) {
            core.keys().wipe();
            core.extensions().formerKeys(Optional.empty());
        }
        state = next;
    }

    /// The SA that this one was to replace stays, unless the gateway sent this one elsewhere.
    private void failToReplace(Reason end, Outbox out) {
        out.tellSa(
                core.replacement().predecessor(),
                end == Reason.Plain.REAUTHENTICATED
                        ? new SaInput.Terminate(end, 0, false)
                        : new SaInput.ReauthenticationFailed(end));
        for (long requestId : core.waitingRequests()) {
            out.tell(new Event.RequestDone(requestId, Optional.of(end)));
        }
        core.waitingRequests().clear();
    }

    /// Users who wait for what will not be said any more.
    private void finishTasks(Reason end, Outbox out) {
        core.currentTask().ifPresent(task -> core.tasks().addFirst(task));
        core.currentTask(null);
        core.postponed().forEach(postponed -> core.tasks().add(postponed.task()));
        core.postponed().clear();
        for (Task task : core.tasks()) {
            if (task.requestId() != 0) {
                out.tell(new Event.RequestDone(task.requestId(), task.outcome(end)));
            }
        }
        core.tasks().clear();
    }

    private void tellUp(Outbox out) {
        IkeView view = view();
        out.tell(new Event.IkeUp(view));
        for (ChildSa child : core.children()) {
            out.tell(new Event.ChildUp(view, child.view()));
        }
    }

    private State onReceived(SaInput.Received in, Instant now, Outbox out) {
        boolean peerIsReady =
                state instanceof State.InstallingFirst
                        || state instanceof State.InstallingAddresses
                        || state instanceof State.JudgingResponder
                        || (core.replacement().awaitsHeritage(now) && !Sealing.ends(core, in));
        if (peerIsReady && !in.header().response()) {
            // the peer is ready before we are: its first requests wait
            if (deferred.size() < MAX_DEFERRED) {
                deferred.add(in);
            }
            return state;
        }
        var messages = new Messages(core, state, in, now, out);
        return in.header().response() ? messages.onResponse() : messages.onRequest();
    }

    private State onComputed(long ticket, Computation result, Instant now, Outbox out) {
        Optional<Question> question = core.questions().answered(ticket);
        if (question.isEmpty()) {
            discard(result);
            return state;
        }
        return new Computed(core, state, now, out).go(question.get().lane(), result);
    }

    /// Keys that nobody waits for any more.
    public static void discard(Computation result) {
        if (result instanceof Computation.KeysReady(var keys, _)) {
            keys.wipe();
        } else if (result instanceof Computation.SecretReady(var shared, _)) {
            shared.close();
        }
    }

    private State onKernel(long ticket, KernelAnswer answer, Instant now, Outbox out) {
        Optional<Question> question = core.questions().answered(ticket);
        if (question.isEmpty()) {
            if (answer instanceof KernelAnswer.Refused(String errno, String text)) {
                out.log(core, Group.KNL, 0, "kernel refused: %s (%s)", text, errno);
            }
            return state;
        }
        return switch (state) {
            case State.ReservingSpi reserving -> SetUp.onSpi(core, reserving, answer, now, out);
            case State.InstallingAddresses installing ->
                    SetUp.onAddressesInstalled(core, installing, answer, now, out);
            case State.InstallingFirst(var child) ->
                    SetUp.onInstalled(core, child, answer, now, out);
            case State.ReservingForPeer reserving ->
                    SetUp.onSpiForPeer(core, reserving, answer, now, out);
            case State.InstallingForPeer installing ->
                    SetUp.onInstalledForPeer(core, installing, answer, now, out);
            case State.Established up -> onKernel(up, question.get().lane(), answer, now, out);
            case State.Closed _, State.Lingering _, State.Deleting _, State.Rekeyed _ -> {
                Undoing.undo(core, question.get(), answer, out);
                yield state;
            }
            default -> throw new IllegalStateException("kernel answer in " + state.viciName());
        };
    }

    private State onKernel(
            State.Established up, Lane lane, KernelAnswer answer, Instant now, Outbox out) {
        if (lane == Lane.OWN && up.own().orElse(null) instanceof OwnExchange.OfChild own) {
            return CreateChild.onKernel(core, up, own, answer, now, out);
        }
        if (lane == Lane.PEERS
                && up.peers().orElse(null) instanceof PeersExchange.PeersChild peers) {
            return CreateChildAnswer.onKernel(core, up, peers, answer, now, out);
        }
        throw new IllegalStateException("a kernel answer that nobody waits for");
    }

    private State onTimer(TimerQueue.Kind kind, Instant now, Outbox out) {
        return switch (kind) {
            case RETRANSMIT -> Retransmission.onDue(core, state, now, out);
            case HALF_OPEN -> state.overdue(now).<State>map(State.Closed::new).orElse(state);
            case LINGER ->
                    state instanceof State.Lingering(Reason reason, _)
                            ? new State.Closed(reason)
                            : state;
            case LIVENESS -> {
                Probes.onLiveness(core, state, now, out);
                yield state;
            }
            case FRAGMENTS -> {
                core.fragments().ifPresent(fragments -> fragments.expire(now));
                yield state;
            }
            case FOLLOW_UP ->
                    state instanceof State.Established up
                            ? IkeFollowupKeAnswer.expire(core, up, now, out)
                            : state;
            case LIFETIME -> {
                if (state instanceof State.Established up) {
                    Lifetimes.due(core, up, now, out);
                }
                yield state;
            }
            case KEEPALIVE -> {
                Probes.onKeepalive(core, state, now, out);
                yield state;
            }
            case STREAM -> {
                Streams.onTimer(core, now, out);
                yield state;
            }
            case REPLACED ->
                    switch (state) {
                        case State.Rekeyed(Instant until) when now.isBefore(until) -> state;
                        case State.Rekeyed _ -> new State.Closed(Reason.Plain.REKEYED);
                        case State.Established _ when Takeover.isUnderWay(core, now, out) -> state;
                        default ->
                                onTerminate(
                                        new SaInput.Terminate(Reason.Plain.SUPERSEDED, 0, false),
                                        now,
                                        out);
                    };
        };
    }

    private State onTerminate(SaInput.Terminate terminate, Instant now, Outbox out) {
        long requestId = terminate.requestId();
        if (terminate.reason() == Reason.Plain.REQUESTED) {
            core.replacement().notReborn();
        }
        return switch (state) {
            case State.Closed _, State.Lingering _ -> {
                if (requestId != 0) {
                    out.tell(new Event.RequestDone(requestId, Optional.empty()));
                }
                yield state;
            }
            case State.Rekeyed _ -> {
                if (requestId != 0) {
                    out.tell(new Event.RequestDone(requestId, Optional.empty()));
                }
                yield terminate.force() ? new State.Closed(Reason.Plain.REKEYED) : state;
            }
            case State.Deleting _ -> {
                core.tasks().add(new Task.DeleteIke(terminate.reason(), requestId));
                yield terminate.force() ? new State.Closed(terminate.reason()) : state;
            }
            case State.Established _ -> {
                var delete = new Task.DeleteIke(terminate.reason(), requestId);
                if (terminate.force()) {
                    core.tasks().add(delete);
                    Tasks.deleteAtOnce(core, state, terminate.reason(), now, out);
                    yield new State.Closed(terminate.reason());
                }
                // what else was to be said is moot; who waits for it is answered at the end
                core.tasks().addFirst(delete);
                yield state;
            }
            case State.InstallingFirst _,
                    State.InstallingAddresses _,
                    State.JudgingResponder _,
                    State.Addressing _,
                    State.ReservingForPeer _,
                    State.InstallingForPeer _
                    when !terminate.force() -> {
                // the peer has its side up or waits for our answer: it gets a DELETE after that
                core.tasks().addFirst(new Task.DeleteIke(terminate.reason(), requestId));
                yield state;
            }
            default -> {
                core.tasks().add(new Task.DeleteIke(terminate.reason(), requestId));
                yield new State.Closed(terminate.reason());
            }
        };
    }

    private State onTerminateChild(SaInput.TerminateChild terminate, Outbox out) {
        if (terminate.force() && state instanceof State.Established) {
            Informational.forgetChild(core, terminate, view(), out);
            return state;
        }
        Optional<ChildSa> child = core.childByUniqueId(terminate.childUniqueId());
        if (child.isEmpty() || !(state instanceof State.Established)) {
            if (terminate.requestId() != 0) {
                out.tell(
                        new Event.RequestDone(
                                terminate.requestId(), Optional.of(Reason.Plain.NO_SUCH_SA)));
            }
            return state;
        }
        if (child.get().state() != ChildSa.State.DELETED) {
            core.replaceChild(child.get(), child.get().with(ChildSa.State.DELETING));
        }
        core.tasks()
                .add(
                        new Task.DeleteChild(
                                terminate.childUniqueId(),
                                Reason.Plain.REQUESTED,
                                terminate.requestId()));
        return state;
    }

    private State onRekeyChild(SaInput.RekeyChild rekey, Outbox out) {
        boolean possible =
                state instanceof State.Established
                        && core.childByUniqueId(rekey.childUniqueId())
                                .filter(Tasks::carries)
                                .isPresent();
        if (possible) {
            core.tasks().add(new Task.RekeyChild(rekey.childUniqueId(), rekey.requestId()));
        } else if (rekey.requestId() != 0) {
            out.tell(
                    new Event.RequestDone(rekey.requestId(), Optional.of(Reason.Plain.NO_SUCH_SA)));
        }
        return state;
    }

    private State onRekeyIke(long requestId, Outbox out) {
        if (state instanceof State.Established) {
            core.tasks().add(new Task.RekeyIke(requestId));
        } else if (requestId != 0) {
            out.tell(new Event.RequestDone(requestId, Optional.of(Reason.Plain.NO_SUCH_SA)));
        }
        return state;
    }

    private State onReauthenticate(long requestId, Outbox out) {
        boolean possible = state instanceof State.Established;
        if (state instanceof State.Established up) {
            Reauthentication.begin(core, up, out);
        }
        if (requestId != 0) {
            out.tell(
                    new Event.RequestDone(
                            requestId,
                            possible ? Optional.empty() : Optional.of(Reason.Plain.NO_SUCH_SA)));
        }
        return state;
    }

    /// Genuine packets came from the peer, some time between these.
    public void onTraffic(Instant from, Instant to) {
        Probes.onTraffic(core, from, to);
    }

    private State onCreateChild(SaInput.CreateChild create, Outbox out) {
        if (isConnecting() || state instanceof State.Established) {
            core.tasks().add(Task.CreateChild.of(create.config(), create.requestId()));
        } else if (create.requestId() != 0) {
            out.tell(
                    new Event.RequestDone(
                            create.requestId(), Optional.of(Reason.Plain.IKE_SA_CLOSED)));
        }
        return state;
    }

    /// The kernel says so: the soft limit asks for a new CHILD_SA, at the hard one it has dropped
    /// the state.
    private State onExpired(SaInput.ChildExpired expired, Outbox out) {
        Optional<ChildSa> child =
                core.children().stream()
                        .filter(c -> c.installation().protocolId() == expired.protocolId())
                        .filter(
                                c ->
                                        c.installation().spiIn().equals(expired.spi())
                                                || c.installation().spiOut().equals(expired.spi()))
                        .findFirst();
        if (child.isPresent() && state instanceof State.Established up) {
            if (expired.hard()) {
                Lifetimes.expired(core, up, child.get(), out);
            } else {
                Lifetimes.rekey(core, child.get());
            }
        }
        return state;
    }

    public IkeView view() {
        return IkeViews.of(core, state);
    }
}
