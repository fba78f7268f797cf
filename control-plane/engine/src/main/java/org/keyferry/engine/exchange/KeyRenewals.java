package org.keyferry.engine.exchange;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.OwnExchange.ChildDraft;
import org.keyferry.engine.sa.OwnExchange.ChildWish;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.KeyRenewal;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Proposal;

/// Rekeying with and without a key exchange, as [KeyRenewal] mixes them (RFC 7296 §1.3.3: the key
/// exchange is optional). A peer that insists on one gets it.
final class KeyRenewals {
    /// As initiator.
    static boolean asksForNoncesOnly(SaCore sa, ChildSa former) {
        return allows(former, sa.now()) && !sa.extensions().peerWantsKeyExchanges();
    }

    private static boolean allows(ChildSa former, Instant now) {
        KeyRenewal renewal = former.installation().config().lifetime().keyRenewal();
        ChildSa.KeyAge age = former.keyAge();
        return renewal.isMixed() && !renewal.isDue(age.without(), age.last(), now);
    }

    static List<Proposal> offered(ChildWish wish, Bytes spi) {
        List<Proposal> configured = wish.config().proposals();
        return wish.noncesOnly()
                ? ProposalSelection.forAuth(configured, spi)
                : ProposalSelection.forCreate(configured, spi);
    }

    /// As responder.
    static List<Proposal> accepted(SaCore sa, Child config, Optional<ChildSa> former) {
        List<Proposal> own = ProposalSelection.forCreate(config.proposals(), Bytes.EMPTY);
        return former.filter(f -> allows(f, sa.now())).isPresent()
                ? ProposalSelection.orWithoutKe(own)
                : own;
    }

    /// The request with a key exchange, if that is what a refusal of one without may be about.
    ///
    /// @param error that the peer answered
    static Optional<ChildDraft> instead(
            SaCore sa, ChildDraft draft, Payload.Notify error, Outbox out) {
        boolean insists =
                error.notifyType() == NotifyType.NO_PROPOSAL_CHOSEN
                        || error.notifyType() == NotifyType.INVALID_KE_PAYLOAD;
        if (!draft.wish().noncesOnly() || !insists) {
            return Optional.empty();
        }
        var wish = draft.wish().withKeyExchange();
        List<Proposal> offered = offered(wish, Bytes.EMPTY);
        if (offered.isEmpty()) {
            return Optional.empty();
        }
        out.log(sa, Group.IKE, 1, "peer does not rekey without a key exchange");
        sa.extensions().peerWantsKeyExchanges(true);
        int wanted = KeyOffer.wanted(error);
        int method =
                wanted > 0 && ProposalSelection.offersMethod(offered, wanted)
                        ? wanted
                        : ProposalSelection.firstMethod(offered);
        return Optional.of(draft.with(wish, method, KeyOffer.nonce(sa)));
    }

    private KeyRenewals() {}
}
