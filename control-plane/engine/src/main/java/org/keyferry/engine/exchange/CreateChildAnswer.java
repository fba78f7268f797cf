package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input.Computation;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeViews;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.PeersExchange;
import org.keyferry.engine.sa.PeersExchange.PeersChild;
import org.keyferry.engine.sa.Rival;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TransformType;

/// CREATE_CHILD_SA as responder: a further CHILD_SA, or one in place of another (RFC 7296 §1.3.1,
/// §1.3.3). The peer deletes the replaced one; until then traffic leaves by it. A new IKE_SA
/// (§1.3.2) is for [RekeyIkeAnswer].
public final class CreateChildAnswer {

    /// A request that cannot be met: the notify that says so.
    private record Refusal(Payload.Notify answer, Optional<Reason> reason) {
        static Refusal of(int notifyType) {
            return new Refusal(Payload.Notify.of(notifyType), Optional.empty());
        }
    }

    /// The request.
    public static State onRequest(
            SaCore sa, State state, List<Payload> payloads, Instant now, Outbox out) {
        sa.responses().began();
        if (!(state instanceof Established present)) {
            return refuse(sa, state, Refusal.of(NotifyType.TEMPORARY_FAILURE), now, out);
        }
        // a peer that begins anew does not go on with what it began before
        Established established = IkeFollowupKeAnswer.abandon(sa, present, out);
        var offered = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        var nonce = IkeMessage.first(payloads, Payload.Nonce.class);
        var tsI = IkeMessage.first(payloads, Payload.TsInitiator.class);
        var tsR = IkeMessage.first(payloads, Payload.TsResponder.class);
        if (offered.isPresent()
                && offered.get().proposals().getFirst().protocolId() == ProtocolId.IKE) {
            return RekeyIkeAnswer.onRequest(sa, established, payloads, now, out);
        }
        if (established.own().filter(OwnExchange.OfIke.class::isInstance).isPresent()) {
            return refuse(sa, established, Refusal.of(NotifyType.TEMPORARY_FAILURE), now, out);
        }
        if (offered.isEmpty() || nonce.isEmpty() || tsI.isEmpty() || tsR.isEmpty()) {
            return refuse(sa, established, Refusal.of(NotifyType.INVALID_SYNTAX), now, out);
        }
        Optional<Payload.Notify> rekey = IkeMessage.notify(payloads, NotifyType.REKEY_SA);
        Optional<ChildSa> replaced =
                rekey.flatMap(n -> Informational.childBySpiOut(sa, n.protocolId(), n.spi()));
        if (rekey.isPresent()
                && replaced.isEmpty()
                && established.own().filter(CreateChild::mayBringMore).isPresent()) {
            // it may be the one that we asked for: an answer is on its way
            return refuse(sa, established, Refusal.of(NotifyType.TEMPORARY_FAILURE), now, out);
        }
        if (rekey.isPresent() && replaced.isEmpty()) {
            var notFound =
                    new Payload.Notify(
                            rekey.get().protocolId(),
                            rekey.get().spi(),
                            NotifyType.CHILD_SA_NOT_FOUND,
                            Bytes.EMPTY);
            return refuse(sa, established, new Refusal(notFound, Optional.empty()), now, out);
        }
        if (replaced.isEmpty() && ChildLimit.isReached(sa, out)) {
            return refuse(sa, established, Refusal.of(NotifyType.NO_ADDITIONAL_SAS), now, out);
        }
        if (replaced.isPresent() && (!Tasks.carries(replaced.get()) || ChildLimit.isHoarded(sa))) {
            return refuse(sa, established, Refusal.of(NotifyType.TEMPORARY_FAILURE), now, out);
        }
        List<Child> candidates =
                replaced.map(r -> List.of(r.installation().config())).orElseGet(sa::childrenNow);
        Optional<ChildOptions.Choice> choice = ChildOptions.choose(sa, candidates, payloads, out);
        if (choice.isEmpty()) {
            var noneFits =
                    new Refusal(
                            Payload.Notify.of(NotifyType.TS_UNACCEPTABLE),
                            Optional.of(ChildOptions.noneFits(payloads)));
            return refuse(sa, established, noneFits, now, out);
        }
        if (replaced.isEmpty() && CrossedChildren.putsOff(sa, established, choice.get().child())) {
            return refuse(sa, established, Refusal.of(NotifyType.TEMPORARY_FAILURE), now, out);
        }
        return agree(
                sa,
                established,
                choice.get(),
                new Request(
                        offered.get().proposals(),
                        nonce.get().data(),
                        IkeMessage.first(payloads, Payload.KeyExchange.class),
                        replaced.map(ChildSa::uniqueId).orElse(0)),
                now,
                out);
    }

