package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.AddressRequest;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.IkeViews;
import org.keyferry.engine.sa.Lifetimes;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.Task;
import org.keyferry.engine.trust.Judgement;
import org.keyferry.engine.trust.PeerSupport;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// The way from IKE_AUTH to an established IKE_SA with its first CHILD_SA, in both roles.
public final class SetUp {
    /// In which the answer of an IKE_AUTH reaches the peer.
    private static final Duration ANSWER_TIME = Duration.ofMillis(100);

    /// Initiator: the response to IKE_AUTH.
    public static State onAuthResponse(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        sa.peerSupport(sa.peerSupport().with(payloads));
        return conclude(sa, sent, IkeAuth.judge(sa, sent, payloads, now, out), now, out);
    }

    private static State conclude(
            SaCore sa, State.AuthSent sent, IkeAuth.Verdict verdict, Instant now, Outbox out) {
        return switch (verdict) {
            case IkeAuth.Verdict.Waiting(State next) -> next;
            case IkeAuth.Verdict.Redirected(var target) -> {
                IkeAuth.releaseOffer(sa, sent.offer(), out);
                yield Redirect.leave(sa, target, now, out);
            }
            case IkeAuth.Verdict.NotResumed() -> {
                IkeAuth.releaseOffer(sa, sent.offer(), out);
                yield Resumption.fullSetUp(sa, "the gateway refused it", out);
            }
            case IkeAuth.Verdict.Failed(Reason reason, boolean tellPeer) -> {
                IkeAuth.releaseOffer(sa, sent.offer(), out);
                out.log(sa, Group.IKE, 0, "establishing IKE_SA failed: %s", reason);
                if (!tellPeer) {
                    yield new State.Closed(reason);
                }
                sa.sendSealedRequest(
                        ExchangeType.INFORMATIONAL,
                        List.of(Payload.Notify.of(NotifyType.AUTHENTICATION_FAILED)),
                        now,
                        out);
                sa.currentTask(new Task.DeleteIke(reason, 0));
                yield new State.Deleting(reason);
            }
            case IkeAuth.Verdict.Authentic(var child, var failure) -> {
                var next =
                        new State.InstallingAddresses(
                                sent.transcript(), sent.offer(), child, failure);
                List<IpAddress> addresses = sa.virtualIps().local();
                if (addresses.isEmpty()) {
                    yield firstChild(sa, next, now, out);
                }
                // before the CHILD_SA: its routes have them as their source
                out.addAddresses(sa, addresses);
                yield next;
            }
        };
    }

    /// Initiator: the addresses from the peer are on an interface, or not.
    public static State onAddressesInstalled(
            SaCore sa,
            State.InstallingAddresses state,
            KernelAnswer answer,
            Instant now,
            Outbox out) {
        if (!(answer instanceof KernelAnswer.Refused(String errno, String text))) {
            return firstChild(sa, state, now, out);
        }
        var why = new Reason.KernelRefused(errno, text);
        out.log(
                sa,
                Group.KNL,
                0,
                "installing virtual IP %s failed: %s",
                sa.virtualIps().local(),
                why);
        sa.virtualIps(sa.virtualIps().withoutLocal());
        return firstChild(sa, state.without(why), now, out);
    }

    /// Initiator: what IKE_AUTH came to is known.
    private static State firstChild(
            SaCore sa, State.InstallingAddresses state, Instant now, Outbox out) {
        if (state.child().isPresent()) {
            return new State.InstallingFirst(
                    FirstChild.install(
                            sa,
                            state.transcript(),
                            state.child().get(),
                            state.offer().orElseThrow().spi(),
                            out));
        }
        IkeAuth.releaseOffer(sa, state.offer(), out);
        Optional<Reason> failure = state.childFailure();
        boolean peerThinksItIsUp =
                failure.isPresent() && !(failure.get() instanceof Reason.PeerRefused);
        if (peerThinksItIsUp) {
            sa.tasks().add(disown(state.offer().orElseThrow()));
        }
        return established(sa, Optional.empty(), failure, now, out);
    }

    private static Task disown(State.ChildOffer offer) {
        return new Task.DisownChild(offer.proposals().getFirst().protocolId(), offer.spi());
    }

