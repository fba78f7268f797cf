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
import org.keyferry.engine.Ticket;
import org.keyferry.engine.eap.EapPeer;
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
import org.keyferry.wire.Gateway;
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
        boolean resumed = Resumption.by(sa).isPresent();
        Optional<String> wrong =
                Childlessness.refusal(sa)
                        .or(() -> resumed ? Optional.empty() : PpkRound.offer(sa, out));
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
        Optional<Ticket> ticket = Resumption.by(sa);
        if (ticket.isPresent()) {
            return Resumption.sendAuth(sa, ticket.get(), transcript, offer, now, out);
        }
        Identification configured = sa.connection().local().getFirst().id();
        Identification expected = sa.connection().remote().getFirst().id();
        Identification own =
                configured.hasWildcards()
                        ? Identification.ofAddress(sa.local().address())
                        : configured;
        Identification peer =
                expected.isAny() ? Identification.ofAddress(sa.remote().address()) : expected;
        sa.identities(own, peer);
        return proveNext(sa, new State.AuthSent(transcript, offer, State.OwnRounds.NONE), now, out);
    }

    /// Begins our next round.
    private static State proveNext(SaCore sa, State.AuthSent next, Instant now, Outbox out) {
        AuthRound round = sa.connection().local().get(next.rounds().own());
        if (next.rounds().own() > 0 && !round.id().hasWildcards()) {
            sa.identities(round.id(), sa.remoteId());
        }
        return switch (round.method()) {
            case EAP -> send(sa, next, List.of(), now, out);
            case PUBKEY ->
                    PublicKeyRound.sign(sa, round, next.transcript(), out)
                            .<State>map(signature -> new State.SigningRequest(next, signature))
                            .orElseGet(
                                    () ->
                                            cannotProve(
                                                    sa,
                                                    next.offer(),
                                                    PublicKeyRound.noKey(sa),
                                                    out));
            case PSK -> proveShared(sa, next, now, out);
        };
    }

    private static State proveShared(SaCore sa, State.AuthSent next, Instant now, Outbox out) {
        var proofs = PpkRound.prove(sa, () -> PskRound.sign(sa, next.transcript(), sa.remoteId()));
        Optional<Payload.Authentication> auth = proofs.proof();
        if (auth.isEmpty()) {
            return cannotProve(
                    sa,
                    next.offer(),
                    "no shared key found for '%s' - '%s'".formatted(sa.localId(), sa.remoteId()),
                    out);
        }
        out.log(
                sa,
                Group.IKE,
                1,
                "authentication of '%s' (myself) with pre-shared key",
                sa.localId());
        var proof = new ArrayList<Payload>(auth.stream().toList());
        proof.addAll(
                PpkRound.withoutPpk(
                        proofs.withoutPpk()
                                .flatMap(plain -> plain.map(Payload.Authentication::data))));
        return send(sa, next, proof, now, out);
    }

    private static State cannotProve(
            SaCore sa, Optional<State.ChildOffer> offer, String why, Outbox out) {
        releaseOffer(sa, offer, out);
        return new State.Closed(new Reason.AuthenticationFailed(why));
    }

    /// The first request of a round.
    ///
    /// @param proof CERT payloads, if any, AUTH, and what proves the same without a PPK; nothing
    ///   asks for EAP
    static State send(
            SaCore sa,
            State.AuthSent next,
            List<? extends Payload> proof,
            Instant now,
            Outbox out) {
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.IdInitiator(sa.localId()));
        boolean first = next.rounds().own() == 0;
        if (first) {
            payloads.addAll(PublicKeyRound.requestOfInitiator(sa));
            Identification expected = sa.connection().remote().getFirst().id();
            if (!expected.isAny() && !expected.hasWildcards()) {
                payloads.add(new Payload.IdResponder(expected));
            }
        }
        payloads.addAll(proof);
        if (!proof.isEmpty()) {
            payloads.addAll(PpkRound.identity(sa));
            payloads.addAll(CrashDetection.token(sa, sa.ownSpi()));
            anotherFollows(sa, next.rounds().own()).ifPresent(payloads::add);
        }
        if (first) {
            addFirst(sa, next.offer(), payloads, out);
        }
        sa.sendSealedRequest(ExchangeType.IKE_AUTH, payloads, now, out);
        return next;
    }

    /// What the first request of all says besides.
    static void addFirst(
            SaCore sa, Optional<State.ChildOffer> offer, List<Payload> payloads, Outbox out) {
        if (sa.connection().unique() != UniquePolicy.NEVER
                && sa.lookup().duplicates(sa).all().isEmpty()) {
            payloads.add(Payload.Notify.of(NotifyType.INITIAL_CONTACT));
        }
        ConfigRequest.payload(sa).ifPresent(payloads::add);
        if (sa.settings().eap().multipleAuthentication()) {
            payloads.add(Payload.Notify.of(NotifyType.MULTIPLE_AUTH_SUPPORTED));
        }
        if (sa.connection().remote().getFirst().method() == AuthMethod.EAP) {
            payloads.add(Payload.Notify.of(NotifyType.EAP_ONLY_AUTHENTICATION));
        }
        offer.ifPresent(
                o -> {
                    out.log(sa, Group.CHD, 1, "establishing CHILD_SA %s", o.child().name());
                    payloads.addAll(ChildOptions.asked(sa, o));
                    payloads.add(new Payload.SecurityAssociation(o.proposals()));
                    payloads.add(Labels.tsInitiator(o.child(), o.tsI()));
                    payloads.add(Labels.tsResponder(o.child(), o.tsR()));
                });
        payloads.addAll(Mobike.announced(sa));
        payloads.addAll(Resumption.request(sa));
    }

    /// ANOTHER_AUTH_FOLLOWS (RFC 4739 §2.2), if there is one after this round.
    static Optional<Payload> anotherFollows(SaCore sa, int round) {
        return round + 1 < sa.connection().local().size()
                ? Optional.of(Payload.Notify.of(NotifyType.ANOTHER_AUTH_FOLLOWS))
                : Optional.empty();
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

        /// The gateway does not take the session up again after all.
        record NotResumed() implements Verdict {}

        /// The peer is who it should be, and sends us elsewhere.
        record Redirected(Gateway target) implements Verdict {}
    }

    public static Verdict judge(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        if (Resumption.by(sa).isPresent()) {
            return Resumption.judge(sa, sent, payloads, out);
        }
        var idr = IkeMessage.first(payloads, Payload.IdResponder.class);
        var auth = IkeMessage.first(payloads, Payload.Authentication.class);
        var eap = IkeMessage.first(payloads, Payload.Eap.class);
        Optional<Payload.Notify> error = firstError(payloads);
        if (error.isPresent() && auth.isEmpty() && eap.isEmpty()) {
            sent.rounds().eap().ifPresent(EapPeer::refused);
            return new Verdict.Failed(refusal(error.get(), sent), false);
        }
        boolean goesOn = IkeMessage.notify(payloads, NotifyType.ANOTHER_AUTH_FOLLOWS).isPresent();
        State.AuthSent told = sent.with(sent.rounds().peerGoesOn(goesOn));
        if (sent.rounds().proven().isPresent()) {
            return onServersAuth(sa, told, payloads, now, out);
        }
        if (idr.isPresent() && auth.isPresent()) {
            return judgeProof(sa, told, idr.get().id(), auth.get(), payloads, now, out);
        }
        boolean nothingYet = sent.rounds().peers() == 0 && sent.rounds().eap().isEmpty();
        if (nothingYet) {
            if (idr.isEmpty() || !EapRound.isEapOnly(sa, sent.rounds()) || eap.isEmpty()) {
                return failed("peer's answer lacks IDr or AUTH");
            }
            Optional<Verdict> wrong = wrongIdentity(sa, told.rounds(), idr.get().id());
            if (wrong.isPresent()) {
                return wrong.get();
            }
            out.log(sa, Group.IKE, 1, "allow mutual EAP-only authentication");
            sa.identities(sa.localId(), idr.get().id());
        }
        if (told.rounds().own() >= sa.connection().local().size()) {
            return failed("peer's answer lacks AUTH");
        }
        return ownTurn(sa, told, payloads, now, out);
    }

    private static Optional<Verdict> wrongIdentity(
            SaCore sa, State.OwnRounds rounds, Identification peer) {
        Identification expected = sa.connection().remote().get(rounds.peers()).id();
        return expected.isAny() || peer.matches(expected) > 0
                ? Optional.empty()
                : Optional.of(
                        failed("peer is '%s', but '%s' is required".formatted(peer, expected)));
    }

    /// A round of the responder that needs no EAP.
    private static Verdict judgeProof(
            SaCore sa,
            State.AuthSent sent,
            Identification peer,
            Payload.Authentication auth,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        int number = sent.rounds().peers();
        if (number >= sa.connection().remote().size()) {
            return failed(
                    "peer proved itself in more than the %d rounds required".formatted(number));
        }
        Optional<Verdict> wrongId = wrongIdentity(sa, sent.rounds(), peer);
        if (wrongId.isPresent()) {
            return wrongId.get();
        }
        Optional<String> nobody = NullAuth.refusal(peer, auth);
        if (nobody.isPresent()) {
            return failed(nobody.get());
        }
        AuthRound remote = sa.connection().remote().get(number);
        if (remote.method() == AuthMethod.EAP) {
            return failed(
                    "peer used authentication method %d, EAP is required".formatted(auth.method()));
        }
        // the key goes with our AUTH, which follows EAP (RFC 8784 §3)
        Optional<String> ppk =
                isOwnEap(sa, sent.rounds())
                        ? Optional.empty()
                        : PpkRound.confirmed(sa, payloads, out);
        if (ppk.isPresent()) {
            return failed(ppk.get());
        }
        if (remote.method() == AuthMethod.PUBKEY) {
            if (!SignatureAuth.isSignature(auth.method())) {
                return failed(
                        "peer used authentication method %d, a public key is required"
                                .formatted(auth.method()));
            }
            PublicKeyRound.judge(
                    sa, sent.transcript(), peer, auth, payloads, List.of(remote), now, out);
            return new Verdict.Waiting(new State.JudgingResponder(sent, payloads));
        }
        Optional<String> wrong = PskRound.verify(sa, sent.transcript(), sa.localId(), peer, auth);
        if (wrong.isPresent()) {
            return failed(wrong.get());
        }
        out.log(sa, Group.IKE, 1, "authentication of '%s' with pre-shared key successful", peer);
        return peerProved(sa, sent, peer, payloads, now, out);
    }

    static Verdict failed(String detail) {
        return new Verdict.Failed(new Reason.AuthenticationFailed(detail), true);
    }

    private static Verdict peerProved(
            SaCore sa,
            State.AuthSent sent,
            Identification peer,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        sa.identities(sa.localId(), peer);
        Optional<Gateway> elsewhere = Redirect.inAuth(sa, payloads);
        return elsewhere.isPresent()
                ? new Verdict.Redirected(elsewhere.get())
                : ownTurn(sa, sent.with(sent.rounds().peerProved()), payloads, now, out);
    }

    /// What is left of our present round: EAP goes on, anything else is over.
    private static Verdict ownTurn(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        if (sent.rounds().own() >= sa.connection().local().size()) {
            return next(sa, sent, payloads, now, out);
        }
        return isOwnEap(sa, sent.rounds())
                ? EapRound.onResponse(sa, sent, payloads, now, out)
                : next(sa, sent.with(sent.rounds().ownProved()), payloads, now, out);
    }

    private static boolean isOwnEap(SaCore sa, State.OwnRounds rounds) {
        List<AuthRound> local = sa.connection().local();
        return rounds.own() < local.size() && local.get(rounds.own()).method() == AuthMethod.EAP;
    }

    private static Verdict onServersAuth(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        Optional<String> wrong = EapRound.verify(sa, sent, payloads, out);
        if (wrong.isPresent()) {
            return failed(wrong.get());
        }
        out.log(sa, Group.IKE, 1, "authentication of '%s' with EAP successful", sa.remoteId());
        State.OwnRounds rounds = sent.rounds().ownProved();
        boolean eapOnly = EapRound.isEapOnly(sa, rounds);
        return next(sa, sent.with(eapOnly ? rounds.peerProved() : rounds), payloads, now, out);
    }

    /// Our round is over: another one, one of the peer's, or the end.
    private static Verdict next(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        State.OwnRounds rounds = sent.rounds();
        if (rounds.own() < sa.connection().local().size()) {
            if (rounds.own() > 0 && !sa.peerSupport().multipleAuth()) {
                return failed("peer does not know several authentication rounds");
            }
            return new Verdict.Waiting(proveNext(sa, sent, now, out));
        }
        int wanted = sa.connection().remote().size();
        if (rounds.peerGoesOn()) {
            if (rounds.peers() >= wanted) {
                return failed("peer has more than the %d rounds required".formatted(wanted));
            }
            sa.sendSealedRequest(ExchangeType.IKE_AUTH, List.of(), now, out);
            return new Verdict.Waiting(sent);
        }
        return rounds.peers() < wanted
                ? failed("peer proved itself in %d of %d rounds".formatted(rounds.peers(), wanted))
                : authentic(sa, sent, payloads, out);
    }

    /// The peer's signature and certificates are judged.
    static Verdict onJudged(
            SaCore sa, State.JudgingResponder state, Judgement judgement, Instant now, Outbox out) {
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
                yield peerProved(sa, state.sent(), peer, state.payloads(), now, out);
            }
        };
    }

    static Verdict authentic(SaCore sa, State.AuthSent sent, List<Payload> payloads, Outbox out) {
        Optional<String> lacking = PpkRound.lacking(sa);
        if (lacking.isPresent()) {
            return failed(lacking.get());
        }
        Optional<Gateway> elsewhere = Redirect.inAuth(sa, payloads);
        if (elsewhere.isPresent()) {
            return new Verdict.Redirected(elsewhere.get());
        }
        ConfigRequest.take(sa, payloads, out);
        CrashDetection.read(sa, payloads);
        Mobike.read(sa, payloads, out);
        Resumption.read(sa, payloads, out);
        IkeMessage.notify(payloads, NotifyType.AUTH_LIFETIME)
                .ifPresent(notify -> sa.replacement().demanded(notify.data().i32(0)));
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
