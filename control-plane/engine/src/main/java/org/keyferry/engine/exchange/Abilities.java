package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.List;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Extensions that both sides must announce in IKE_SA_INIT: IKE fragmentation (RFC 7383 §2.3),
/// postquantum pre-shared keys, IKE_SAs without a child, redirects.
final class Abilities {
    private static final Payload FRAGMENTATION =
            Payload.Notify.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED);

    /// What an initiator offers.
    static List<Payload> announced(SaCore sa) {
        var announced = new ArrayList<Payload>();
        if (wantsFragmentation(sa)) {
            announced.add(FRAGMENTATION);
        }
        announced.addAll(PpkRound.announced(sa));
        announced.addAll(AdditionalKeys.announced(sa));
        announced.addAll(Redirect.announced(sa));
        return announced;
    }

    /// Of these what the client of a resumed session offers: the rest goes on as it was.
    static List<Payload> announcedAgain(SaCore sa) {
        var announced = new ArrayList<Payload>();
        if (wantsFragmentation(sa)) {
            announced.add(FRAGMENTATION);
        }
        announced.addAll(Redirect.announced(sa));
        return announced;
    }

    /// Of these what the gateway of a resumed session confirms.
    static List<Payload> agreedAgain(SaCore sa) {
        var agreed = new ArrayList<Payload>();
        if (sa.fragments().isPresent()) {
            agreed.add(FRAGMENTATION);
        }
        agreed.addAll(Childlessness.announced(sa));
        return agreed;
    }

    /// What a responder confirms of the peer's offer, which it has read.
    static List<Payload> agreed(SaCore sa) {
        var agreed = new ArrayList<Payload>();
        if (sa.fragments().isPresent()) {
            agreed.add(FRAGMENTATION);
        }
        agreed.addAll(PpkRound.agreed(sa));
        agreed.addAll(AdditionalKeys.agreed(sa));
        agreed.addAll(Childlessness.announced(sa));
        return agreed;
    }

    static void read(SaCore sa, List<Payload> payloads) {
        boolean announced =
                IkeMessage.notify(payloads, NotifyType.IKEV2_FRAGMENTATION_SUPPORTED).isPresent();
        if (announced && wantsFragmentation(sa)) {
            sa.fragmentationAgreed();
        }
        PpkRound.read(sa, payloads);
        Childlessness.read(sa, payloads);
        Redirect.read(sa, payloads);
    }

    private static boolean wantsFragmentation(SaCore sa) {
        return sa.connection().fragmentation() != Fragmentation.NO;
    }

    private Abilities() {}
}
