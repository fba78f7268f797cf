package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Additional key exchanges (RFC 9370): which ones were negotiated, and with whom they can be.
public final class AdditionalKeys {
    private static final Payload SUPPORTED =
            Payload.Notify.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED);

    /// Methods in the order in which they are done, without those that were left out.
    public static List<Integer> of(Proposal chosen) {
        return chosen.transforms().stream()
                .filter(t -> TransformType.isAdditionalKe(t.type()) && t.id() != 0)
                .sorted((a, b) -> Integer.compare(a.type(), b.type()))
                .map(Transform::id)
                .toList();
    }

    static KeyExchangeMethod method(int id) {
        return KeyExchangeMethod.of(id).orElseThrow();
    }

    /// Initiator: what IKE_SA_INIT says.
    static List<Payload> announced(SaCore sa) {
        boolean wanted = sa.connection().proposals().stream().anyMatch(p -> !of(p).isEmpty());
        return wanted ? List.of(SUPPORTED) : List.of();
    }

    /// Responder: the same, if there will be such exchanges.
    static List<Payload> agreed(SaCore sa) {
        return of(sa.proposal()).isEmpty() ? List.of() : List.of(SUPPORTED);
    }

    static boolean announcedIn(List<Payload> payloads) {
        return IkeMessage.notify(payloads, NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED).isPresent();
    }

    /// Proposals as they are for a peer that knows of no additional key exchanges: those that
    /// insist on one are gone.
    static List<Proposal> without(List<Proposal> proposals) {
        var kept = new ArrayList<Proposal>();
        for (Proposal proposal : proposals) {
            without(proposal).ifPresent(kept::add);
        }
        return kept;
    }

    private static Optional<Proposal> without(Proposal proposal) {
        List<Transform> additional =
                proposal.transforms().stream()
                        .filter(t -> TransformType.isAdditionalKe(t.type()))
                        .toList();
        if (additional.isEmpty()) {
            return Optional.of(proposal);
        }
        boolean optional =
                additional.stream()
                        .allMatch(
                                t -> proposal.ofType(t.type()).stream().anyMatch(o -> o.id() == 0));
        List<Transform> others =
                proposal.transforms().stream().filter(t -> !additional.contains(t)).toList();
        return optional
                ? Optional.of(
                        new Proposal(
                                proposal.number(), proposal.protocolId(), proposal.spi(), others))
                : Optional.empty();
    }

    private AdditionalKeys() {}
}
