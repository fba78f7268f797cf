package org.keyferry.crypto.sim;

import org.keyferry.wire.Bytes;

/// One challenge of a USIM and what it answers (3GPP TS 33.102 §6.3.2).
///
/// @param rand 16 bytes
/// @param autn the network's proof, 16 bytes
/// @param xres 4 to 16 bytes
/// @param ck 16 bytes
/// @param ik 16 bytes
public record Quintuplet(Bytes rand, Bytes autn, Bytes xres, Bytes ck, Bytes ik) {
    public static final int AUTN_BYTES = 16;
    public static final int KEY_BYTES = 16;
    public static final int MIN_RES_BYTES = 4;
    public static final int MAX_RES_BYTES = 16;

    public Quintuplet {
        if (rand.length() != Milenage.RAND_BYTES
                || autn.length() != AUTN_BYTES
                || xres.length() < MIN_RES_BYTES
                || xres.length() > MAX_RES_BYTES
                || ck.length() != KEY_BYTES
                || ik.length() != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "a quintuplet has 16 bytes of RAND, AUTN, CK and IK and 4 to 16 of XRES, not"
                            + " %d, %d, %d, %d and %d"
                                    .formatted(
                                            rand.length(),
                                            autn.length(),
                                            ck.length(),
                                            ik.length(),
                                            xres.length()));
        }
    }

    /// AUTN's first part, which AKA' makes its keys of, too.
    public static Bytes concealedSqn(Bytes autn) {
        return autn.slice(0, Milenage.SQN_BYTES);
    }

    /// The network uses AUTN for AKA' or EPS and nothing else (TS 33.102 Annex H).
    public static boolean isSeparated(Bytes autn) {
        return (autn.u8(Milenage.SQN_BYTES) & 0x80) != 0;
    }

    @Override
    public String toString() {
        return "quintuplet of RAND " + rand;
    }
}
