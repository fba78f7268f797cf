package org.keyferry.crypto.sim;

import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// One challenge of a GSM SIM and what it answers.
///
/// @param rand 16 bytes
/// @param sres 4 bytes
/// @param kc 8 bytes
public record Triplet(Bytes rand, Bytes sres, Bytes kc) {
    public static final int SRES_BYTES = 4;
    public static final int KC_BYTES = 8;

    public Triplet {
        if (rand.length() != Milenage.RAND_BYTES
                || sres.length() != SRES_BYTES
                || kc.length() != KC_BYTES) {
            throw new IllegalArgumentException(
                    "a triplet has 16 bytes of RAND, 4 of SRES and 8 of Kc, not %d, %d and %d"
                            .formatted(rand.length(), sres.length(), kc.length()));
        }
    }

    /// What a USIM answers where it is taken for a SIM (3GPP TS 33.102 §6.8.1.2, c2 and c3).
    public static Triplet of(Milenage functions, byte[] rand) {
        byte[] sres = new byte[SRES_BYTES];
        byte[] kc = new byte[KC_BYTES];
        try (Milenage.Answer answer = functions.answer(rand)) {
            fold(answer.res(), sres);
            fold(answer.ck(), kc);
            fold(answer.ik(), kc);
        }
        return new Triplet(Bytes.of(rand), Bytes.wrapOwned(sres), Bytes.wrapOwned(kc));
    }

    private static void fold(Secret from, byte[] into) {
        for (int i = 0; i < from.length(); i++) {
            into[i % into.length] ^= from.array()[i];
        }
    }

    @Override
    public String toString() {
        return "triplet of RAND " + rand;
    }
}
