package org.keyferry.engine.eap.sim;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.sim.Milenage;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;

/// What a subscriber's card and its network share.
///
/// @param k 16 bytes
/// @param opc 16 bytes
/// @param amf for challenges, 16 bits; the separation bit is set and cleared as the method wants
/// @param sqn the last sequence number of a network that has not counted yet
public record SimCard(Secret k, Secret opc, int amf, long sqn) implements AutoCloseable {
    public static final int DEFAULT_AMF = 0x8000;
    private static final int MARK_BYTES = 16;

    /// Of an EAP secret that is K, or K and OPc, as charon's plugin eap-aka-3gpp takes it; K alone
    /// is with an OPc of zeros. The secret stays whose it is.
    static Optional<SimCard> of(SharedSecret secret) {
        byte[] given = secret.secret().array();
        boolean fits = given.length == Milenage.KEY_BYTES || given.length == 2 * Milenage.KEY_BYTES;
        if (secret.kind() != SharedSecret.Kind.EAP || !fits) {
            return Optional.empty();
        }
        byte[] both = Arrays.copyOf(given, 2 * Milenage.KEY_BYTES);
        var card =
                new SimCard(
                        Secret.owned(Arrays.copyOf(both, Milenage.KEY_BYTES)),
                        Secret.owned(Arrays.copyOfRange(both, Milenage.KEY_BYTES, both.length)),
                        DEFAULT_AMF,
                        0);
        Arrays.fill(both, (byte) 0);
        return Optional.of(card);
    }

    /// For somebody who will close it.
    public SimCard copy() {
        return new SimCard(Secret.copyOf(k.array()), Secret.copyOf(opc.array()), amf, sqn);
    }

    Milenage functions() {
        return new Milenage(k.array(), opc.array());
    }

    /// What its sequence numbers are kept by: tells cards apart, and nothing about their keys.
    Bytes mark() {
        byte[] out = new byte[32];
        var digest = SHA256Digest.newInstance();
        for (byte[] part : new byte[][] {Bytes.utf8("SIM").toArray(), k.array(), opc.array()}) {
            digest.update(part, 0, part.length);
        }
        digest.doFinal(out, 0);
        return Bytes.of(Arrays.copyOf(out, MARK_BYTES));
    }

    @Override
    public void close() {
        k.close();
        opc.close();
    }
}
