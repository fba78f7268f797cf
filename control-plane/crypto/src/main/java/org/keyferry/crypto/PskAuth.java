package org.keyferry.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// Authentication with a shared key (RFC 7296 §2.15): `AUTH = prf(prf(secret, "Key Pad for IKEv2"),
/// message | nonce of the other side | prf(SK_p, identity))`.
public final class PskAuth {
    private static final byte[] KEY_PAD = "Key Pad for IKEv2".getBytes(StandardCharsets.US_ASCII);
    private static final int ID_HEADER_BYTES = 4;

    private PskAuth() {}

    /// The data of the signer's AUTH payload.
    ///
    /// @param psk the secret as configured; stays the caller's to wipe, as does skP
    /// @param skP `SK_pi` if the initiator signs, else `SK_pr`
    /// @param signedMessage the signer's IKE_SA_INIT message, as sent
    /// @param peerNonce of the side that does not sign
    /// @param id the signer's
    public static Bytes compute(
            Prf prf,
            byte[] psk,
            byte[] skP,
            Bytes signedMessage,
            Bytes peerNonce,
            Identification id) {
        return compute(prf, psk, skP, signedMessage, peerNonce, id, Bytes.EMPTY);
    }

    /// The same after IKE_INTERMEDIATE exchanges.
    ///
    /// @param intAuth see [IntermediateAuth], empty if there was none
    public static Bytes compute(
            Prf prf,
            byte[] psk,
            byte[] skP,
            Bytes signedMessage,
            Bytes peerNonce,
            Identification id,
            Bytes intAuth) {
        byte[] padded = prf.compute(psk, KEY_PAD);
        byte[] auth =
                prf.compute(
                        padded,
                        signedMessage.toArray(),
                        peerNonce.toArray(),
                        prf.compute(skP, idBody(id)),
                        intAuth.toArray());
        Arrays.fill(padded, (byte) 0);
        return Bytes.wrapOwned(auth);
    }

    /// Whether received AUTH data is what [#compute] gives; in constant time.
    public static boolean verify(
            Prf prf,
            byte[] psk,
            byte[] skP,
            Bytes signedMessage,
            Bytes peerNonce,
            Identification id,
            Bytes received) {
        return verify(prf, psk, skP, signedMessage, peerNonce, id, Bytes.EMPTY, received);
    }

    /// The same after IKE_INTERMEDIATE exchanges.
    ///
    /// @param intAuth see [IntermediateAuth], empty if there was none
    public static boolean verify(
            Prf prf,
            byte[] psk,
            byte[] skP,
            Bytes signedMessage,
            Bytes peerNonce,
            Identification id,
            Bytes intAuth,
            Bytes received) {
        Bytes wanted = compute(prf, psk, skP, signedMessage, peerNonce, id, intAuth);
        return MessageDigest.isEqual(wanted.toArray(), received.toArray());
    }

    /// After a resumption (RFC 5723 §5.1): the fresh `SK_p` is the key itself, `AUTH = prf(SK_p,
    /// message | nonce of the other side | prf(SK_p, identity))`.
    ///
    /// @param signedMessage the signer's IKE_SESSION_RESUME message, as sent
    public static Bytes resumed(
            Prf prf, byte[] skP, Bytes signedMessage, Bytes peerNonce, Identification id) {
        return Bytes.wrapOwned(
                prf.compute(
                        skP,
                        signedMessage.toArray(),
                        peerNonce.toArray(),
                        prf.compute(skP, idBody(id))));
    }

    /// The ID payload without its generic header: type, three zeros, data.
    private static byte[] idBody(Identification id) {
        byte[] body = new byte[ID_HEADER_BYTES + id.data().length()];
        body[0] = (byte) id.idType();
        id.data().copyTo(body, ID_HEADER_BYTES);
        return body;
    }
}
