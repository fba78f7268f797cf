package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.exchange.IkeAuthAnswer.Verdict;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// The order of the rounds of both sides in IKE_AUTH, as responder (RFC 4739).
final class AuthRounds {

    /// A further request of IKE_AUTH.
    static Verdict onRequest(
            SaCore sa, State.AuthRequest before, List<Payload> payloads, Instant now, Outbox out) {
        State.AuthRequest request = before.with(payloads);
        if (request.rounds().eap().isPresent()) {
            return EapRoundAnswer.onRequest(sa, request, now, out);
        }
        var idi = IkeMessage.first(payloads, Payload.IdInitiator.class);
        if (idi.isPresent()) {
            return nextRound(sa, request, idi.get().id(), now, out);
        }
        return request.rounds().peerGoesOn() || nextOwn(sa, request).isEmpty()
                ? new Verdict.Failed(
                        NotifyType.INVALID_SYNTAX,
                        new Reason.AuthenticationFailed("further request without IDi"))
                : ownTurn(sa, request, now, out);
    }

    private static Verdict nextRound(
            SaCore sa, State.AuthRequest request, Identification peer, Instant now, Outbox out) {
        if (!request.rounds().peerGoesOn()) {
            return IkeAuthAnswer.failed("peer began a round that it had not announced");
        }
        List<Connection> left =
                request.candidates().stream()
                        .filter(
                                c ->
                                        IkeAuthAnswer.round(c, request)
                                                .filter(r -> peer.matches(r.id()) > 0)
                                                .isPresent())
                        .filter(
                                c ->
                                        request.rounds().own() == 0
                                                || c.local().equals(sa.connection().local()))
                        .toList();
        if (left.isEmpty()) {
            return IkeAuthAnswer.failed(
                    "no connection has a round %d for '%s'"
                            .formatted(request.rounds().peers() + 1, peer));
        }
        sa.identities(sa.localId(), peer);
        return IkeAuthAnswer.round(
                sa,
                IkeAuthAnswer.switchTo(sa, left.getFirst(), request.narrowed(left), out)
                        .narrowed(left),
                now,
                out);
    }

    /// A round of the peer is over, and it complies with the first of the candidates.
    static Verdict peerProved(SaCore sa, State.AuthRequest request, Instant now, Outbox out) {
        return counted(sa, request, out)
                .map(proved -> ownTurn(sa, proved, now, out))
                .orElseGet(AuthRounds::noneWithSoManyRounds);
    }

    /// As [#peerProved], by EAP; our AUTH that belongs to it follows.
    static Verdict eapProved(
            SaCore sa,
            State.AuthRequest request,
            Payload.Authentication own,
            Instant now,
            Outbox out) {
        Optional<State.AuthRequest> proved = counted(sa, request, out);
        if (proved.isEmpty()) {
            return noneWithSoManyRounds();
        }
        List<AuthRound> local = sa.connection().local();
        State.PeersRounds rounds = proved.get().rounds();
        boolean eapOnly =
                rounds.own() < local.size() && local.get(rounds.own()).method() == AuthMethod.EAP;
        State.AuthRequest next = eapOnly ? proved.get().with(rounds.ownProved()) : proved.get();
        return settle(sa, next, List.of(own), now, out);
    }

    private static Verdict noneWithSoManyRounds() {
        return IkeAuthAnswer.failed("no alternative config found for the peer's rounds");
    }

    /// With those candidates that have as many rounds as the peer.
    private static Optional<State.AuthRequest> counted(
            SaCore sa, State.AuthRequest request, Outbox out) {
        State.AuthRequest proved = request.with(request.rounds().peerProved());
        boolean goesOn = proved.rounds().peerGoesOn();
        int done = proved.rounds().peers();
        List<AuthRound> own = sa.connection().local();
        boolean ownIsOut = request.rounds().own() > 0;
        var left = new ArrayList<Connection>();
        for (Connection candidate : proved.candidates()) {
            boolean complies =
                    goesOn == candidate.remote().size() > done
                            && (!ownIsOut || candidate.local().equals(own));
            if (complies) {
                left.add(candidate);
            } else {
                IkeAuthAnswer.unacceptable(
                        sa,
                        candidate,
                        "peer authenticates in %s %d round%s"
                                .formatted(
                                        goesOn ? "more than" : "only", done, done == 1 ? "" : "s"),
                        out);
            }
        }
        if (left.isEmpty()) {
            return Optional.empty();
        }
        IkeAuthAnswer.switchTo(sa, left.getFirst(), request, out);
        return Optional.of(proved.narrowed(left));
    }

