package org.keyferry.engine.sa;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.exchange.CreateChildAnswer;
import org.keyferry.engine.exchange.IkeAuth;
import org.keyferry.engine.exchange.IkeSaInit;
import org.keyferry.engine.exchange.IkeSaInitAnswer;
import org.keyferry.engine.exchange.Informational;
import org.keyferry.engine.exchange.SetUp;
import org.keyferry.engine.window.RequestWindow.Outstanding;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Payload;

/// One IKE_SA (RFC 7296 §2). [#handle] takes one step; the same state, time and input lead to the
/// same effects. It never blocks, and never throws because of what a peer sent.
public final class IkeSa {
    /// Inputs that wait while the kernel works for this SA.
    private static final int MAX_DEFERRED = 8;

    private final SaCore core;
    private final Deque<SaInput.Received> deferred = new ArrayDeque<>(0);
    private State state;
    private Optional<ChildSa> abandonedInstall = Optional.empty();

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
        return state instanceof State.Closed && !core.kernelBusy();
    }

    /// It has not ended.
    public boolean isLive() {
        return !(state instanceof State.Closed || state instanceof State.Lingering);
    }

    public boolean isConnecting() {
        return isLive() && !(state instanceof State.Established || state instanceof State.Deleting);
    }

    public boolean isHalfOpen() {
        return state instanceof State.Answering || state instanceof State.AwaitingAuth;
    }

    public boolean isEstablished() {
        return state instanceof State.Established;
    }

    public void handle(Instant now, SaInput input, Outbox out) {
        State before = state;
        enter(step(now, input, out), before, out);
        if (state instanceof State.Established) {
            if (!(before instanceof State.Established)) {
                tellUp(out);
            }
            while (!deferred.isEmpty() && state instanceof State.Established) {
                State earlier = state;
                enter(onReceived(deferred.poll(), now, out), earlier, out);
            }
        }
        if (state instanceof State.Established && !core.tasks().isEmpty()) {
            State earlier = state;
            enter(Informational.startNextTask(core, state, view(), now, out), earlier, out);
        }
    }

    /// Whether `keyingtries` asks for another attempt; the users who wait then wait on.
    private boolean triesAgain(Reason end) {
        int tries = core.connection().keyingTries();
        return end instanceof Reason.Timeout
                && core.isInitiator()
                && core.established().equals(Instant.MAX)
                && (tries == 0 || core.attempt() < tries);
    }

    public boolean triesAgain() {
        return state instanceof State.Closed(Reason reason) && triesAgain(reason);
    }

    private State step(Instant now, SaInput input, Outbox out) {
        return switch (input) {
            case SaInput.Received in -> onReceived(in, now, out);
            case SaInput.TimerDue(TimerQueue.Kind kind) -> onTimer(kind, now, out);
            case SaInput.Computed(long ticket, Computation result) ->
                    onComputed(ticket, result, now, out);
            case SaInput.KernelAnswered(long ticket, KernelAnswer answer) ->
                    onKernel(ticket, answer, now, out);
            case SaInput.Terminate terminate -> onTerminate(terminate, now, out);
            case SaInput.Forget(Reason reason) ->
                    state instanceof State.Lingering ? state : new State.Closed(reason);
            case SaInput.TerminateChild terminate -> onTerminateChild(terminate, out);
            case SaInput.ChildExpired expired -> onExpired(expired);
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
        if (before instanceof State.Established(var peersChild)
                && !(next instanceof State.Established)) {
            abandonedInstall = peersChild.flatMap(State.PeersChild::installing);
        }
        boolean ended = before instanceof State.Closed || before instanceof State.Lingering;
        if (end.isPresent() && !ended) {
            abandon(before, out);
            Informational.closeChildren(core, view(), end.get(), out);
            out.tell(new Event.IkeDown(view(), end.get()));
            if (!triesAgain(end.get())) {
                for (long requestId : core.waitingRequests()) {
                    out.tell(new Event.RequestDone(requestId, end));
                }
                core.waitingRequests().clear();
            }
            finishTasks(out);
        }
        if (next instanceof State.Lingering(_, Instant until)
                && !(before instanceof State.Lingering)) {
            out.timer(core.ownSpi(), TimerQueue.Kind.LINGER, until);
        }
        if (next instanceof State.Closed && core.keys() != null) {
            core.keys().wipe();
        }
        state = next;
    }

    /// Users who wait for a DELETE that will not be sent any more have what they wanted.
    private void finishTasks(Outbox out) {
        core.currentTask().ifPresent(task -> core.tasks().addFirst(task));
        core.currentTask(null);
        for (Task task : core.tasks()) {
            long requestId =
                    switch (task) {
                        case Task.DeleteIke(_, long id) -> id;
                        case Task.DeleteChild(_, _, long id) -> id;
                        case Task.Liveness(), Task.DisownChild(_) -> 0;
                    };
            if (requestId != 0) {
                out.tell(new Event.RequestDone(requestId, Optional.empty()));
            }
        }
        core.tasks().clear();
    }

    /// What a set-up that breaks off has in the kernel already goes back.
    private void abandon(State before, Outbox out) {
        switch (before) {
            case State.AuthSent(_, var offer) -> IkeAuth.releaseOffer(core, offer, out);
            case State.InstallingFirst(var child) -> abandonedInstall = Optional.of(child);
            case State.InstallingForPeer(_, _, var child) -> abandonedInstall = Optional.of(child);
            default -> {}
        }
    }

    private void tellUp(Outbox out) {
        IkeView view = view();
        out.tell(new Event.IkeUp(view));
        for (ChildSa child : core.children()) {
            out.tell(new Event.ChildUp(view, child.view()));
        }
    }

    private State onReceived(SaInput.Received in, Instant now, Outbox out) {
        if (state instanceof State.InstallingFirst && !in.header().response()) {
            // the peer is ready before our kernel is: its first requests wait
            if (deferred.size() < MAX_DEFERRED) {
                deferred.add(in);
            }
            return state;
        }
        var messages = new Messages(core, state, in, now, out);
        return in.header().response() ? messages.onResponse() : messages.onRequest();
    }

    private State onComputed(long ticket, Computation result, Instant now, Outbox out) {
        if (!core.isCurrent(ticket)) {
            discard(result);
            return state;
        }
        return switch (state) {
            case State.MakingKey(var draft)
                    when result instanceof Computation.LocalKeyReady(var key) ->
                    IkeSaInit.send(core, draft, key, now, out);
            case State.Deriving(var child, var transcript)
                    when result instanceof Computation.KeysReady(var keys, _) -> {
                core.keys(keys);
                yield IkeAuth.begin(core, child, transcript, now, out);
            }
            case State.Answering answering
                    when result instanceof Computation.KeysReady(var keys, var publicValue) ->
                    IkeSaInitAnswer.answer(core, answering, keys, publicValue, now, out);
            case State.Established up when up.peersChild().isPresent() ->
                    CreateChildAnswer.onComputed(core, up, up.peersChild().get(), result, now, out);
            case State.Answering _ when result instanceof Computation.Unusable(var violation) -> {
                out.log(core, Group.IKE, 0, "peer's key exchange is invalid: %s", violation);
                IkeSaInitAnswer.refuse(core, now, out);
                yield new State.Closed(new Reason.PeerBroke("IKE_SA_INIT", violation));
            }
            case State.Deriving _ when result instanceof Computation.Unusable(var violation) -> {
                out.log(core, Group.IKE, 0, "peer's key exchange is invalid: %s", violation);
                yield new State.Closed(new Reason.PeerBroke("IKE_SA_INIT", violation));
            }
            default -> {
                discard(result);
                yield state;
            }
        };
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
        if (!core.isCurrent(ticket)) {
            if (answer instanceof KernelAnswer.Refused(String errno, String text)) {
                out.log(core, Group.KNL, 0, "kernel refused: %s (%s)", text, errno);
            }
            return state;
        }
        core.kernelBusy(false);
        return switch (state) {
            case State.ReservingSpi reserving -> SetUp.onSpi(core, reserving, answer, now, out);
            case State.InstallingFirst(var child) ->
                    SetUp.onInstalled(core, child, answer, now, out);
            case State.ReservingForPeer reserving ->
                    SetUp.onSpiForPeer(core, reserving, answer, now, out);
            case State.InstallingForPeer installing ->
                    SetUp.onInstalledForPeer(core, installing, answer, now, out);
            case State.Established up when up.peersChild().isPresent() ->
                    CreateChildAnswer.onKernel(core, up, up.peersChild().get(), answer, now, out);
            case State.Closed _, State.Lingering _, State.Deleting _ -> afterTheEnd(answer, out);
            default -> throw new IllegalStateException("kernel answer in " + state.viciName());
        };
    }

    /// The SA ended while the kernel worked for it: what came of that is undone.
    private State afterTheEnd(KernelAnswer answer, Outbox out) {
        if (answer instanceof KernelAnswer.SpiAllocated(var spi)) {
            out.kernelAside(core, new KernelOp.ReleaseSpi(core.local(), core.remote(), spi));
        } else if (abandonedInstall.isPresent()) {
            ChildSa child = abandonedInstall.get();
            var installed = child.installation();
            out.kernelAside(
                    core,
                    answer instanceof KernelAnswer.Refused
                            ? new KernelOp.ReleaseSpi(
                                    installed.local(), installed.remote(), installed.spiIn())
                            : new KernelOp.RemoveChild(installed));
            if (child.installation().config().kernel().reqid() == 0) {
                core.ids().releaseReqid(child.reqidKey());
            }
            abandonedInstall = Optional.empty();
        }
        return state;
    }

    private State onTimer(TimerQueue.Kind kind, Instant now, Outbox out) {
        return switch (kind) {
            case RETRANSMIT -> onRetransmit(now, out);
            case HALF_OPEN ->
                    state instanceof State.AwaitingAuth(_, Instant deadline)
                                    && !now.isBefore(deadline)
                            ? new State.Closed(Reason.Plain.HALF_OPEN_TIMEOUT)
                            : state;
            case LINGER ->
                    state instanceof State.Lingering(Reason reason, _)
                            ? new State.Closed(reason)
                            : state;
            case LIVENESS -> onLiveness(now, out);
            case KEEPALIVE -> onKeepalive(now, out);
            case REPLACED ->
                    onTerminate(new SaInput.Terminate(Reason.Plain.REPLACED, 0, false), now, out);
        };
    }

    private State onRetransmit(Instant now, Outbox out) {
        Optional<Outstanding> open = core.requests().outstanding();
        if (open.isEmpty()
                || now.isBefore(open.get().due())
                || state instanceof State.Closed
                || state instanceof State.Lingering) {
            return state;
        }
        int transmissions = open.get().transmissions();
        Optional<Outstanding> again = core.requests().again(now, core.settings(), core.random());
        if (again.isPresent()) {
            out.log(
                    core,
                    Group.IKE,
                    0,
                    "retransmit %d of request with message ID %d",
                    transmissions,
                    open.get().messageId());
            out.timer(core.ownSpi(), TimerQueue.Kind.RETRANSMIT, again.get().due());
            core.send(again.get().datagram(), now, out);
            return state;
        }
        out.log(core, Group.IKE, 0, "giving up after %d retransmits", transmissions - 1);
        return state instanceof State.Deleting(Reason reason)
                ? new State.Closed(reason)
                : new State.Closed(
                        new Reason.Timeout(
                                ExchangeType.name(open.get().exchangeType()), transmissions));
    }

    /// Asks only when nothing came from the peer for `dpd_delay` (RFC 7296 §2.4).
    private State onLiveness(Instant now, Outbox out) {
        Duration delay = core.connection().dpdDelay();
        if (!(state instanceof State.Established) || delay.isZero()) {
            return state;
        }
        Duration rest = delay.minus(core.idle(now));
        if (rest.isPositive()) {
            out.timer(core.ownSpi(), TimerQueue.Kind.LIVENESS, now.plus(rest));
            return state;
        }
        if (core.requests().isFree() && core.tasks().isEmpty()) {
            core.tasks().add(new Task.Liveness());
        }
        out.timer(core.ownSpi(), TimerQueue.Kind.LIVENESS, now.plus(delay));
        return state;
    }

    private State onKeepalive(Instant now, Outbox out) {
        if (!(state instanceof State.Established) || !core.natLocal()) {
            return state;
        }
        Duration interval = core.settings().keepAlive();
        Duration silent = Duration.between(core.lastOutbound(), now);
        if (silent.compareTo(interval) >= 0) {
            out.add(new Effect.SendKeepalive(core.local(), core.remote()));
            silent = Duration.ZERO;
        }
        out.timer(core.ownSpi(), TimerQueue.Kind.KEEPALIVE, now.plus(interval.minus(silent)));
        return state;
    }

    private State onTerminate(SaInput.Terminate terminate, Instant now, Outbox out) {
        long requestId = terminate.requestId();
        return switch (state) {
            case State.Closed _, State.Lingering _ -> {
                if (requestId != 0) {
                    out.tell(new Event.RequestDone(requestId, Optional.empty()));
                }
                yield state;
            }
            case State.Deleting _ -> {
                core.tasks().add(new Task.DeleteIke(terminate.reason(), requestId));
                yield terminate.force() ? new State.Closed(terminate.reason()) : state;
            }
            case State.Established _ -> {
                // what else was to be said is moot; who waits for it is answered at the end
                core.tasks().addFirst(new Task.DeleteIke(terminate.reason(), requestId));
                if (terminate.force()) {
                    Informational.startNextTask(core, state, view(), now, out);
                    yield new State.Closed(terminate.reason());
                }
                yield state;
            }
            case State.InstallingFirst _, State.ReservingForPeer _, State.InstallingForPeer _
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
        core.tasks()
                .add(
                        new Task.DeleteChild(
                                terminate.childUniqueId(),
                                Reason.Plain.REQUESTED,
                                terminate.requestId()));
        return state;
    }

    /// At the hard limit the kernel has dropped the state: the peer is told. The soft limit asks
    /// for a new CHILD_SA before that.
    private State onExpired(SaInput.ChildExpired expired) {
        Optional<ChildSa> child =
                core.children().stream()
                        .filter(
                                c ->
                                        c.installation().spiIn().equals(expired.spi())
                                                || c.installation().spiOut().equals(expired.spi()))
                        .findFirst();
        if (child.isEmpty()
                || child.get().state() != ChildSa.State.INSTALLED
                || !(state instanceof State.Established)) {
            return state;
        }
        if (expired.hard()) {
            core.tasks()
                    .add(
                            new Task.DeleteChild(
                                    child.get().installation().childUniqueId(),
                                    Reason.Plain.LIFETIME_EXPIRED,
                                    0));
        }
        return state;
    }

    public IkeView view() {
        return IkeViews.of(core, state);
    }
}