    private record Request(
            List<Proposal> proposals,
            Bytes nonce,
            Optional<Payload.KeyExchange> key,
            int replaces) {}

    private static State agree(
            SaCore sa,
            Established state,
            ChildOptions.Choice choice,
            Request request,
            Instant now,
            Outbox out) {
        Child config = choice.child();
        var outcome =
                ProposalSelection.select(
                        KeyRenewals.accepted(sa, config, sa.childByUniqueId(request.replaces())),
                        request.proposals(),
                        sa.settings().preferConfiguredProposals(),
                        false,
                        sa.privateUse());
        Optional<ChildSpi> spi = outcome.proposal().flatMap(p -> ChildSpi.find(p.spi()));
        if (spi.isEmpty()) {
            var reason =
                    new Reason.NoProposalChosen(
                            request.proposals(), config.proposals(), outcome.mismatch());
            return refuse(
                    sa,
                    state,
                    new Refusal(
                            Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN), Optional.of(reason)),
                    now,
                    out);
        }
        var agreed =
                new State.Agreed(
                        config,
                        outcome.proposal().get(),
                        spi.get(),
                        choice.tsI(),
                        choice.tsR(),
                        choice.terms());
        Bytes nonceR = KeyOffer.nonce(sa);
        var child = new PeersChild(agreed, request.replaces(), request.nonce(), nonceR);
        var method = agreed.proposal().ofType(TransformType.KE).stream().findFirst();
        return method.isEmpty()
                ? reserve(sa, state.with(child), agreed, out)
                : exchangeKeys(sa, state, child, method.get().id(), request.key(), now, out);
    }

    private static State exchangeKeys(
            SaCore sa,
            Established state,
            PeersChild child,
            int methodId,
            Optional<Payload.KeyExchange> key,
            Instant now,
            Outbox out) {
        Optional<KeyExchangeMethod> method = KeyExchangeMethod.of(methodId);
        if (key.isEmpty() || key.get().methodId() != methodId || method.isEmpty()) {
            var notify = Payload.Notify.of(NotifyType.INVALID_KE_PAYLOAD, Bytes.ofU16(methodId));
            return refuse(sa, state, new Refusal(notify, Optional.empty()), now, out);
        }
        out.compute(
                sa,
                Lane.PEERS,
                new ComputeJob.Agree(
                        method.get(),
                        sa.randomSecret(method.get().entropyBytes()),
                        key.get().publicValue()));
        return state.with(child);
    }

    /// The key exchange is done.
    public static State onComputed(
            SaCore sa,
            Established state,
            PeersChild child,
            Computation result,
            Instant now,
            Outbox out) {
        if (child.pending().isPresent()) {
            return IkeFollowupKeAnswer.onComputed(sa, state, child, result, now, out);
        }
        if (result instanceof Computation.SecretReady(var shared, var publicValue)) {
            int methodId = child.agreed().proposal().ofType(TransformType.KE).getFirst().id();
            var key = new PeersExchange.OwnKey(methodId, publicValue, shared);
            return reserve(sa, state.with(child.with(key)), child.agreed(), out);
        }
        return refuse(sa, state.withoutPeers(), Refusal.of(NotifyType.INVALID_SYNTAX), now, out);
    }

    private static State reserve(SaCore sa, Established state, State.Agreed agreed, Outbox out) {
        out.allocateSpi(sa, Lane.PEERS, ChildOptions.reservation(sa, agreed));
        return state;
    }

    /// The kernel has its SPI, or has the CHILD_SA.
    public static State onKernel(
            SaCore sa,
            Established state,
            PeersChild child,
            KernelAnswer answer,
            Instant now,
            Outbox out) {
        return switch (answer) {
            case KernelAnswer.SpiAllocated(var spi, int cpi) ->
                    AdditionalKeys.of(child.agreed().proposal()).isEmpty()
                            ? install(sa, state, child.withCpi(cpi), spi, out)
                            : invite(sa, state, child.withCpi(cpi).with(spi), now, out);
            case KernelAnswer.Done() -> done(sa, state, child, now, out);
            case KernelAnswer.Refused(String errno, String text) -> {
                var why = new Reason.KernelRefused(errno, text);
                child.installing().ifPresent(c -> FirstChild.refused(sa, c, why, out));
                child.key().ifPresent(key -> key.shared().close());
                yield refuse(
                        sa,
                        child.pending().isPresent()
                                ? ExchangeType.IKE_FOLLOWUP_KE
                                : ExchangeType.CREATE_CHILD_SA,
                        state.withoutPeers(),
                        new Refusal(
                                Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN), Optional.of(why)),
                        now,
                        out);
            }
        };
    }

    /// Answers; the CHILD_SA is installed when the additional key exchanges are done.
    private static State invite(
            SaCore sa, Established state, PeersChild child, Instant now, Outbox out) {
        List<Integer> methods = AdditionalKeys.of(child.agreed().proposal());
        PeersExchange.Pending pending = IkeFollowupKeAnswer.begin(sa, methods, now, out);
        var payloads = answer(child, child.spi().orElseThrow());
        payloads.addAll(IkeFollowupKeAnswer.invitation(pending));
        sa.sendSealedResponse(ExchangeType.CREATE_CHILD_SA, payloads, now, out);
        return state.with(child.with(pending));
    }

    /// All additional key exchanges are done.
    static State followedUp(SaCore sa, Established state, PeersChild child, Outbox out) {
        return install(sa, state, child, child.spi().orElseThrow(), out);
    }

    private static State install(
            SaCore sa, Established state, PeersChild child, ChildSpi spi, Outbox out) {
        var shared = child.key().map(PeersExchange.OwnKey::shared).orElse(null);
        Optional<ChildSa> replaced = sa.childByUniqueId(child.replaces());
        boolean patient = child.replaces() != 0 || Takeover.isAhead(sa, child.agreed());
        var how = new FirstChild.How(Lane.PEERS, false, replaced, patient);
        ChildSa installing;
        try (Secret additional = IkeFollowupKeAnswer.secrets(child)) {
            var material =
                    new FirstChild.Material(child.nonceI(), child.nonceR(), shared, additional);
            installing = FirstChild.install(sa, how, material, child.agreed(), spi, out);
        }
        if (shared != null) {
            shared.close();
        }
        return state.with(child.with(installing));
    }

    private static State done(
            SaCore sa, Established state, PeersChild child, Instant now, Outbox out) {
        ChildSa installed = child.installing().orElseThrow();
        if (child.pending().isPresent()) {
            IkeFollowupKeAnswer.answer(sa, child, now, out);
        } else {
            var payloads = answer(child, installed.installation().spiIn());
            sa.sendSealedResponse(ExchangeType.CREATE_CHILD_SA, payloads, now, out);
        }
        ChildSa up = FirstChild.installed(sa, installed, now, out);
        Established next = state.withoutPeers();
        if (child.replaces() == 0) {
            Takeover.begin(sa, up, now);
            out.tell(new Event.ChildUp(IkeViews.of(sa, next), up.view()));
            return next;
        }
        Optional<Rival> rival = RekeyChild.onPeersInstalled(sa, next, child, up, out);
        boolean met =
                next.own().orElse(null) instanceof OwnExchange.OfChild own
                        && own.draft().wish().replaces() == child.replaces();
        return met && rival.isPresent() ? next.with(rival.get()) : next;
    }

    private static List<Payload> answer(PeersChild child, ChildSpi spi) {
        Proposal chosen = child.agreed().proposal();
        var payloads = new ArrayList<Payload>();
        payloads.addAll(ChildOptions.answered(child.agreed().terms()));
        payloads.add(new Payload.SecurityAssociation(List.of(chosen.withSpi(spi.bytes()))));
        payloads.add(new Payload.Nonce(child.nonceR()));
        child.key()
                .ifPresent(
                        key ->
                                payloads.add(
                                        new Payload.KeyExchange(
                                                key.methodId(), key.publicValue())));
        payloads.add(Labels.tsInitiator(child.agreed().child(), child.agreed().tsI()));
        payloads.add(Labels.tsResponder(child.agreed().child(), child.agreed().tsR()));
        return payloads;
    }

    private static State refuse(SaCore sa, State state, Refusal refusal, Instant now, Outbox out) {
        return refuse(sa, ExchangeType.CREATE_CHILD_SA, state, refusal, now, out);
    }

    private static State refuse(
            SaCore sa, int exchangeType, State state, Refusal refusal, Instant now, Outbox out) {
        refusal.reason()
                .ifPresent(
                        why -> {
                            out.log(
                                    sa,
                                    Group.IKE,
                                    0,
                                    "failed to establish CHILD_SA, keeping IKE_SA: %s",
                                    why);
                            out.tell(new Event.ChildFailed(IkeViews.of(sa, state), why, true));
                        });
        sa.sendSealedResponse(exchangeType, List.of(refusal.answer()), now, out);
        return state;
    }

    private CreateChildAnswer() {}
}
