package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.Judgement;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;

/// IKE_AUTH as initiator (RFC 7296 §1.2); the responder's side is [IkeAuthAnswer].
public final class IkeAuth {

    /// The IKE_SA's keys are there: reserves an SPI if a CHILD_SA is wanted.
    public static State begin(
            SaCore sa,
            Optional<Child> child,
            State.InitTranscript transcript,
            Instant now,
            Outbox out) {
        Optional<String> wrong = Childlessness.refusal(sa).or(() -> PpkRound.offer(sa, out));
        if (wrong.isPresent()) {
            return new State.Closed(new Reason.AuthenticationFailed(wrong.get()));
        }
        Optional<Child> inAuth = Childlessness.inAuth(sa, child);
        if (inAuth.isEmpty()) {
            return send(sa, transcript, Optional.empty(), now, out);
        }
        out.allocateSpi(sa, ChildOptions.reservation(sa, inAuth.get()));
        return new State.ReservingSpi(inAuth.get(), transcript);
    }

    public static State.ChildOffer offer(SaCore sa, Child child, ChildSpi spi, int cpi) {
        return offer(
                sa, child, spi, cpi, ProposalSelection.forAuth(child.proposals(), spi.bytes()));
    }

    static State.ChildOffer offer(
            SaCore sa, Child child, ChildSpi spi, int cpi, List<Proposal> proposals) {
        return new State.ChildOffer(
                child,
                spi,
                cpi,
                proposals,
                TrafficSelection.offered(sa, child, true),
                TrafficSelection.offered(sa, child, false));
    }

    public static State send(
            SaCore sa,
            State.InitTranscript transcript,
            Optional<State.ChildOffer> offer,
            Instant now,
            Outbox out) {
        Identification configured = sa.connection().local().getFirst().id();
        Identification expected = sa.connection().remote().getFirst().id();
        Identification own =
                configured.hasWildcards()
                        ? Identification.ofAddress(sa.local().address())
                        : configured;
        Identification peer =
                expected.isAny() ? Identification.ofAddress(sa.remote().address()) : expected;
        sa.identities(own, peer);
        if (sa.connection().local().getFirst().method() == AuthMethod.PUBKEY) {
            return PublicKeyRound.sign(sa, transcript, out)
                    .<State>map(signature -> new State.SigningRequest(transcript, offer, signature))
                    .orElseGet(() -> cannotProve(sa, offer, PublicKeyRound.noKey(sa), out));
        }
        var proofs = PpkRound.prove(sa, () -> PskRound.sign(sa, transcript, peer));
        Optional<Payload.Authentication> auth = proofs.proof();
        if (auth.isEmpty()) {
            return cannotProve(
                    sa, offer, "no shared key found for '%s' - '%s'".formatted(own, peer), out);
        }
        out.log(sa, Group.IKE, 1, "authentication of '%s' (myself) with pre-shared key", own);
        var proof = new ArrayList<Payload>(auth.stream().toList());
        proof.addAll(
                PpkRound.withoutPpk(
                        proofs.withoutPpk()
                                .flatMap(plain -> plain.map(Payload.Authentication::data))));
        return send(sa, transcript, offer, proof, now, out);
    }

    private static State cannotProve(
            SaCore sa, Optional<State.ChildOffer> offer, String why, Outbox out) {
        releaseOffer(sa, offer, out);
        return new State.Closed(new Reason.AuthenticationFailed(why));
    }

