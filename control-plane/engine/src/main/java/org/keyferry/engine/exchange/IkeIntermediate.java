package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IntermediateAuth;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SkProtection.Chain;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Violation;

/// IKE_INTERMEDIATE as initiator (RFC 9242), one for each additional key exchange (RFC 9370
/// §2.2.2); the responder's side is [IkeIntermediateAnswer].
public final class IkeIntermediate {
    private static final String EXCHANGE = "IKE_INTERMEDIATE";

    /// The keys are there: has the key of the next additional key exchange made, or goes on to
    /// IKE_AUTH.
    public static State next(
            SaCore sa,
            Optional<Child> child,
            State.InitTranscript transcript,
            Instant now,
            Outbox out) {
        List<Integer> methods = AdditionalKeys.of(sa.proposal());
        int done = transcript.rounds().done();
        if (done >= methods.size()) {
            return IkeAuth.begin(sa, child, transcript, now, out);
        }
        out.compute(sa, KeyOffer.making(sa, methods.get(done)));
        return new State.MakingRoundKey(child, transcript);
    }

    /// Our key is there: sends the request.
    public static State send(
            SaCore sa, State.MakingRoundKey state, LocalKey key, Instant now, Outbox out) {
        int methodId = methodId(sa, state.transcript());
        List<Payload> payloads = List.of(new Payload.KeyExchange(methodId, key.publicValue()));
        sa.sendSealedRequest(ExchangeType.IKE_INTERMEDIATE, payloads, now, out);
        Bytes sent = sa.requests().outstanding().orElseThrow().datagrams().getFirst();
        return new State.RoundSent(state.child(), state.transcript(), key, octets(sent, payloads));
    }

    /// What [IntermediateAuth] takes of a message of ours.
    static Bytes octets(Bytes datagram, List<Payload> inner) {
        return IntermediateAuth.octets(
                datagram, IkeMessage.firstType(inner), IkeMessage.encodeChain(inner));
    }

    static int methodId(SaCore sa, State.InitTranscript transcript) {
        return AdditionalKeys.of(sa.proposal()).get(transcript.rounds().done());
    }

    public static State onResponse(
            SaCore sa,
            State.RoundSent sent,
            List<Payload> payloads,
            Chain chain,
            SaInput.Received in,
            Outbox out) {
        Optional<Payload.Notify> error = IkeAuth.firstError(payloads);
        if (error.isPresent()) {
            sent.key().close();
            out.log(
                    sa,
                    Group.IKE,
                    1,
                    "received %s notify error",
                    NotifyType.name(error.get().notifyType()));
            return new State.Closed(new Reason.PeerRefused(EXCHANGE, error.get().notifyType(), ""));
        }
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        int methodId = methodId(sa, sent.transcript());
        if (key.isEmpty() || key.get().methodId() != methodId) {
            sent.key().close();
            return new State.Closed(
                    new Reason.PeerBroke(EXCHANGE, new Violation.Malformed("KE method", 0)));
        }
        // a responder's long list of what it takes may come here (RFC 9593 §3.1)
        sa.peerSupport(sa.peerSupport().with(payloads));
        Bytes answered =
                IntermediateAuth.octets(in.datagram(), chain.firstInner(), chain.plaintext());
        State.InitTranscript next = after(sa, sent.transcript(), sent.octets(), answered);
        out.compute(
                sa,
                new ComputeJob.CompleteRekey(
                        methodId, sent.key(), key.get().publicValue(), renewal(sa, next)));
        return new State.DerivingRound(sent.child(), next);
    }

    /// The transcript with one more exchange in it.
    static State.InitTranscript after(
            SaCore sa, State.InitTranscript transcript, Bytes request, Bytes response) {
        State.Rounds rounds = transcript.rounds();
        return transcript.with(
                new State.Rounds(
                        rounds.done() + 1,
                        step(sa, true, rounds.ofInitiator(), request),
                        step(sa, false, rounds.ofResponder(), response)));
    }

    private static Bytes step(SaCore sa, boolean ofInitiator, Bytes former, Bytes octets) {
        byte[] skP = sa.keys().skP(ofInitiator);
        try {
            return IntermediateAuth.next(sa.suite().prf(), skP, former, octets);
        } finally {
            Arrays.fill(skP, (byte) 0);
        }
    }

    /// What the keys are renewed with besides the secret of the key exchange.
    static ComputeJob.Succession renewal(SaCore sa, State.InitTranscript transcript) {
        return new ComputeJob.Succession(
                sa.suite().prf(),
                Secret.owned(sa.keys().skD()),
                sa.suite(),
                transcript.nonceI(),
                transcript.nonceR(),
                Secret.owned(new byte[0]),
                sa.initiatorSpi(),
                sa.responderSpi());
    }

    /// The new keys are there.
    public static State renewed(
            SaCore sa, State.DerivingRound state, IkeKeys keys, Instant now, Outbox out) {
        sa.keys().wipe();
        sa.keys(keys);
        return next(sa, state.child(), state.transcript(), now, out);
    }

    private IkeIntermediate() {}
}
