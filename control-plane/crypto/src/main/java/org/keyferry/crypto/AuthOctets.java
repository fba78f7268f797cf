package org.keyferry.crypto;

import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// What AUTH protects (RFC 7296 §2.15): `message | nonce of the other side | prf(SK_p, identity)`.
public final class AuthOctets {
    private AuthOctets() {}

    /// @param skP `SK_pi` if the initiator signs, else `SK_pr`; stays the caller's to wipe
    /// @param signedMessage the signer's IKE_SA_INIT message, as sent
    /// @param peerNonce of the side that does not sign
    /// @param id the signer's
    public static Bytes of(
            Prf prf, byte[] skP, Bytes signedMessage, Bytes peerNonce, Identification id) {
        return signedMessage
                .concat(peerNonce)
                .concat(Bytes.wrapOwned(prf.compute(skP, id.body().toArray())));
    }
}