    /// Our next round that EAP of the peer does not stand for.
    private static Optional<AuthRound> nextOwn(SaCore sa, State.AuthRequest request) {
        List<AuthRound> local = sa.connection().local();
        int own = request.rounds().own();
        return own < local.size() && local.get(own).method() != AuthMethod.EAP
                ? Optional.of(local.get(own))
                : Optional.empty();
    }

    /// The peer gets our own AUTH, if there is one left.
    static Verdict ownTurn(SaCore sa, State.AuthRequest request, Instant now, Outbox out) {
        Optional<AuthRound> round = nextOwn(sa, request);
        if (round.isEmpty()) {
            return proceed(sa, request, List.of(), now, out);
        }
        if (request.rounds().own() > 0 && !round.get().id().hasWildcards()) {
            sa.identities(round.get().id(), sa.remoteId());
        }
        if (round.get().method() == AuthMethod.PUBKEY) {
            return PublicKeyRound.sign(sa, round.get(), request.transcript(), out)
                    .<Verdict>map(
                            own -> new Verdict.Waiting(new State.SigningResponse(request, own)))
                    .orElseGet(() -> IkeAuthAnswer.failed(PublicKeyRound.noKey(sa)));
        }
        Optional<Payload.Authentication> own =
                PskRound.sign(sa, request.transcript(), sa.remoteId());
        if (own.isEmpty()) {
            return IkeAuthAnswer.failed("no shared key to authenticate with");
        }
        out.log(
                sa,
                Group.IKE,
                1,
                "authentication of '%s' (myself) with pre-shared key",
                sa.localId());
        return proceed(sa, request, List.of(own.get()), now, out);
    }

    /// @param proof CERT payloads, if any, and AUTH; nothing if our rounds are over
    static Verdict proceed(
            SaCore sa,
            State.AuthRequest request,
            List<? extends Payload> proof,
            Instant now,
            Outbox out) {
        var head = new ArrayList<Payload>();
        boolean first = request.rounds().peers() + request.rounds().own() <= 1;
        if (!proof.isEmpty() || first) {
            head.add(new Payload.IdResponder(sa.localId()));
        }
        head.addAll(proof);
        State.AuthRequest next =
                proof.isEmpty() ? request : request.with(request.rounds().ownProved());
        if (!proof.isEmpty() && nextOwn(sa, next).isPresent()) {
            head.add(Payload.Notify.of(NotifyType.ANOTHER_AUTH_FOLLOWS));
        }
        return next.rounds().eap().isPresent()
                ? EapRoundAnswer.askName(sa, next, head, now, out)
                : settle(sa, next, head, now, out);
    }

    /// The answer is made: the last one, or one after which the peer goes on.
    static Verdict settle(
            SaCore sa, State.AuthRequest request, List<Payload> head, Instant now, Outbox out) {
        if (request.rounds().peerGoesOn() || nextOwn(sa, request).isPresent()) {
            return await(sa, request, head, now, out);
        }
        if (request.rounds().own() < sa.connection().local().size()) {
            return IkeAuthAnswer.failed("we authenticate by EAP, but the peer did not use it");
        }
        return IkeAuthAnswer.answer(sa, request, head, out);
    }

    /// Sends an answer that is not the last one.
    static Verdict await(
            SaCore sa, State.AuthRequest request, List<Payload> answer, Instant now, Outbox out) {
        var payloads = new ArrayList<>(answer);
        if (IkeMessage.first(answer, Payload.Authentication.class).isPresent()) {
            payloads.addAll(PpkRound.confirmation(sa));
        }
        sa.sendSealedResponse(ExchangeType.IKE_AUTH, payloads, now, out);
        out.timer(sa.ownSpi(), TimerQueue.Kind.HALF_OPEN, request.rounds().deadline());
        return new Verdict.Continued(new State.AwaitingMoreAuth(request));
    }

    private AuthRounds() {}
}
