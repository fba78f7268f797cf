package org.keyferry.engine.exchange;

import java.util.HexFormat;
import java.util.List;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.Payload;

/// Vendor IDs of IKE_SA_INIT (RFC 7296 §3.12): whether private numbers mean the same to both sides.
final class VendorIds {
    /// MD5 of "strongSwan".
    private static final Bytes STRONGSWAN =
            Bytes.wrapOwned(HexFormat.of().parseHex("882fe56d6fd20dbc2251613b2ebe5beb"));

    static List<Payload> own(SaCore sa) {
        return sa.settings().sendVendorId() ? List.of(new Payload.VendorId(STRONGSWAN)) : List.of();
    }

    static void read(SaCore sa, List<Payload> payloads) {
        if (IkeMessage.all(payloads, Payload.VendorId.class).stream()
                .anyMatch(vendor -> vendor.data().equals(STRONGSWAN))) {
            sa.peerIsStrongSwan();
        }
    }

    private VendorIds() {}
}
