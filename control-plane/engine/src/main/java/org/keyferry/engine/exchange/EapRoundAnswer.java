package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.eap.EapNames;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.engine.eap.EapServer;
import org.keyferry.engine.exchange.IkeAuthAnswer.Verdict;
import org.keyferry.engine.sa.EapLogin;
import org.keyferry.engine.sa.Login;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// An EAP round of the initiator in IKE_AUTH (RFC 7296 §2.16): first its name, then a method of
/// ours or a server that EAP is passed on to, then AUTH with the key that came of it.
final class EapRoundAnswer {

    /// A request without AUTH: the first candidate that wants EAP is meant.
    static Verdict begin(SaCore sa, State.AuthRequest request, Instant now, Outbox out) {
        var left = new ArrayList<Connection>();
        for (Connection candidate : request.candidates()) {
            boolean eap =
                    IkeAuthAnswer.round(candidate, request)
                            .filter(r -> r.method() == AuthMethod.EAP)
                            .isPresent();
            if (eap) {
                left.add(candidate);
            } else {
                IkeAuthAnswer.unacceptable(sa, candidate, "peer requested EAP", out);
            }
        }
        if (left.isEmpty()) {
            return IkeAuthAnswer.failed(
                    "peer '%s' requested EAP, config unacceptable".formatted(sa.remoteId()));
        }
        IkeAuthAnswer.switchTo(sa, left.getFirst(), request, out);
        var wanted = request.narrowed(left).with(request.rounds().with(new EapLogin.Wanted()));
        boolean eapOnly = ownIsEap(sa, wanted.rounds());
        boolean allowed =
                sa.settings().eap().forceEapOnly()
                        || IkeMessage.notify(request.payloads(), NotifyType.EAP_ONLY_AUTHENTICATION)
                                .isPresent();
        if (eapOnly && !allowed) {
            return IkeAuthAnswer.failed(
                    "configured EAP-only authentication, but peer does not support it");
        }
        return AuthRounds.ownTurn(sa, wanted, now, out);
    }

    private static boolean ownIsEap(SaCore sa, State.PeersRounds rounds) {
        List<AuthRound> local = sa.connection().local();
        return rounds.own() < local.size() && local.get(rounds.own()).method() == AuthMethod.EAP;
    }

    private static AuthRound round(SaCore sa, State.AuthRequest request) {
        return IkeAuthAnswer.round(sa.connection(), request).orElseThrow();
    }

    /// @param head payloads that go before our first EAP request
    static Verdict askName(
            SaCore sa, State.AuthRequest request, List<Payload> head, Instant now, Outbox out) {
        int identifier = sa.randomBytes(1)[0] & 0xff;
        Optional<Identification> named = round(sa, request).eap().eapId();
        if (named.filter(Identification::hasWildcards).isEmpty()) {
            return startMethod(
                    sa, request, head, named.orElse(sa.remoteId()), identifier, now, out);
        }
        out.log(sa, Group.IKE, 1, "initiating EAP_IDENTITY method (id 0x%02X)", identifier);
        var asking = request.rounds().with(new EapLogin.AskingName(identifier));
        EapPacket packet = EapPacket.request(identifier, EapType.IDENTITY, Bytes.EMPTY);
        return send(sa, request.with(asking), head, packet.encode(), now, out);
    }

    private static Verdict send(
            SaCore sa,
            State.AuthRequest request,
            List<Payload> head,
            Bytes packet,
            Instant now,
            Outbox out) {
        var answer = new ArrayList<>(head);
        answer.add(new Payload.Eap(packet));
        return AuthRounds.await(sa, request, answer, now, out);
    }

