package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.crypto.SignatureAuth;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.Lifetimes;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.trust.Judgement;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;

/// IKE_AUTH as responder (RFC 7296 §1.2, §2.15, §2.17).
public final class IkeAuthAnswer {
    private static final int CHILD_PARTS = 3;

    /// What a request is worth.
    public sealed interface Verdict {
        /// @param head IDr and AUTH of our answer
        /// @param payloads of the request, for what comes after authentication
        record Authentic(List<Payload> head, boolean initialContact, List<Payload> payloads)
                implements Verdict {}

        /// Something must be computed first.
        record Waiting(State next) implements Verdict {}

        /// The answer is out; the peer goes on.
        record Continued(State next) implements Verdict {}

        /// @param answer error notify for the peer
        record Failed(int answer, Reason reason) implements Verdict {}

        /// @param packet EAP-Failure for the peer
        record FailedEap(Bytes packet, Reason reason) implements Verdict {}
    }

    /// Stands for a connection whose rounds are over: no signature complies with it.
    private static final AuthRound NO_FURTHER_ROUND =
            new AuthRound(AuthMethod.PSK, Identification.ANY);

    /// @param notifyType with which it is told
    public record ChildRefusal(int notifyType, Reason reason) {}

    /// What becomes of the CHILD_SA of a request.
    sealed interface ChildAnswer {
        /// None was asked for.
        record None() implements ChildAnswer {}

        record Granted(State.Agreed child) implements ChildAnswer {}

        record Refused(ChildRefusal refusal) implements ChildAnswer {}
    }