    /// Initiator: the kernel has its SPI.
    public static State onSpi(
            SaCore sa, State.ReservingSpi state, KernelAnswer answer, Instant now, Outbox out) {
        return switch (answer) {
            case KernelAnswer.SpiAllocated(var spi, int cpi) ->
                    IkeAuth.send(
                            sa,
                            state.transcript(),
                            Optional.of(IkeAuth.offer(sa, state.child(), spi, cpi)),
                            now,
                            out);
            case KernelAnswer.Refused(String errno, String text) ->
                    new State.Closed(new Reason.KernelRefused(errno, text));
            case KernelAnswer.Done() -> throw unexpected(answer);
        };
    }

    /// Initiator: the CHILD_SA is in the kernel, or not.
    public static State onInstalled(
            SaCore sa, ChildSa child, KernelAnswer answer, Instant now, Outbox out) {
        return switch (answer) {
            case KernelAnswer.Done() ->
                    established(sa, Optional.of(child), Optional.empty(), now, out);
            case KernelAnswer.Refused(String errno, String text) -> {
                Reason why =
                        FirstChild.refused(sa, child, new Reason.KernelRefused(errno, text), out);
                sa.tasks()
                        .add(
                                new Task.DisownChild(
                                        child.installation().protocolId(),
                                        child.installation().spiIn()));
                yield established(sa, Optional.empty(), Optional.of(why), now, out);
            }
            case KernelAnswer.SpiAllocated _ -> throw unexpected(answer);
        };
    }

    /// What was computed for the proof of an identity is there.
    public static State onComputed(
            SaCore sa, State.Authenticating waiting, Computation result, Instant now, Outbox out) {
        return switch (waiting) {
            case State.SigningRequest(var next, var own) ->
                    switch (PublicKeyRound.proof(sa, own, result, out)) {
                        case PublicKeyRound.Proof.Made(var proof) ->
                                IkeAuth.send(sa, next, proof, now, out);
                        case PublicKeyRound.Proof.Failed(Reason reason) -> {
                            IkeAuth.releaseOffer(sa, next.offer(), out);
                            yield new State.Closed(reason);
                        }
                    };
            case State.SigningResponse(var request, var own) ->
                    switch (PublicKeyRound.proof(sa, own, result, out)) {
                        case PublicKeyRound.Proof.Made(var proof) ->
                                conclude(
                                        sa,
                                        request.transcript(),
                                        AuthRounds.proceed(sa, request, proof, now, out),
                                        now,
                                        out);
                        case PublicKeyRound.Proof.Failed(Reason reason) ->
                                refuse(sa, NotifyType.AUTHENTICATION_FAILED, reason, now, out);
                    };
            case State.JudgingResponder judging ->
                    conclude(
                            sa,
                            judging.sent(),
                            IkeAuth.onJudged(sa, judging, judgement(result), now, out),
                            now,
                            out);
            case State.JudgingInitiator(var request) ->
                    conclude(
                            sa,
                            request.transcript(),
                            IkeAuthAnswer.onJudged(sa, request, judgement(result), now, out),
                            now,
                            out);
            case State.AnsweringEap(var sent)
                    when result instanceof Computation.EapStepped(var step) ->
                    conclude(sa, sent, EapRound.onStep(sa, sent, step, now, out), now, out);
            case State.ServingEap serving
                    when result instanceof Computation.EapServed(var answer) ->
                    onEapAnswer(sa, serving, answer, now, out);
            case State.AnsweringEap _, State.ServingEap _ ->
                    throw new IllegalStateException("a step of EAP was asked for, not " + result);
        };
    }

    /// Responder: our EAP method, or the server that EAP is passed on to, has answered.
    public static State onEapAnswer(
            SaCore sa, State.ServingEap serving, EapAnswer answer, Instant now, Outbox out) {
        return conclude(
                sa,
                serving.request().transcript(),
                EapRoundAnswer.onAnswer(sa, serving.request(), serving.head(), answer, now, out),
                now,
                out);
    }

    /// Responder: a further IKE_AUTH request.
    public static State onFurtherAuth(
            SaCore sa,
            State.AwaitingMoreAuth state,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        sa.responses().began();
        sa.peerSupport(sa.peerSupport().with(payloads));
        return conclude(
                sa,
                state.request().transcript(),
                AuthRounds.onRequest(sa, state.request(), payloads, now, out),
                now,
                out);
    }

    private static Judgement judgement(Computation result) {
        if (result instanceof Computation.Judged(var judgement)) {
            return judgement;
        }
        throw new IllegalStateException("a judgement was asked for, not " + result);
    }

