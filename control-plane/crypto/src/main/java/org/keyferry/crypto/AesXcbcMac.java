package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/// AES-XCBC-MAC (RFC 3566 §4), which no JCA provider has, made of a provider's AES. Keys have 16
/// bytes.
final class AesXcbcMac implements MacEngine {
    private static final int BLOCK_BYTES = 16;

    private final ThreadLocal<Cipher> aes;

    AesXcbcMac(Provider provider) throws GeneralSecurityException {
        newCipher(provider);
        aes =
                ThreadLocal.withInitial(
                        () -> {
                            try {
                                return newCipher(provider);
                            } catch (GeneralSecurityException gone) {
                                throw new IllegalStateException(gone);
                            }
                        });
    }

    private static Cipher newCipher(Provider provider) throws GeneralSecurityException {
        return Cipher.getInstance("AES/ECB/NoPadding", provider);
    }

    @Override
    public int outputBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public byte[] compute(byte[] key, byte[]... parts) {
        byte[] message = Concat.of(parts);
        return compute(key, message, 0, message.length);
    }

    @Override
    public byte[] compute(byte[] key, byte[] data, int from, int lengthBytes) {
        try {
            return computeChecked(key, data, from, lengthBytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalArgumentException(
                    "AES-XCBC key of " + key.length + " bytes", impossible);
        }
    }

    private byte[] computeChecked(byte[] key, byte[] data, int from, int lengthBytes)
            throws GeneralSecurityException {
        Cipher cipher = aes.get();
        byte[] subkeys = subkeys(cipher, key);
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(subkeys, 0, BLOCK_BYTES, "AES"));
        byte[] e = new byte[BLOCK_BYTES];
        int at = from;
        int end = from + lengthBytes;
        while (end - at > BLOCK_BYTES) {
            xor(e, data, at, BLOCK_BYTES);
            cipher.doFinal(e, 0, BLOCK_BYTES, e, 0);
            at += BLOCK_BYTES;
        }
        int tail = end - at;
        xor(e, data, at, tail);
        boolean whole = tail == BLOCK_BYTES;
        if (!whole) {
            e[tail] ^= (byte) 0x80;
        }
        xor(e, subkeys, whole ? BLOCK_BYTES : 2 * BLOCK_BYTES, BLOCK_BYTES);
        cipher.doFinal(e, 0, BLOCK_BYTES, e, 0);
        Arrays.fill(subkeys, (byte) 0);
        return e;
    }

    /// K1, K2, K3: the encrypted blocks of all ones, twos and threes.
    private static byte[] subkeys(Cipher cipher, byte[] key) throws GeneralSecurityException {
        byte[] subkeys = new byte[3 * BLOCK_BYTES];
        for (int i = 0; i < 3; i++) {
            Arrays.fill(subkeys, i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES, (byte) (i + 1));
        }
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        cipher.doFinal(subkeys, 0, subkeys.length, subkeys, 0);
        return subkeys;
    }

    private static void xor(byte[] target, byte[] source, int from, int lengthBytes) {
        for (int i = 0; i < lengthBytes; i++) {
            target[i] ^= source[from + i];
        }
    }
}
