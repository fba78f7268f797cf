package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapPeer;
import org.keyferry.engine.exchange.IkeAuth.Verdict;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.Payload;

/// An EAP round of ours in IKE_AUTH, as initiator (RFC 7296 §2.16).
final class EapRound {

    /// The responder's answer to what we sent in this round.
    static Verdict onResponse(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Instant now, Outbox out) {
        Optional<Payload.Eap> eap = IkeMessage.first(payloads, Payload.Eap.class);
        if (eap.isEmpty()) {
            return IkeAuth.failed("peer did not go on with EAP");
        }
        EapPeer peer = sent.rounds().eap().orElseGet(() -> begin(sa, sent));
        State.AuthSent next = sent.with(sent.rounds().with(peer));
        if (peer.isHeavy()) {
            out.compute(sa, new ComputeJob.AnswerEap(peer, eap.get().packet()));
            return new Verdict.Waiting(new State.AnsweringEap(next));
        }
        return onStep(sa, next, peer.process(eap.get().packet()), now, out);
    }

    private static EapPeer begin(SaCore sa, State.AuthSent sent) {
        AuthRound own = sa.connection().local().get(sent.rounds().own());
        AuthRound remote = remote(sa, sent.rounds());
        Identification name =
                own.eap().eapId().filter(id -> !id.hasWildcards()).orElse(sa.localId());
        Identification server = own.eap().aaaId().orElse(sa.remoteId());
        return new EapPeer(
                EapAuth.context(sa, name, server, own, remote),
                own.eap().method(),
                isEapOnly(sa, sent.rounds()));
    }

    /// What is demanded of the server inside of TLS: that of the round which EAP stands for, if
    /// there is one.
    private static AuthRound remote(SaCore sa, State.OwnRounds rounds) {
        List<AuthRound> remote = sa.connection().remote();
        return remote.get(Math.min(rounds.peers(), remote.size() - 1));
    }

    static Verdict onStep(
            SaCore sa, State.AuthSent sent, EapPeer.Step step, Instant now, Outbox out) {
        EapAuth.log(sa, sent.rounds().eap().orElseThrow().takeNotes(), out);
        return switch (step) {
            case EapPeer.Step.Respond(var packet) -> {
                sa.sendSealedRequest(
                        ExchangeType.IKE_AUTH, List.of(new Payload.Eap(packet)), now, out);
                yield new Verdict.Waiting(sent);
            }
            case EapPeer.Step.Failed(String why, boolean byServer) -> {
                out.log(sa, Group.IKE, 1, "%s", why);
                yield new Verdict.Failed(new Reason.AuthenticationFailed(why), !byServer);
            }
            case EapPeer.Step.Succeeded success -> prove(sa, sent, success, now, out);
        };
    }

    private static Verdict prove(
            SaCore sa,
            State.AuthSent sent,
            EapPeer.Step.Succeeded success,
            Instant now,
            Outbox out) {
        boolean eapOnly = isEapOnly(sa, sent.rounds());
        if (eapOnly && !success.mutual()) {
            wipe(success.msk());
            return IkeAuth.failed(
                    "peer proved itself by %s alone, which proves no server"
                            .formatted(success.type()));
        }
        if (eapOnly) { // otherwise the EAP server may be somebody else than the responder
            sent.rounds().eap().ifPresent(eap -> AddressLimits.add(sa, eap.addressBlocks()));
        }
        out.log(sa, Group.IKE, 1, "authentication of '%s' (myself) with EAP", sa.localId());
        var payloads = new ArrayList<Payload>();
        var proofs = PpkRound.prove(sa, () -> EapAuth.sign(sa, sent.transcript(), success.msk()));
        payloads.add(proofs.proof());
        payloads.addAll(PpkRound.withoutPpk(proofs.withoutPpk().map(Payload.Authentication::data)));
        payloads.addAll(PpkRound.identity(sa));
        payloads.addAll(CrashDetection.token(sa, sa.ownSpi()));
        IkeAuth.anotherFollows(sa, sent.rounds().own()).ifPresent(payloads::add);
        sa.sendSealedRequest(ExchangeType.IKE_AUTH, payloads, now, out);
        return new Verdict.Waiting(sent.with(sent.rounds().with(success)));
    }

    /// The responder's next proof is EAP itself (RFC 5998).
    static boolean isEapOnly(SaCore sa, State.OwnRounds rounds) {
        List<AuthRound> remote = sa.connection().remote();
        return rounds.peers() < remote.size()
                && remote.get(rounds.peers()).method() == AuthMethod.EAP;
    }

    /// The answer to our AUTH: the responder's own shows that it got the same key from the EAP
    /// server. Otherwise somebody between us and the EAP server would do.
    ///
    /// @return why it does not; empty if it does
    static Optional<String> verify(
            SaCore sa, State.AuthSent sent, List<Payload> payloads, Outbox out) {
        var msk = sent.rounds().proven().orElseThrow().msk();
        try {
            Optional<String> ppk = PpkRound.confirmed(sa, payloads, out);
            if (ppk.isPresent()) {
                return ppk;
            }
            var auth = IkeMessage.first(payloads, Payload.Authentication.class);
            if (auth.isEmpty()) {
                return Optional.of("peer's answer to our AUTH after EAP lacks AUTH");
            }
            if (!EapAuth.verify(sa, sent.transcript(), msk, auth.get())) {
                return Optional.of("peer's AUTH was not made with the key of EAP");
            }
            sent.rounds().eap().orElseThrow().confirmed();
            return Optional.empty();
        } finally {
            wipe(msk);
        }
    }

    static void wipe(Optional<Secret> msk) {
        msk.ifPresent(Secret::close);
    }

    private EapRound() {}
}