    /// Responder: the IKE_AUTH request.
    public static State onAuthRequest(
            SaCore sa,
            State.AwaitingAuth state,
            List<Payload> payloads,
            SaInput.Received in,
            Instant now,
            Outbox out) {
        sa.endpoints(in.local(), in.remote());
        sa.responses().began();
        sa.peerSupport(sa.peerSupport().with(payloads));
        return conclude(
                sa,
                state.transcript(),
                IkeAuthAnswer.judge(sa, state, payloads, in, now, out),
                now,
                out);
    }

    private static State conclude(
            SaCore sa,
            State.InitTranscript transcript,
            IkeAuthAnswer.Verdict verdict,
            Instant now,
            Outbox out) {
        return switch (verdict) {
            case IkeAuthAnswer.Verdict.Waiting(State next) -> next;
            case IkeAuthAnswer.Verdict.Continued(State next) -> next;
            case IkeAuthAnswer.Verdict.FailedEap(var packet, Reason reason) ->
                    refuse(sa, new Payload.Eap(packet), reason, now, out);
            case IkeAuthAnswer.Verdict.Failed(int answer, Reason reason) ->
                    refuse(sa, answer, reason, now, out);
            case IkeAuthAnswer.Verdict.Authentic _ when keepsOther(sa) -> {
                out.log(sa, Group.IKE, 0, "canceling IKE_SA setup due to uniqueness policy");
                yield refuse(
                        sa, NotifyType.AUTHENTICATION_FAILED, Reason.Plain.UNIQUE_KEEP, now, out);
            }
            case IkeAuthAnswer.Verdict.Authentic(var head, boolean contact, var payloads) -> {
                // a peer that restarted has the same selectors: its former SA goes before the new
                // CHILD_SA comes
                supersedeOthers(sa, contact, now, out);
                sa.replacement().isPeersOnlyOne(contact);
                var answer = new State.PendingAnswer(head, transcript);
                Optional<Gateway> elsewhere = Redirect.ofAuth(sa);
                if (elsewhere.isPresent()) {
                    yield redirect(sa, answer, elsewhere.get(), now, out);
                }
                Optional<AddressRequest> request = ConfigAnswer.request(sa, payloads, out);
                if (request.isPresent()) {
                    out.askAddresses(sa, request.get());
                    yield new State.Addressing(answer, payloads);
                }
                yield answerChild(sa, answer, payloads, ConfigAnswer.unasked(sa, out), now, out);
            }
        };
    }

    /// Responder: the peer is served elsewhere; it is to delete the IKE_SA.
    private static State redirect(
            SaCore sa, State.PendingAnswer answer, Gateway target, Instant now, Outbox out) {
        out.log(sa, Group.IKE, 0, "redirecting peer '%s' to %s", sa.remoteId(), target);
        var payloads = new ArrayList<>(answer.head());
        payloads.add(Redirect.notify(target));
        sa.sendSealedResponse(ExchangeType.IKE_AUTH, payloads, now, out);
        sa.postpone(
                now.plus(sa.settings().halfOpenTimeout()),
                new Task.DeleteIke(Reason.Plain.REDIRECTED, 0));
        return established(sa, Optional.empty(), Optional.empty(), now, out);
    }

    /// Responder: there are addresses for the peer, or not. What nobody waits for goes back.
    public static State onAddressed(
            SaCore sa, State state, SaInput.Addressed addressed, Instant now, Outbox out) {
        boolean expected = sa.questions().answered(addressed.ticket()).isPresent();
        if (!expected || !(state instanceof State.Addressing(var answer, var payloads))) {
            ConfigAnswer.giveBack(addressed.request(), addressed.answer(), out);
            return state;
        }
        var head = new ArrayList<>(answer.head());
        ConfigAnswer.give(sa, addressed.request(), addressed.answer(), out).ifPresent(head::add);
        return answerChild(
                sa,
                new State.PendingAnswer(head, answer.transcript()),
                payloads,
                ConfigAnswer.refusal(sa, addressed.request(), addressed.answer(), out),
                now,
                out);
    }

