package org.keyferry.crypto;

import java.util.Arrays;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Transform;

/// Keys of a CHILD SA (RFC 7296 §2.17) by direction: from the initiator of the exchange that made
/// it, and from its responder. Encryption keys include the salt; absent ones are empty.
public record ChildKeys(
        Secret encrInitiator, Secret integInitiator, Secret encrResponder, Secret integResponder)
        implements AutoCloseable {

    /// Takes `KEYMAT = prf+(SK_d, [g^ir |] Ni | Nr)` apart.
    ///
    /// @param skD stays the caller's to wipe
    /// @param sharedOrNull of a key exchange for this CHILD SA; stays the caller's to close
    /// @param ni nonce of the exchange's initiator
    /// @param encr null for AH
    /// @param integOrNull null with an AEAD cipher
    public static ChildKeys derive(
            Prf prf,
            byte[] skD,
            Secret sharedOrNull,
            Bytes ni,
            Bytes nr,
            Transform encr,
            Transform integOrNull) {
        try (Secret none = Secret.owned(new byte[0])) {
            return derive(prf, skD, sharedOrNull, ni, nr, none, encr, integOrNull);
        }
    }

    /// The same with additional key exchanges (RFC 9370 §2.2.4): `KEYMAT = prf+(SK_d, SK(0) | Ni |
    /// Nr | SK(1) | …)`.
    ///
    /// @param additional the secrets of those, one after the other; stays the caller's to close
    public static ChildKeys derive(
            Prf prf,
            byte[] skD,
            Secret sharedOrNull,
            Bytes ni,
            Bytes nr,
            Secret additional,
            Transform encr,
            Transform integOrNull) {
        int encrBytes = encr == null ? 0 : Algorithms.keyBytes(encr) + Algorithms.saltBytes(encr);
        int integBytes =
                integOrNull == null || integOrNull.id() == 0 ? 0 : Algorithms.keyBytes(integOrNull);
        byte[] shared = sharedOrNull == null ? new byte[0] : sharedOrNull.array();
        byte[] seed = Concat.of(shared, ni.toArray(), nr.toArray(), additional.array());
        byte[] material = prf.plus(skD, seed, 2 * (encrBytes + integBytes));
        ChildKeys keys =
                new ChildKeys(
                        part(material, 0, encrBytes),
                        part(material, encrBytes, integBytes),
                        part(material, encrBytes + integBytes, encrBytes),
                        part(material, 2 * encrBytes + integBytes, integBytes));
        Arrays.fill(material, (byte) 0);
        Arrays.fill(seed, (byte) 0);
        return keys;
    }

    /// Wipes all four.
    @Override
    public void close() {
        encrInitiator.close();
        integInitiator.close();
        encrResponder.close();
        integResponder.close();
    }

    private static Secret part(byte[] material, int from, int lengthBytes) {
        return Secret.owned(Arrays.copyOfRange(material, from, from + lengthBytes));
    }
}
