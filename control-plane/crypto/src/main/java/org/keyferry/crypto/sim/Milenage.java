package org.keyferry.crypto.sim;

import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.keyferry.crypto.Secret;

/// The functions f1 to f5* of one subscriber (3GPP TS 35.206), with AES as their cipher. Not
/// thread-safe.
public final class Milenage implements AutoCloseable {
    public static final int KEY_BYTES = 16;
    public static final int RAND_BYTES = 16;
    static final int SQN_BYTES = 6;
    static final int AMF_BYTES = 2;
    private static final int MAC_BYTES = 8;
    private static final int HALF = 8;

    private final BlockCipher aes = AESEngine.newInstance();
    private final byte[] opc;

    /// Copies both.
    ///
    /// @param k the subscriber's key
    /// @param opc the operator's, made of OP with that key by [#opc]
    public Milenage(byte[] k, byte[] opc) {
        requireLength("K", k, KEY_BYTES);
        requireLength("OPc", opc, KEY_BYTES);
        aes.init(true, new KeyParameter(k));
        this.opc = opc.clone();
    }

    /// OPc of an operator's OP (§4.1).
    public static byte[] opc(byte[] k, byte[] op) {
        requireLength("OP", op, KEY_BYTES);
        try (var plain = new Milenage(k, new byte[KEY_BYTES])) {
            return xor(plain.encrypt(op), op);
        }
    }

    /// What f2, f3, f4 and f5 make of one challenge.
    ///
    /// @param ak conceals the sequence number
    public record Answer(Secret res, Secret ck, Secret ik, Secret ak) implements AutoCloseable {
        /// Wipes all of it.
        @Override
        public void close() {
            List.of(res, ck, ik, ak).forEach(Secret::close);
        }
    }

    Answer answer(byte[] rand) {
        byte[] temp = temp(rand);
        byte[] second = out(temp, 0, 1);
        return new Answer(
                Secret.owned(Arrays.copyOfRange(second, HALF, KEY_BYTES)),
                Secret.owned(out(temp, 4, 2)),
                Secret.owned(out(temp, 8, 4)),
                Secret.owned(Arrays.copyOf(second, SQN_BYTES)));
    }

    /// f1: the network's proof.
    byte[] macA(byte[] rand, byte[] sqn, byte[] amf) {
        return Arrays.copyOf(first(rand, sqn, amf), MAC_BYTES);
    }

    /// f1*: the card's proof, when it asks for another sequence number.
    byte[] macS(byte[] rand, byte[] sqn, byte[] amf) {
        return Arrays.copyOfRange(first(rand, sqn, amf), MAC_BYTES, 2 * MAC_BYTES);
    }

    /// f5*: conceals the sequence number that the card tells.
    byte[] resyncAk(byte[] rand) {
        return Arrays.copyOf(out(temp(rand), 12, 8), SQN_BYTES);
    }

    private byte[] first(byte[] rand, byte[] sqn, byte[] amf) {
        requireLength("SQN", sqn, SQN_BYTES);
        requireLength("AMF", amf, AMF_BYTES);
        byte[] in = new byte[KEY_BYTES];
        for (int at : new int[] {0, HALF}) {
            System.arraycopy(sqn, 0, in, at, SQN_BYTES);
            System.arraycopy(amf, 0, in, at + SQN_BYTES, AMF_BYTES);
        }
        return xor(encrypt(xor(temp(rand), rotated(xor(in, opc), HALF))), opc);
    }

    private byte[] temp(byte[] rand) {
        requireLength("RAND", rand, RAND_BYTES);
        return encrypt(xor(rand, opc));
    }

    /// One of OUT2 to OUT5.
    private byte[] out(byte[] temp, int rotationBytes, int constant) {
        byte[] in = rotated(xor(temp, opc), rotationBytes);
        in[KEY_BYTES - 1] ^= (byte) constant;
        return xor(encrypt(in), opc);
    }

    private static byte[] rotated(byte[] in, int leftBytes) {
        byte[] out = new byte[in.length];
        for (int i = 0; i < in.length; i++) {
            out[i] = in[(i + leftBytes) % in.length];
        }
        return out;
    }

    private byte[] encrypt(byte[] block) {
        byte[] out = new byte[KEY_BYTES];
        aes.processBlock(block, 0, out, 0);
        return out;
    }

    static byte[] xor(byte[] a, byte[] b) {
        byte[] out = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = (byte) (a[i] ^ b[i]);
        }
        return out;
    }

    private static void requireLength(String what, byte[] value, int bytes) {
        if (value.length != bytes) {
            throw new IllegalArgumentException(
                    "%s of %d bytes, not %d".formatted(what, value.length, bytes));
        }
    }

    /// Wipes OPc. What AES made of K goes with this object.
    @Override
    public void close() {
        Arrays.fill(opc, (byte) 0);
    }
}