    /// Responder: all is known that the CHILD_SA depends on.
    private static State answerChild(
            SaCore sa,
            State.PendingAnswer answer,
            List<Payload> payloads,
            Optional<IkeAuthAnswer.ChildRefusal> noAddress,
            Instant now,
            Outbox out) {
        var child =
                noAddress
                        .<IkeAuthAnswer.ChildAnswer>map(IkeAuthAnswer.ChildAnswer.Refused::new)
                        .orElseGet(() -> IkeAuthAnswer.agree(sa, payloads, out));
        return switch (child) {
            case IkeAuthAnswer.ChildAnswer.Granted(var agreed) -> {
                out.allocateSpi(sa, ChildOptions.reservation(sa, agreed));
                yield new State.ReservingForPeer(answer, agreed);
            }
            case IkeAuthAnswer.ChildAnswer.Refused(var refusal) ->
                    childless(sa, answer, refusal.notifyType(), refusal.reason(), now, out);
            case IkeAuthAnswer.ChildAnswer.None() -> {
                sa.sendSealedResponse(ExchangeType.IKE_AUTH, answer.head(), now, out);
                yield established(sa, Optional.empty(), Optional.empty(), now, out);
            }
        };
    }

    private static boolean keepsOther(SaCore sa) {
        return sa.connection().unique() == UniquePolicy.KEEP
                && sa.lookup().duplicates(sa).all().stream()
                        .map(IkeSa::core)
                        .filter(other -> other.connection().equalsButChildren(sa.connection()))
                        .anyMatch(other -> !other.remote().equals(sa.remote()));
    }

    private static State refuse(SaCore sa, int notifyType, Reason reason, Instant now, Outbox out) {
        return refuse(sa, Payload.Notify.of(notifyType), reason, now, out);
    }

    private static State refuse(SaCore sa, Payload answer, Reason reason, Instant now, Outbox out) {
        out.log(sa, Group.IKE, 0, "refusing peer '%s': %s", sa.remoteId(), reason);
        sa.sendSealedResponse(ExchangeType.IKE_AUTH, List.of(answer), now, out);
        return Informational.linger(sa, reason, now);
    }

    private static State childless(
            SaCore sa,
            State.PendingAnswer answer,
            int notifyType,
            Reason reason,
            Instant now,
            Outbox out) {
        sa.sendSealedResponse(
                ExchangeType.IKE_AUTH,
                IkeAuthAnswer.withoutChild(answer.head(), notifyType),
                now,
                out);
        return established(sa, Optional.empty(), Optional.of(reason), now, out);
    }

    /// Responder: the kernel has its SPI.
    public static State onSpiForPeer(
            SaCore sa, State.ReservingForPeer state, KernelAnswer answer, Instant now, Outbox out) {
        return switch (answer) {
            case KernelAnswer.SpiAllocated(var spi, int cpi) -> {
                State.Agreed agreed = state.agreed().withCpi(cpi);
                ChildSa child =
                        FirstChild.install(sa, state.answer().transcript(), agreed, spi, out);
                yield new State.InstallingForPeer(state.answer(), agreed, child);
            }
            case KernelAnswer.Refused(String errno, String text) ->
                    childless(
                            sa,
                            state.answer(),
                            NotifyType.NO_PROPOSAL_CHOSEN,
                            new Reason.KernelRefused(errno, text),
                            now,
                            out);
            case KernelAnswer.Done() -> throw unexpected(answer);
        };
    }

    /// Responder: the CHILD_SA is in the kernel, or not.
    public static State onInstalledForPeer(
            SaCore sa,
            State.InstallingForPeer state,
            KernelAnswer answer,
            Instant now,
            Outbox out) {
        return switch (answer) {
            case KernelAnswer.Done() -> {
                sa.sendSealedResponse(
                        ExchangeType.IKE_AUTH,
                        IkeAuthAnswer.accepted(
                                state.answer(),
                                state.agreed(),
                                state.child().installation().spiIn().bytes()),
                        now,
                        out);
                yield established(sa, Optional.of(state.child()), Optional.empty(), now, out);
            }
            case KernelAnswer.Refused(String errno, String text) -> {
                Reason why =
                        FirstChild.refused(
                                sa, state.child(), new Reason.KernelRefused(errno, text), out);
                sa.sendSealedResponse(
                        ExchangeType.IKE_AUTH,
                        IkeAuthAnswer.withoutChild(
                                state.answer().head(), NotifyType.NO_PROPOSAL_CHOSEN),
                        now,
                        out);
                yield established(sa, Optional.empty(), Optional.of(why), now, out);
            }
            case KernelAnswer.SpiAllocated _ -> throw unexpected(answer);
        };
    }