    /// @param proof CERT payloads, if any, AUTH, and what proves the same without a PPK
    static State send(
            SaCore sa,
            State.InitTranscript transcript,
            Optional<State.ChildOffer> offer,
            List<? extends Payload> proof,
            Instant now,
            Outbox out) {
        Identification expected = sa.connection().remote().getFirst().id();
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.IdInitiator(sa.localId()));
        payloads.addAll(PublicKeyRound.requestOfInitiator(sa));
        if (!expected.isAny() && !expected.hasWildcards()) {
            payloads.add(new Payload.IdResponder(expected));
        }
        payloads.addAll(proof);
        payloads.addAll(PpkRound.identity(sa));
        payloads.addAll(CrashDetection.token(sa, sa.ownSpi()));
        if (sa.connection().unique() != UniquePolicy.NEVER
                && sa.lookup().duplicates(sa).isEmpty()) {
            payloads.add(Payload.Notify.of(NotifyType.INITIAL_CONTACT));
        }
        ConfigRequest.payload(sa).ifPresent(payloads::add);
        offer.ifPresent(
                o -> {
                    out.log(sa, Group.CHD, 1, "establishing CHILD_SA %s", o.child().name());
                    payloads.addAll(ChildOptions.asked(sa, o));
                    payloads.add(new Payload.SecurityAssociation(o.proposals()));
                    payloads.add(Labels.tsInitiator(o.child(), o.tsI()));
                    payloads.add(Labels.tsResponder(o.child(), o.tsR()));
                });
        payloads.addAll(Mobike.announced(sa));
        sa.sendSealedRequest(ExchangeType.IKE_AUTH, payloads, now, out);
        return new State.AuthSent(transcript, offer);
    }

    /// A set-up that ends before its CHILD_SA exists gives the SPI back.
    public static void releaseOffer(SaCore sa, Optional<State.ChildOffer> offer, Outbox out) {
        offer.ifPresent(
                o ->
                        out.kernelAside(
                                sa, new KernelOp.ReleaseSpi(sa.local(), sa.remote(), o.spi())));
    }

    /// What a response leads to.
    public sealed interface Verdict {
        /// The peer is who it should be.
        ///
        /// @param child what to install, or why there is none; empty for an IKE_SA alone
        record Authentic(Optional<State.Agreed> child, Optional<Reason> childFailure)
                implements Verdict {}

        /// @param tellPeer the peer believes that it is authenticated (RFC 7296 §2.21.2)
        record Failed(Reason reason, boolean tellPeer) implements Verdict {}

        /// Something must be computed first.
        record Waiting(State next) implements Verdict {}
    }

    public static Verdict judge(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        var idr = IkeMessage.first(payloads, Payload.IdResponder.class);
        var auth = IkeMessage.first(payloads, Payload.Authentication.class);
        Optional<Payload.Notify> error = firstError(payloads);
        if (idr.isEmpty() || auth.isEmpty()) {
            return error.<Verdict>map(n -> new Verdict.Failed(refusal(n, sent), false))
                    .orElseGet(
                            () ->
                                    new Verdict.Failed(
                                            new Reason.AuthenticationFailed(
                                                    "peer's answer lacks IDr or AUTH"),
                                            true));
        }
        Identification peer = idr.get().id();
        Identification expected = sa.connection().remote().getFirst().id();
        if (!expected.isAny() && peer.matches(expected) == 0) {
            return new Verdict.Failed(
                    new Reason.AuthenticationFailed(
                            "peer is '%s', but '%s' is required".formatted(peer, expected)),
                    true);
        }
        Optional<String> ppk = PpkRound.confirmed(sa, payloads, out);
        if (ppk.isPresent()) {
            return failed(ppk.get());
        }
        AuthRound remote = sa.connection().remote().getFirst();
        if (remote.method() == AuthMethod.PUBKEY) {
            if (!SignatureAuth.isSignature(auth.get().method())) {
                return failed(
                        "peer used authentication method %d, a public key is required"
                                .formatted(auth.get().method()));
            }
            PublicKeyRound.judge(
                    sa, sent.transcript(), peer, auth.get(), payloads, List.of(remote), now, out);
            return new Verdict.Waiting(new State.JudgingResponder(sent, payloads));
        }
        Optional<String> wrong =
                PskRound.verify(sa, sent.transcript(), sa.localId(), peer, auth.get());
        if (wrong.isPresent()) {
            return failed(wrong.get());
        }
        out.log(sa, Group.IKE, 1, "authentication of '%s' with pre-shared key successful", peer);
        return authentic(sa, sent, peer, payloads, out);
    }

    private static Verdict failed(String detail) {
        return new Verdict.Failed(new Reason.AuthenticationFailed(detail), true);
    }

    /// The peer's signature and certificates are judged.
    static Verdict onJudged(
            SaCore sa, State.JudgingResponder state, Judgement judgement, Outbox out) {
        PublicKeyRound.log(sa, judgement, out);
        return switch (judgement) {
            case Judgement.Refused refused -> new Verdict.Failed(refused.reason(), true);
            case Judgement.Accepted accepted -> {
                PublicKeyRound.accepted(sa, accepted);
                Identification peer =
                        IkeMessage.first(state.payloads(), Payload.IdResponder.class)
                                .orElseThrow()
                                .id();
                PublicKeyRound.logSuccess(sa, peer, accepted.scheme(), out);
                yield authentic(sa, state.sent(), peer, state.payloads(), out);
            }
        };
    }

    private static Verdict authentic(
            SaCore sa,
            State.AuthSent sent,
            Identification peer,
            List<Payload> payloads,
            Outbox out) {
        sa.identities(sa.localId(), peer);
        ConfigRequest.take(sa, payloads, out);
        CrashDetection.read(sa, payloads);
        Mobike.read(sa, payloads, out);
        if (sent.offer().isEmpty()) {
            return new Verdict.Authentic(Optional.empty(), Optional.empty());
        }
        return firstError(payloads)
                .<Verdict>map(
                        n -> new Verdict.Authentic(Optional.empty(), Optional.of(refusal(n, sent))))
                .orElseGet(() -> judgeChild(sa, sent.offer().get(), payloads, true));
    }

    private static Reason refusal(Payload.Notify notify, State.AuthSent sent) {
        return sent.offer()
                .map(offer -> refusal("IKE_AUTH", notify, offer))
                .orElseGet(() -> new Reason.PeerRefused("IKE_AUTH", notify.notifyType(), ""));
    }

    /// Why the peer refused a CHILD_SA, with what it was asked for.
    static Reason refusal(String exchange, Payload.Notify notify, State.ChildOffer offer) {
        String offered =
                switch (notify.notifyType()) {
                    case NotifyType.NO_PROPOSAL_CHOSEN -> "we offered " + offer.proposals();
                    case NotifyType.TS_UNACCEPTABLE ->
                            "we asked for %s === %s".formatted(offer.tsI(), offer.tsR());
                    case NotifyType.INTERNAL_ADDRESS_FAILURE -> "it has no virtual IP for us";
                    case NotifyType.FAILED_CP_REQUIRED ->
                            "it wants us to ask for a virtual IP: set vips";
                    default -> "";
                };
        return new Reason.PeerRefused(exchange, notify.notifyType(), offered);
    }

    static Optional<Payload.Notify> firstError(List<Payload> payloads) {
        return IkeMessage.all(payloads, Payload.Notify.class).stream()
                .filter(n -> NotifyType.isError(n.notifyType()))
                .findFirst();
    }

    /// @param withoutKe as in IKE_AUTH
    static Verdict.Authentic judgeChild(
            SaCore sa, State.ChildOffer offer, List<Payload> payloads, boolean withoutKe) {
        var chosen = IkeMessage.first(payloads, Payload.SecurityAssociation.class);
        if (chosen.isEmpty()) {
            return failedChild(
                    new Reason.NoProposalChosen(List.of(), offer.proposals(), "SA payload"));
        }
        List<Proposal> answer = chosen.get().proposals();
        var outcome = ProposalSelection.confirm(offer.proposals(), answer, withoutKe);
        if (outcome.proposal().isEmpty()) {
            return failedChild(
                    new Reason.NoProposalChosen(answer, offer.proposals(), outcome.mismatch()));
        }
        Bytes spi = answer.getFirst().spi();
        if (ChildSpi.find(spi).isEmpty()) {
            return failedChild(
                    new Reason.NoProposalChosen(answer, offer.proposals(), "SPI of the peer"));
        }
        return switch (ChildOptions.confirm(sa, offer, payloads)) {
            case ChildOptions.Confirmation.Wrong(Reason reason) -> failedChild(reason);
            case ChildOptions.Confirmation.Terms(var tsI, var tsR, var terms) ->
                    new Verdict.Authentic(
                            Optional.of(
                                    new State.Agreed(
                                            offer.child(),
                                            outcome.proposal().get(),
                                            ChildSpi.of(spi),
                                            tsI,
                                            tsR,
                                            terms)),
                            Optional.empty());
        };
    }

    private static Verdict.Authentic failedChild(Reason reason) {
        return new Verdict.Authentic(Optional.empty(), Optional.of(reason));
    }

    private IkeAuth() {}
}
