package org.keyferry.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.MD4Digest;

/// The arithmetic of MS-CHAP-V2 (RFC 2759 §8) and of the keys that come of it (RFC 3079 §3).
public final class MsChapV2 {
    public static final int CHALLENGE_BYTES = 16;
    public static final int RESPONSE_BYTES = 24;
    private static final int HASH_BYTES = 16;
    private static final int KEY_BYTES = 16;

    private static final byte[] MAGIC_SERVER = ascii("Magic server to client signing constant");
    private static final byte[] MAGIC_PAD = ascii("Pad to make it do more than one iteration");
    private static final byte[] MAGIC_MASTER = ascii("This is the MPPE Master Key");
    private static final byte[] MAGIC_CLIENT_SENDS =
            ascii(
                    "On the client side, this is the send key;"
                            + " on the server side, it is the receive key.");
    private static final byte[] MAGIC_CLIENT_RECEIVES =
            ascii(
                    "On the client side, this is the receive key;"
                            + " on the server side, it is the send key.");

    private MsChapV2() {}

    /// NtPasswordHash: MD4 of the password in UTF-16LE.
    ///
    /// @param password in UTF-8; stays the caller's to wipe
    public static byte[] ntHash(byte[] password) {
        byte[] utf16 =
                new String(password, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16LE);
        byte[] hash = md4(utf16);
        Arrays.fill(utf16, (byte) 0);
        return hash;
    }

    private static byte[] md4(byte[] data) {
        var digest = new MD4Digest();
        digest.update(data, 0, data.length);
        byte[] hash = new byte[HASH_BYTES];
        digest.doFinal(hash, 0);
        return hash;
    }

    /// GenerateNTResponse.
    ///
    /// @param userName without a domain
    public static byte[] ntResponse(
            byte[] authenticatorChallenge, byte[] peerChallenge, byte[] userName, byte[] ntHash) {
        byte[] challenge = challengeHash(peerChallenge, authenticatorChallenge, userName);
        byte[] padded = Arrays.copyOf(ntHash, 21);
        byte[] response = new byte[RESPONSE_BYTES];
        for (int i = 0; i < 3; i++) {
            byte[] block = des(Arrays.copyOfRange(padded, 7 * i, 7 * i + 7), challenge);
            System.arraycopy(block, 0, response, 8 * i, 8);
        }
        return response;
    }

    private static byte[] challengeHash(
            byte[] peerChallenge, byte[] authenticatorChallenge, byte[] userName) {
        return Arrays.copyOf(sha1(peerChallenge, authenticatorChallenge, userName), 8);
    }

    /// GenerateAuthenticatorResponse: `S=` and 40 hexadecimal digits.
    public static String authenticatorResponse(
            byte[] ntHash,
            byte[] ntResponse,
            byte[] peerChallenge,
            byte[] authenticatorChallenge,
            byte[] userName) {
        byte[] digest = sha1(md4(ntHash), ntResponse, MAGIC_SERVER);
        byte[] challenge = challengeHash(peerChallenge, authenticatorChallenge, userName);
        return "S=" + HexFormat.of().withUpperCase().formatHex(sha1(digest, challenge, MAGIC_PAD));
    }

    /// MSK of EAP-MSCHAPv2: the key that the client sends with, the one it receives with, 32 zeros.
    public static Secret msk(byte[] ntHash, byte[] ntResponse) {
        byte[] master = Arrays.copyOf(sha1(md4(ntHash), ntResponse, MAGIC_MASTER), KEY_BYTES);
        byte[] msk = new byte[64];
        // the server's receive key is first: what the client sends with
        System.arraycopy(key(master, MAGIC_CLIENT_SENDS), 0, msk, 0, KEY_BYTES);
        System.arraycopy(key(master, MAGIC_CLIENT_RECEIVES), 0, msk, KEY_BYTES, KEY_BYTES);
        Arrays.fill(master, (byte) 0);
        return Secret.owned(msk);
    }

    /// GetAsymmetricStartKey (RFC 3079 §3.3) for 128 bits.
    private static byte[] key(byte[] master, byte[] magic) {
        byte[] pad2 = new byte[40];
        Arrays.fill(pad2, (byte) 0xf2);
        return Arrays.copyOf(sha1(master, new byte[40], magic, pad2), KEY_BYTES);
    }

    private static byte[] des(byte[] key, byte[] block) {
        byte[] spread = new byte[8];
        long bits = 0;
        for (byte b : key) {
            bits = bits << 8 | (b & 0xff);
        }
        for (int i = 0; i < 8; i++) {
            spread[i] = (byte) ((bits >>> (49 - 7 * i) & 0x7f) << 1); // parity is not looked at
        }
        try {
            Cipher cipher = Cipher.getInstance("DES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(spread, "DES"));
            return cipher.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no DES", e);
        }
    }

    private static byte[] sha1(byte[]... parts) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            for (byte[] part : parts) {
                sha1.update(part);
            }
            return sha1.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no SHA-1", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