    /// INITIAL_CONTACT and `unique = replace` end the peer's other SAs.
    private static void supersedeOthers(
            SaCore sa, boolean initialContact, Instant now, Outbox out) {
        UniquePolicy policy = sa.connection().unique();
        boolean forget = initialContact && policy != UniquePolicy.NEVER;
        if (!forget && policy != UniquePolicy.REPLACE) {
            return;
        }
        var obsolete =
                new Input.DuplicatesObsolete(
                        sa.localId(),
                        sa.peerName(),
                        sa.remote().address().v6(),
                        forget ? Optional.empty() : Optional.of(sa.connection()));
        for (IkeSa other : sa.lookup().duplicates(sa).all()) {
            SaCore former = other.core();
            if (CrossedSetUps.crossed(sa, former)) {
                continue;
            }
            Optional<SaInput> end = end(former, obsolete);
            if (end.isPresent() && !forget && former.remote().equals(sa.remote())) {
                // probably a reauthentication: the peer deletes it itself when it has moved
                Takeover.await(former, now, out);
            } else {
                end.ifPresent(input -> out.tellSa(former.ownSpi(), input));
            }
        }
        out.broadcast(obsolete);
    }

    /// What a duplicate is told; empty if it is not meant.
    public static Optional<SaInput> end(SaCore duplicate, Input.DuplicatesObsolete obsolete) {
        return obsolete.replacing().isEmpty()
                ? Optional.of(new SaInput.Forget(Reason.Plain.REPLACED))
                : obsolete.replacing()
                        .filter(duplicate.connection()::equalsButChildren)
                        .map(_ -> new SaInput.Terminate(Reason.Plain.REPLACED, 0, false));
    }

    private static State established(
            SaCore sa,
            Optional<ChildSa> child,
            Optional<Reason> childFailure,
            Instant now,
            Outbox out) {
        sa.established(now);
        Streams.keep(sa, out);
        Resumption.established(sa);
        sa.peerSupport(PeerSupport.NONE);
        sa.keys().settle();
        sa.extensions().formerKeys(Optional.empty());
        out.log(
                sa,
                Group.IKE,
                0,
                "IKE_SA %s[%d] established between %s[%s]...%s[%s]",
                sa.name(),
                sa.uniqueId(),
                sa.local().address(),
                sa.localId(),
                sa.remote().address(),
                sa.remoteId());
        child.ifPresent(c -> Takeover.begin(sa, FirstChild.installed(sa, c, now, out), now));
        childFailure.ifPresent(why -> failedChild(sa, why, now, out));
        if (!sa.isInitiator()) {
            sa.lookup().arrived(sa, now, out);
        }
        Childlessness.follow(sa);
        for (long requestId : sa.waitingRequests()) {
            out.tell(new Event.RequestDone(requestId, childFailure));
        }
        sa.waitingRequests().clear();
        childFailure.ifPresent(
                why ->
                        sa.wantedChild()
                                .ifPresent(c -> Comeback.childFailed(sa, c.name(), why, out)));
        CrossedSetUps.resolve(sa, now, out);
        Lifetimes.schedule(sa, now, out);
        startTimers(sa, now, out);
        return State.Established.idle();
    }

    /// With `close_ike_on_child_failure` the IKE_SA goes too, once the peer has had time to get the
    /// answer that is under way.
    private static void failedChild(SaCore sa, Reason why, Instant now, Outbox out) {
        boolean closes = sa.settings().children().closeIkeOnChildFailure();
        var view = IkeViews.of(sa, State.Established.idle());
        out.tell(new Event.ChildFailed(view, why, !closes));
        out.log(
                sa,
                Group.IKE,
                0,
                "failed to establish CHILD_SA, %s IKE_SA: %s",
                closes ? "closing" : "keeping",
                why);
        if (closes) {
            sa.postpone(now.plus(ANSWER_TIME), new Task.DeleteIke(why, 0));
        }
    }

    static void startTimers(SaCore sa, Instant now, Outbox out) {
        BackToUdp.resume(sa, now, out);
        if (!sa.connection().dpdDelay().isZero()) {
            out.timer(sa.ownSpi(), TimerQueue.Kind.LIVENESS, now.plus(sa.connection().dpdDelay()));
        }
    }

    private static IllegalStateException unexpected(KernelAnswer answer) {
        return new IllegalStateException("dataplane answered another question: " + answer);
    }

    private SetUp() {}
}
