package org.keyferry.crypto.sim;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.keyferry.wire.Bytes;

/// Authentication and key agreement of UMTS with a subscriber's functions (3GPP TS 33.102 §6.3).
public final class Aka {
    public static final int AUTS_BYTES = 14;
    private static final byte[] RESYNC_AMF = {0, 0};

    /// As network: a challenge.
    ///
    /// @param sqn below 2^48
    /// @param amf 16 bits
    public static Quintuplet challenge(Milenage functions, byte[] rand, long sqn, int amf) {
        byte[] number = bytes(sqn);
        byte[] field = {(byte) (amf >>> 8), (byte) amf};
        try (Milenage.Answer answer = functions.answer(rand)) {
            Bytes autn =
                    Bytes.wrapOwned(Milenage.xor(number, answer.ak().array()))
                            .concat(Bytes.of(field))
                            .concat(Bytes.wrapOwned(functions.macA(rand, number, field)));
            return new Quintuplet(
                    Bytes.of(rand),
                    autn,
                    Bytes.of(answer.res().array()),
                    Bytes.of(answer.ck().array()),
                    Bytes.of(answer.ik().array()));
        }
    }

    /// As card: what a challenge says that is the network's.
    ///
    /// @param sqn not judged yet
    public record Opened(long sqn, Milenage.Answer answer) {}

    /// As card: empty if it is not the network's.
    public static Optional<Opened> open(Milenage functions, byte[] rand, Bytes autn) {
        Milenage.Answer answer = functions.answer(rand);
        byte[] sqn = Milenage.xor(autn.slice(0, Milenage.SQN_BYTES).toArray(), answer.ak().array());
        int macAt = Milenage.SQN_BYTES + Milenage.AMF_BYTES;
        byte[] amf = autn.slice(Milenage.SQN_BYTES, macAt).toArray();
        byte[] mac = autn.slice(macAt, autn.length()).toArray();
        if (!MessageDigest.isEqual(mac, functions.macA(rand, sqn, amf))) {
            answer.close();
            return Optional.empty();
        }
        return Optional.of(new Opened(number(sqn), answer));
    }

    /// As card: AUTS, which asks for a sequence number above this one.
    public static Bytes auts(Milenage functions, byte[] rand, long sqn) {
        byte[] number = bytes(sqn);
        return Bytes.wrapOwned(Milenage.xor(number, functions.resyncAk(rand)))
                .concat(Bytes.wrapOwned(functions.macS(rand, number, RESYNC_AMF)));
    }

    /// As network: the sequence number that AUTS tells; empty if it is not the card's.
    public static OptionalLong resynchronised(Milenage functions, byte[] rand, Bytes auts) {
        byte[] sqn =
                Milenage.xor(auts.slice(0, Milenage.SQN_BYTES).toArray(), functions.resyncAk(rand));
        byte[] mac = auts.slice(Milenage.SQN_BYTES, auts.length()).toArray();
        return MessageDigest.isEqual(mac, functions.macS(rand, sqn, RESYNC_AMF))
                ? OptionalLong.of(number(sqn))
                : OptionalLong.empty();
    }

    private static byte[] bytes(long sqn) {
        return Arrays.copyOfRange(
                Bytes.ofU32((int) (sqn >>> 32)).concat(Bytes.ofU32((int) sqn)).toArray(), 2, 8);
    }

    private static long number(byte[] sqn) {
        return new java.math.BigInteger(1, sqn).longValueExact();
    }

    private Aka() {}
}
