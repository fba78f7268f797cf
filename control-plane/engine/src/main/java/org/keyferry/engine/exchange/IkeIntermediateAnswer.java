package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IntermediateAuth;
import org.keyferry.crypto.SkProtection.Chain;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Violation;

/// IKE_INTERMEDIATE as responder (RFC 9242), one for each additional key exchange.
public final class IkeIntermediateAnswer {
    private static final String EXCHANGE = "IKE_INTERMEDIATE";

    /// Whether an additional key exchange is still to come.
    public static boolean isExpected(SaCore sa, State.AwaitingAuth state) {
        return ResumptionAnswer.by(sa).isEmpty()
                && state.transcript().rounds().done() < AdditionalKeys.of(sa.proposal()).size();
    }

    public static State onRequest(
            SaCore sa,
            State.AwaitingAuth state,
            List<Payload> payloads,
            Chain chain,
            SaInput.Received in,
            Instant now,
            Outbox out) {
        sa.endpoints(in.local(), in.remote());
        sa.responses().began();
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        int methodId = IkeIntermediate.methodId(sa, state.transcript());
        if (key.isEmpty() || key.get().methodId() != methodId) {
            return refuse(sa, new Violation.Malformed("KE method", 0), now, out);
        }
        var method = AdditionalKeys.method(methodId);
        out.compute(
                sa,
                new ComputeJob.RespondRekey(
                        method,
                        sa.randomSecret(method.entropyBytes()),
                        key.get().publicValue(),
                        IkeIntermediate.renewal(sa, state.transcript())));
        return new State.AnsweringRound(
                state,
                IntermediateAuth.octets(in.datagram(), chain.firstInner(), chain.plaintext()));
    }

    /// Ends a set-up in which the initiator does what was not agreed on.
    public static State refuse(SaCore sa, Violation violation, Instant now, Outbox out) {
        out.log(sa, Group.IKE, 0, "peer sent an invalid IKE_INTERMEDIATE: %s", violation);
        sa.sendSealedResponse(
                ExchangeType.IKE_INTERMEDIATE,
                List.of(Payload.Notify.of(NotifyType.INVALID_SYNTAX)),
                now,
                out);
        return Informational.linger(sa, new Reason.PeerBroke(EXCHANGE, violation), now);
    }

    /// The new keys are there: answers under the former ones.
    public static State answer(
            SaCore sa,
            State.AnsweringRound state,
            IkeKeys keys,
            Bytes publicValue,
            Instant now,
            Outbox out) {
        State.InitTranscript transcript = state.waiting().transcript();
        List<Payload> payloads =
                List.of(
                        new Payload.KeyExchange(
                                IkeIntermediate.methodId(sa, transcript), publicValue));
        sa.sendSealedResponse(ExchangeType.IKE_INTERMEDIATE, payloads, now, out);
        Bytes sent = sa.responses().lastResponse().getFirst();
        State.InitTranscript next =
                IkeIntermediate.after(
                        sa, transcript, state.octets(), IkeIntermediate.octets(sent, payloads));
        sa.extensions().formerKeys(Optional.of(sa.keys()));
        sa.keys(keys);
        Instant deadline = state.waiting().deadline();
        out.timer(sa.ownSpi(), TimerQueue.Kind.HALF_OPEN, deadline);
        return new State.AwaitingAuth(next, deadline);
    }

    private IkeIntermediateAnswer() {}
}