    /// A request in this round.
    static Verdict onRequest(SaCore sa, State.AuthRequest request, Instant now, Outbox out) {
        EapLogin login = request.rounds().eap().orElseThrow();
        if (login instanceof EapLogin.Accepted accepted) {
            return onAuth(sa, request, accepted, now, out);
        }
        var eap = IkeMessage.first(request.latest(), Payload.Eap.class);
        if (eap.isEmpty()) {
            return IkeAuthAnswer.failed("peer did not go on with EAP");
        }
        Bytes packet = eap.get().packet();
        return switch (login) {
            case EapLogin.AskingName(int identifier) ->
                    onName(sa, request, identifier, packet, now, out);
            case EapLogin.Running(_, Optional<EapServer> server) -> {
                if (server.isEmpty()) {
                    out.eap(sa, new EapQuery.Response(packet));
                    yield new Verdict.Waiting(new State.ServingEap(request, List.of()));
                }
                if (server.get().isHeavy()) {
                    out.compute(sa, new ComputeJob.ServeEap(server.get(), packet));
                    yield new Verdict.Waiting(new State.ServingEap(request, List.of()));
                }
                yield onAnswer(sa, request, List.of(), server.get().process(packet), now, out);
            }
            case EapLogin.Wanted(), EapLogin.Accepted _ ->
                    throw new IllegalStateException("no request is awaited with " + login);
        };
    }

    private static Verdict onName(
            SaCore sa,
            State.AuthRequest request,
            int identifier,
            Bytes received,
            Instant now,
            Outbox out) {
        EapPacket packet;
        try {
            packet = EapPacket.decode(received);
        } catch (PeerViolation e) {
            return rejected(identifier, "received an invalid EAP packet: " + e.getMessage());
        }
        boolean name =
                packet.code() == EapPacket.Code.RESPONSE
                        && packet.identifier() == identifier
                        && packet.type().equals(EapType.IDENTITY)
                        && !packet.data().isEmpty();
        if (!name) {
            return rejected(identifier, "peer did not tell its EAP identity");
        }
        Identification identity = EapNames.parse(packet.data());
        out.log(sa, Group.IKE, 1, "received EAP identity '%s'", identity);
        Optional<State.AuthRequest> fitting =
                fitting(sa, request, permanent(sa, packet.data(), identity), out);
        return fitting.isEmpty()
                ? rejected(identifier, "EAP identity '%s' is not acceptable".formatted(identity))
                : startMethod(
                        sa, fitting.get(), List.of(), identity, identifier + 1 & 0xff, now, out);
    }

    /// Connections are asked for whom an identity stands that we gave to somebody; the method will
    /// see whether it is his.
    private static Identification permanent(SaCore sa, Bytes told, Identification identity) {
        return sa.ids().simMemory().given().permanent(told).orElse(identity);
    }

    /// The first candidate with a round for this identity; our own proof is out already, so that it
    /// must have the same.
    private static Optional<State.AuthRequest> fitting(
            SaCore sa, State.AuthRequest request, Identification identity, Outbox out) {
        List<AuthRound> own = sa.connection().local();
        var left = new ArrayList<Connection>();
        for (Connection candidate : request.candidates()) {
            boolean fits =
                    IkeAuthAnswer.round(candidate, request)
                                    .filter(r -> r.method() == AuthMethod.EAP)
                                    .flatMap(r -> r.eap().eapId())
                                    .filter(wanted -> identity.matches(wanted) > 0)
                                    .isPresent()
                            && candidate.local().equals(own);
            if (fits) {
                left.add(candidate);
            } else {
                IkeAuthAnswer.unacceptable(
                        sa,
                        candidate,
                        "EAP identity '%s' is not acceptable".formatted(identity),
                        out);
            }
        }
        if (left.isEmpty()) {
            return Optional.empty();
        }
        var next = request.narrowed(left);
        IkeAuthAnswer.switchTo(sa, left.getFirst(), next, out);
        return Optional.of(next);
    }

    private static Verdict rejected(int identifier, String why) {
        return new Verdict.FailedEap(
                EapPacket.failure(identifier).encode(), new Reason.AuthenticationFailed(why));
    }