    /// The first request.
    public static Verdict judge(
            SaCore sa,
            State.AwaitingAuth state,
            List<Payload> payloads,
            SaInput.Received in,
            Instant now,
            Outbox out) {
        var resumed = ResumptionAnswer.by(sa);
        if (resumed.isPresent()) {
            return ResumptionAnswer.judgeAuth(sa, resumed.get(), state, payloads, out);
        }
        var idi = IkeMessage.first(payloads, Payload.IdInitiator.class);
        if (idi.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.INVALID_SYNTAX,
                    new Reason.AuthenticationFailed("request without IDi"));
        }
        Identification peer = idi.get().id();
        Optional<Identification> wanted =
                IkeMessage.first(payloads, Payload.IdResponder.class).map(Payload.IdResponder::id);
        String asked = wanted.map(Identification::toString).orElse("%any");
        out.log(
                sa,
                Group.CFG,
                1,
                "looking for peer configs matching %s[%s]...%s[%s]",
                in.local().address(),
                asked,
                in.remote().address(),
                peer);
        List<Connection> candidates = PeerSelection.candidates(sa, in, wanted, peer);
        if (candidates.isEmpty()) {
            return new Verdict.Failed(
                    NotifyType.AUTHENTICATION_FAILED,
                    new Reason.NoMatchingConnection(
                            "no matching peer config found for '%s' as '%s'"
                                    .formatted(peer, asked)));
        }
        take(sa, candidates.getFirst(), wanted, peer);
        out.log(sa, Group.CFG, 1, "selected peer config '%s'", sa.name());
        var request =
                new State.AuthRequest(
                        state.transcript(),
                        payloads,
                        payloads,
                        candidates,
                        wanted,
                        State.PeersRounds.none(state.deadline()));
        return round(sa, request, now, out);
    }

    /// The request that begins a round of the peer.
    static Verdict round(SaCore sa, State.AuthRequest request, Instant now, Outbox out) {
        boolean goesOn =
                IkeMessage.notify(request.latest(), NotifyType.ANOTHER_AUTH_FOLLOWS).isPresent();
        var told = request.with(request.rounds().peerGoesOn(goesOn));
        var auth = IkeMessage.first(request.latest(), Payload.Authentication.class);
        if (auth.isEmpty()) {
            return EapRoundAnswer.begin(sa, told, now, out);
        }
        Optional<String> nobody = NullAuth.refusal(sa.remoteId(), auth.get());
        if (nobody.isPresent()) {
            return failed(nobody.get());
        }
        return switch (PpkRound.received(sa, told.candidates(), told.latest(), auth.get(), out)) {
            case PpkRound.Received.Failed(String why) -> failed(why);
            case PpkRound.Received.Proof(var proof) ->
                    SignatureAuth.isSignature(proof.method())
                            ? askForJudgement(
                                    sa, PpkRound.admitting(sa, told, out), proof, now, out)
                            : verifyShared(sa, PpkRound.admitting(sa, told, out), proof, now, out);
        };
    }

    static Verdict failed(String detail) {
        return new Verdict.Failed(
                NotifyType.AUTHENTICATION_FAILED, new Reason.AuthenticationFailed(detail));
    }

    private static void take(
            SaCore sa,
            Connection connection,
            Optional<Identification> wanted,
            Identification peer) {
        sa.connection(connection);
        sa.identities(PeerSelection.ownId(sa, wanted), peer);
    }

    /// The peer's round that is under way, of a connection.
    static Optional<AuthRound> round(Connection connection, State.AuthRequest request) {
        int number = request.rounds().peers();
        return number < connection.remote().size()
                ? Optional.of(connection.remote().get(number))
                : Optional.empty();
    }

    /// The first of the candidates that wants a shared key is meant.
    private static Verdict verifyShared(
            SaCore sa,
            State.AuthRequest request,
            Payload.Authentication auth,
            Instant now,
            Outbox out) {
        for (Connection candidate : request.candidates()) {
            boolean shared =
                    round(candidate, request).filter(r -> r.method() == AuthMethod.PSK).isPresent();
            if (shared) {
                var narrowed = switchTo(sa, candidate, request, out);
                Optional<String> wrong =
                        PskRound.verify(
                                sa, request.transcript(), sa.localId(), sa.remoteId(), auth);
                if (wrong.isPresent()) {
                    return failed(wrong.get());
                }
                out.log(
                        sa,
                        Group.IKE,
                        1,
                        "authentication of '%s' with pre-shared key successful",
                        sa.remoteId());
                return AuthRounds.peerProved(sa, narrowed, now, out);
            }
            unacceptable(sa, candidate, "peer used a pre-shared key", out);
        }
        return failed(
                "peer '%s' used authentication method %d, a public key is required"
                        .formatted(sa.remoteId(), auth.method()));
    }

    static void unacceptable(SaCore sa, Connection candidate, String why, Outbox out) {
        out.log(
                sa,
                Group.CFG,
                1,
                "selected peer config '%s' unacceptable: %s",
                candidate.name(),
                why);
    }

    private static void unacceptable(
            SaCore sa, State.AuthRequest request, List<String> reasons, Outbox out) {
        for (int i = 0; i < reasons.size(); i++) {
            unacceptable(sa, request.candidates().get(i), reasons.get(i), out);
        }
    }

    /// @return without the candidates before that one, and those of which is not known whether the
    ///   earlier rounds comply with them
    static State.AuthRequest switchTo(
            SaCore sa, Connection candidate, State.AuthRequest request, Outbox out) {
        if (!candidate.name().equals(sa.name())) {
            out.log(sa, Group.CFG, 1, "switching to peer config '%s'", candidate.name());
            take(sa, candidate, request.wanted(), sa.remoteId());
        }
        int done = Math.min(request.rounds().peers() + 1, candidate.remote().size());
        List<AuthRound> proven = candidate.remote().subList(0, done);
        List<Connection> all = request.candidates();
        return request.narrowed(
                all.subList(all.indexOf(candidate), all.size()).stream()
                        .filter(c -> c.remote().size() >= done)
                        .filter(c -> c.remote().subList(0, done).equals(proven))
                        .toList());
    }

    private static Verdict askForJudgement(
            SaCore sa,
            State.AuthRequest request,
            Payload.Authentication auth,
            Instant now,
            Outbox out) {
        List<AuthRound> rounds =
                request.candidates().stream()
                        .map(c -> round(c, request).orElse(NO_FURTHER_ROUND))
                        .toList();
        PublicKeyRound.judge(
                sa, request.transcript(), sa.remoteId(), auth, request.latest(), rounds, now, out);
        return new Verdict.Waiting(new State.JudgingInitiator(request));
    }

    /// The peer's signature and certificates are judged.
    static Verdict onJudged(
            SaCore sa, State.AuthRequest request, Judgement judgement, Instant now, Outbox out) {
        PublicKeyRound.log(sa, judgement, out);
        return switch (judgement) {
            case Judgement.Refused refused -> {
                unacceptable(sa, request, refused.reasons(), out);
                yield new Verdict.Failed(NotifyType.AUTHENTICATION_FAILED, refused.reason());
            }
            case Judgement.Accepted accepted -> {
                PublicKeyRound.accepted(sa, accepted);
                unacceptable(sa, request, accepted.passedOver(), out);
                var narrowed =
                        switchTo(sa, request.candidates().get(accepted.candidate()), request, out);
                PublicKeyRound.logSuccess(sa, sa.remoteId(), accepted.scheme(), out);
                yield AuthRounds.peerProved(sa, narrowed, now, out);
            }
        };
    }

    /// All rounds are over.
    ///
    /// @param proof IDr, CERT payloads and AUTH, as far as they are still to be sent
    static Verdict answer(
            SaCore sa, State.AuthRequest request, List<? extends Payload> proof, Outbox out) {
        List<Payload> payloads = request.payloads();
        Optional<String> lacking = PpkRound.lacking(sa);
        if (lacking.isPresent()) {
            return failed(lacking.get());
        }
        var head = new ArrayList<Payload>(proof);
        head.addAll(PpkRound.confirmation(sa));
        head.addAll(CrashDetection.token(sa, sa.ownSpi()));
        CrashDetection.read(sa, payloads);
        CrashDetection.read(sa, request.latest()); // behind EAP's AUTH (RFC 6290 §4.2)
        if (Mobike.metForbiddenNat(sa, payloads)) {
            return new Verdict.Failed(
                    NotifyType.UNEXPECTED_NAT_DETECTED,
                    new Reason.AuthenticationFailed("NAT found where the peer allows none"));
        }
        head.addAll(Mobike.answered(sa, payloads, out));
        Lifetimes.announced(sa)
                .ifPresent(
                        seconds ->
                                head.add(
                                        Payload.Notify.of(
                                                NotifyType.AUTH_LIFETIME, Bytes.ofU32(seconds))));
        head.addAll(ResumptionAnswer.ticket(sa, payloads, out));
        boolean contact = IkeMessage.notify(payloads, NotifyType.INITIAL_CONTACT).isPresent();
        int parts = childParts(payloads);
        Optional<String> wrong = Childlessness.refusal(sa, parts > 0);
        if (parts % CHILD_PARTS != 0) {
            wrong = Optional.of("request with an incomplete CHILD_SA");
        }
        return wrong.<Verdict>map(
                        why ->
                                new Verdict.Failed(
                                        NotifyType.INVALID_SYNTAX,
                                        new Reason.AuthenticationFailed(why)))
                .orElseGet(() -> new Verdict.Authentic(head, contact, payloads));
    }

    /// How many of SA, TSi and TSr there are.
    private static int childParts(List<Payload> payloads) {
        return (int)
                Stream.of(
                                Payload.SecurityAssociation.class,
                                Payload.TsInitiator.class,
                                Payload.TsResponder.class)
                        .filter(kind -> IkeMessage.first(payloads, kind).isPresent())
                        .count();
    }

    /// Looks for the child that fits the request best, now that the peer's addresses are known.
    static ChildAnswer agree(SaCore sa, List<Payload> payloads, Outbox out) {
        if (childParts(payloads) == 0) {
            return new ChildAnswer.None();
        }
        var offered = IkeMessage.first(payloads, Payload.SecurityAssociation.class).orElseThrow();
        var choice = ChildOptions.choose(sa, sa.connection().children(), payloads, out);
        if (choice.isEmpty()) {
            return refused(NotifyType.TS_UNACCEPTABLE, ChildOptions.noneFits(payloads));
        }
        Child child = choice.get().child();
        var outcome =
                ProposalSelection.select(
                        child.proposals(),
                        offered.proposals(),
                        sa.settings().preferConfiguredProposals(),
                        true,
                        sa.privateUse());
        Optional<Bytes> spi =
                outcome.proposal().map(Proposal::spi).filter(s -> ChildSpi.find(s).isPresent());
        if (spi.isEmpty()) {
            return refused(
                    NotifyType.NO_PROPOSAL_CHOSEN,
                    new Reason.NoProposalChosen(
                            offered.proposals(),
                            child.proposals(),
                            outcome.proposal().isEmpty() ? outcome.mismatch() : "SPI of the peer"));
        }
        return new ChildAnswer.Granted(
                new State.Agreed(
                        child,
                        outcome.proposal().get(),
                        ChildSpi.of(spi.get()),
                        choice.get().tsI(),
                        choice.get().tsR(),
                        choice.get().terms()));
    }

    private static ChildAnswer refused(int notifyType, Reason reason) {
        return new ChildAnswer.Refused(new ChildRefusal(notifyType, reason));
    }

    /// The CHILD_SA part of our answer.
    public static List<Payload> accepted(
            State.PendingAnswer answer, State.Agreed agreed, Bytes spi) {
        Proposal chosen = agreed.proposal();
        var payloads = new ArrayList<>(answer.head());
        payloads.addAll(ChildOptions.answered(agreed.terms()));
        payloads.add(
                new Payload.SecurityAssociation(
                        List.of(
                                new Proposal(
                                        chosen.number(),
                                        chosen.protocolId(),
                                        spi,
                                        chosen.transforms()))));
        payloads.add(Labels.tsInitiator(agreed.child(), agreed.tsI()));
        payloads.add(Labels.tsResponder(agreed.child(), agreed.tsR()));
        return payloads;
    }

    public static List<Payload> withoutChild(List<Payload> head, int notifyType) {
        var payloads = new ArrayList<>(head);
        payloads.add(Payload.Notify.of(notifyType));
        return payloads;
    }

    private IkeAuthAnswer() {}
}
