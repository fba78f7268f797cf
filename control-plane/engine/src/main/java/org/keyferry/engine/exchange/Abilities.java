package org.keyferry.engine.exchange;

import java.util.List;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Extensions that both sides must announce in IKE_SA_INIT: IKE fragmentation (RFC 7383 §2.3).
final class Abilities {
    private static final Payload FRAGMENTATION =
            Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED);

    /// What an initiator offers.
    static List<Payload> announced(SaCore sa) {
        return wantsFragmentation(sa) ? List.of(FRAGMENTATION) : List.of();
    }

    /// What a responder confirms of the peer's offer, which it has read.
    static List<Payload> agreed(SaCore sa) {
        return sa.fragments().isPresent() ? List.of(FRAGMENTATION) : List.of();
    }

    static void read(SaCore sa, List<Payload> payloads) {
        boolean announced =
                IkeMessage.notify(payloads, NotifyType.IKEV2_FRAGMENTATION_SUPPORTED).isPresent();
        if (announced && wantsFragmentation(sa)) {
            sa.fragmentationAgreed();
        }
    }

    private static boolean wantsFragmentation(SaCore sa) {
        return sa.connection().fragmentation() != Fragmentation.NO;
    }

    private Abilities() {}
}