    private static Verdict startMethod(
            SaCore sa,
            State.AuthRequest request,
            List<Payload> head,
            Identification identity,
            int identifier,
            Instant now,
            Outbox out) {
        AuthRound round = round(sa, request);
        sa.login(new Login(Optional.of(identity), EapFacts.NONE));
        if (round.eap().method() instanceof EapTerms.Method.Radius) {
            out.eap(sa, query(sa, identity, identifier));
            var running = new EapLogin.Running(identity, Optional.empty());
            return new Verdict.Waiting(
                    new State.ServingEap(request.with(request.rounds().with(running)), head));
        }
        int own = Math.min(request.rounds().own(), sa.connection().local().size() - 1);
        var server =
                new EapServer(
                        EapAuth.context(
                                sa,
                                identity,
                                sa.localId(),
                                sa.connection().local().get(own),
                                round),
                        round.eap().method(),
                        identifier);
        var running = new EapLogin.Running(identity, Optional.of(server));
        if (server.beginsHeavily()) {
            out.compute(sa, new ComputeJob.BeginEap(server));
            return new Verdict.Waiting(
                    new State.ServingEap(request.with(request.rounds().with(running)), head));
        }
        return onAnswer(
                sa, request.with(request.rounds().with(running)), head, server.begin(), now, out);
    }

    private static EapQuery query(SaCore sa, Identification identity, int identifier) {
        return new EapQuery.Begin(
                sa.name(),
                sa.uniqueId(),
                sa.initiatorSpi(),
                sa.responderSpi(),
                sa.local(),
                sa.remote(),
                sa.localId(),
                sa.remoteId(),
                identity,
                EapPacket.response(
                                identifier, EapType.IDENTITY, Bytes.utf8(EapNames.text(identity)))
                        .encode());
    }

    /// What our method or the server behind says.
    static Verdict onAnswer(
            SaCore sa,
            State.AuthRequest request,
            List<Payload> head,
            EapAnswer answer,
            Instant now,
            Outbox out) {
        var running = (EapLogin.Running) request.rounds().eap().orElseThrow();
        running.server().ifPresent(server -> EapAuth.log(sa, server.takeNotes(), out));
        return switch (answer) {
            case EapAnswer.Request(Bytes packet) -> send(sa, request, head, packet, now, out);
            case EapAnswer.Rejected(Optional<Bytes> packet, String why) ->
                    new Verdict.FailedEap(
                            packet.orElseGet(() -> EapPacket.failure(0).encode()),
                            new Reason.AuthenticationFailed(why));
            case EapAnswer.Accepted accepted ->
                    onAccepted(sa, request, head, running, accepted, now, out);
        };
    }

    /// Connections that ask for a group that the client is not in, or for another method, are out.
    private static Verdict onAccepted(
            SaCore sa,
            State.AuthRequest request,
            List<Payload> head,
            EapLogin.Running login,
            EapAnswer.Accepted accepted,
            Instant now,
            Outbox out) {
        AuthRound present = round(sa, request);
        Identification identity = accepted.facts().identity().orElse(login.identity());
        List<AuthRound> own = sa.connection().local();
        var left = new ArrayList<Connection>();
        for (Connection candidate : request.candidates()) {
            Optional<String> wrong =
                    IkeAuthAnswer.round(candidate, request)
                            .map(
                                    round ->
                                            wrong(sa, round, present, accepted.facts())
                                                    .or(() -> wrongName(sa, round, identity)))
                            .orElse(Optional.of("peer authenticates in more rounds"));
            if (wrong.isEmpty() && candidate.local().equals(own)) {
                left.add(candidate);
            } else {
                IkeAuthAnswer.unacceptable(
                        sa, candidate, wrong.orElse("it authenticates us otherwise"), out);
            }
        }
        if (left.isEmpty()) {
            EapRound.wipe(accepted.msk());
            EapRound.wipe(accepted.legacyMsk());
            return new Verdict.FailedEap(
                    EapPacket.failure(accepted.packet().u8(1)).encode(),
                    new Reason.AuthenticationFailed("no alternative config found after EAP"));
        }
        sa.login(new Login(Optional.of(identity), accepted.facts()));
        login.server().ifPresent(server -> AddressLimits.add(sa, server.addressBlocks()));
        var next = request.narrowed(left);
        IkeAuthAnswer.switchTo(sa, left.getFirst(), next, out);
        var proven = new EapLogin.Accepted(identity, accepted, login.server());
        return send(sa, next.with(next.rounds().with(proven)), head, accepted.packet(), now, out);
    }

