package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.engine.ComputeJob;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.FollowUps;
import org.keyferry.engine.sa.Lane;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.OwnExchange.Following;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Violation;

/// IKE_FOLLOWUP_KE as initiator (RFC 9370 §2.2.4): additional key exchanges after CREATE_CHILD_SA;
/// the responder's side is [IkeFollowupKeAnswer].
public final class IkeFollowupKe {
    private static final String EXCHANGE = "IKE_FOLLOWUP_KE";

    /// What follows the response to CREATE_CHILD_SA.
    ///
    /// @param progress nothing to do if it has no methods
    /// @param wrong the peer agreed to additional key exchanges and does not say how to go on
    record Plan(FollowUps progress, Optional<Reason> wrong) {}

    static Plan plan(Proposal chosen, List<Payload> response) {
        List<Integer> methods = AdditionalKeys.of(chosen);
        Optional<Bytes> link = link(response);
        Optional<Reason> wrong =
                !methods.isEmpty() && link.isEmpty()
                        ? Optional.of(broke("CREATE_CHILD_SA", "ADDITIONAL_KEY_EXCHANGE"))
                        : Optional.empty();
        return new Plan(FollowUps.of(methods, link.orElse(Bytes.EMPTY)), wrong);
    }

    static Optional<Bytes> link(List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.ADDITIONAL_KEY_EXCHANGE)
                .map(Payload.Notify::data);
    }

    static Payload linked(Bytes link) {
        return Payload.Notify.of(NotifyType.ADDITIONAL_KEY_EXCHANGE, link);
    }

    private static Reason broke(String exchange, String field) {
        return new Reason.PeerBroke(exchange, new Violation.Malformed(field, 0));
    }

    /// Has our key of the exchange that is due made.
    static Established makeKey(SaCore sa, Established up, Following own, Outbox out) {
        out.compute(sa, Lane.OWN, KeyOffer.making(sa, own.progress().methodId()));
        return up.with((OwnExchange) own.with(Optional.empty()));
    }

    /// Our key is there: sends the request.
    static Established send(
            SaCore sa, Established up, Following own, LocalKey key, Instant now, Outbox out) {
        var payloads = new ArrayList<Payload>();
        payloads.add(new Payload.KeyExchange(own.progress().methodId(), key.publicValue()));
        payloads.add(linked(own.progress().link()));
        sa.sendSealedRequest(ExchangeType.IKE_FOLLOWUP_KE, payloads, now, out);
        return up.with((OwnExchange) own.with(Optional.of(key)));
    }

    /// The peer's answer: its secret is made of it.
    public static State onResponse(
            SaCore sa,
            Established up,
            Following own,
            List<Payload> payloads,
            Instant now,
            Outbox out) {
        Optional<Payload.Notify> error = IkeAuth.firstError(payloads);
        if (error.isPresent()) {
            return fail(
                    sa,
                    up,
                    own,
                    new Reason.PeerRefused(EXCHANGE, error.get().notifyType(), ""),
                    now,
                    out);
        }
        int methodId = own.progress().methodId();
        var key = IkeMessage.first(payloads, Payload.KeyExchange.class);
        Optional<Bytes> link = link(payloads);
        boolean last = own.progress().secrets().size() + 1 == own.progress().methods().size();
        if (key.isEmpty() || key.get().methodId() != methodId || (!last && link.isEmpty())) {
            return fail(sa, up, own, broke(EXCHANGE, "KE or link"), now, out);
        }
        out.compute(
                sa,
                Lane.OWN,
                new ComputeJob.Finish(methodId, own.key().orElseThrow(), key.get().publicValue()));
        Following next = own.with(own.progress().with(link.orElse(Bytes.EMPTY)));
        return up.with((OwnExchange) next);
    }

    private static State fail(
            SaCore sa, Established up, Following own, Reason why, Instant now, Outbox out) {
        own.close();
        return switch (own) {
            case OwnExchange.FollowingChild child ->
                    CreateChild.followUpFailed(sa, up, child, why, now, out);
            case OwnExchange.FollowingIke ike -> RekeyIke.fail(sa, up, ike.draft(), why, now, out);
        };
    }

    private IkeFollowupKe() {}
}