    /// What was asked of the present connection says nothing of the others: each is judged by the
    /// name that was proven, which is the IKE identity's where no other is asked for.
    private static Optional<String> wrongName(SaCore sa, AuthRound round, Identification identity) {
        boolean fits =
                round.eap()
                        .eapId()
                        .map(wanted -> identity.matches(wanted) > 0)
                        .orElseGet(() -> identity.equals(sa.remoteId()));
        return fits
                ? Optional.empty()
                : Optional.of("EAP identity '%s' is not acceptable".formatted(identity));
    }

    /// Whether a certificate of the client was judged in this login.
    private static boolean sawCertificate(EapFacts facts, EapOptions options) {
        return facts.method()
                .filter(
                        type ->
                                type.equals(EapType.TLS)
                                        || (List.of(EapType.TTLS, EapType.PEAP).contains(type)
                                                && options.of(type).requestPeerAuth()))
                .isPresent();
    }

    private static Optional<String> wrong(
            SaCore sa, AuthRound round, AuthRound present, EapFacts facts) {
        if (round.method() != AuthMethod.EAP
                || !round.publicKey().equals(present.publicKey())
                || !round.eap().method().equals(present.eap().method())) {
            return Optional.of("peer authenticated otherwise");
        }
        boolean certificate = !round.publicKey().equals(PublicKeyTerms.NONE);
        if (certificate && !sawCertificate(facts, sa.settings().eap())) {
            return Optional.of("EAP without a certificate of the peer, which is demanded");
        }
        List<String> groups = round.eap().groups();
        return groups.isEmpty() || groups.stream().anyMatch(facts.groups()::contains)
                ? Optional.empty()
                : Optional.of("group membership to %s required".formatted(groups));
    }

    /// EAP is over: AUTH shows that the peer, too, has its key.
    private static Verdict onAuth(
            SaCore sa,
            State.AuthRequest request,
            EapLogin.Accepted login,
            Instant now,
            Outbox out) {
        Optional<Secret> standard = login.answer().msk();
        Optional<Secret> legacy = login.answer().legacyMsk();
        try {
            var auth = IkeMessage.first(request.latest(), Payload.Authentication.class);
            if (auth.isEmpty()) {
                return IkeAuthAnswer.failed("peer's request after EAP lacks AUTH");
            }
            var received =
                    PpkRound.received(sa, request.candidates(), request.latest(), auth.get(), out);
            if (received instanceof PpkRound.Received.Failed(String why)) {
                return IkeAuthAnswer.failed(why);
            }
            var proof = ((PpkRound.Received.Proof) received).auth();
            Optional<Optional<Secret>> msk =
                    Stream.concat(Stream.of(standard), legacy.map(Optional::of).stream())
                            .filter(key -> EapAuth.verify(sa, request.transcript(), key, proof))
                            .findFirst();
            if (msk.isEmpty()) {
                return IkeAuthAnswer.failed("verification of AUTH payload after EAP failed");
            }
            login.server().ifPresent(EapServer::confirmed);
            out.log(sa, Group.IKE, 1, "authentication of '%s' with EAP successful", sa.remoteId());
            boolean goesOn =
                    IkeMessage.notify(request.latest(), NotifyType.ANOTHER_AUTH_FOLLOWS)
                            .isPresent();
            var own = EapAuth.sign(sa, request.transcript(), msk.get());
            out.log(sa, Group.IKE, 1, "authentication of '%s' (myself) with EAP", sa.localId());
            return AuthRounds.eapProved(
                    sa,
                    PpkRound.admitting(sa, request.with(request.rounds().peerGoesOn(goesOn)), out),
                    own,
                    now,
                    out);
        } finally {
            EapRound.wipe(standard);
            EapRound.wipe(legacy);
        }
    }

    private EapRoundAnswer() {}
}
