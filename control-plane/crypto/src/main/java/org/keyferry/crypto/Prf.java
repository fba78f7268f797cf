package org.keyferry.crypto;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Pseudorandom function of the IKE SA (RFC 7296 §2.13). Stateless and thread-safe.
public final class Prf {
    public static final int HMAC_SHA1 = 2;
    public static final int AES128_XCBC = 4;
    public static final int HMAC_SHA2_256 = 5;
    public static final int HMAC_SHA2_384 = 6;
    public static final int HMAC_SHA2_512 = 7;
    public static final int AES128_CMAC = 8;

    private static final int AES_KEY_BYTES = 16;
    private static final int PLUS_ROUNDS = 255;

    private static final Map<Integer, Prf> BY_ID =
            Map.of(
                    HMAC_SHA1, new Prf(HMAC_SHA1, 20, Macs.HMAC_SHA1),
                    AES128_XCBC, new Prf(AES128_XCBC, 16, Macs.AES_XCBC),
                    HMAC_SHA2_256, new Prf(HMAC_SHA2_256, 32, Macs.HMAC_SHA2_256),
                    HMAC_SHA2_384, new Prf(HMAC_SHA2_384, 48, Macs.HMAC_SHA2_384),
                    HMAC_SHA2_512, new Prf(HMAC_SHA2_512, 64, Macs.HMAC_SHA2_512),
                    AES128_CMAC, new Prf(AES128_CMAC, 16, Macs.AES_CMAC));

    private final int id;
    private final int outputBytes;
    private final Chosen<MacEngine> mac;

    private Prf(int id, int outputBytes, Chosen<MacEngine> mac) {
        this.id = id;
        this.outputBytes = outputBytes;
        this.mac = mac;
    }

    /// The PRF of that id.
    ///
    /// @param transformId of transform type 2
    /// @throws IllegalArgumentException if it is not supported; negotiation should have refused it
    public static Prf of(int transformId) {
        return find(transformId)
                .orElseThrow(() -> new IllegalArgumentException("PRF " + transformId));
    }

    static Optional<Prf> find(int transformId) {
        return Optional.ofNullable(BY_ID.get(transformId));
    }

    public int id() {
        return id;
    }

    public int outputBytes() {
        return outputBytes;
    }

    /// The preferred key length, which is that of `SK_d`, `SK_pi` and `SK_pr`. All PRFs accept any.
    public int keyBytes() {
        return outputBytes;
    }

    /// prf(key, parts one after another). The result belongs to the caller.
    ///
    /// @param key of any length
    public byte[] compute(byte[] key, byte[]... parts) {
        return mac.get().compute(fitKey(key), parts);
    }

    /// prf+ (RFC 7296 §2.13): `T1 | T2 | …` with `Tn = prf(key, Tn-1 | seed | n)`.
    ///
    /// @param lengthBytes at most 255 times [#outputBytes]
    public byte[] plus(byte[] key, byte[] seed, int lengthBytes) {
        if (lengthBytes < 0 || lengthBytes > PLUS_ROUNDS * outputBytes) {
            throw new IllegalArgumentException("prf+ of " + lengthBytes + " bytes");
        }
        MacEngine engine = mac.get();
        byte[] usable = fitKey(key);
        byte[] stream = new byte[lengthBytes];
        byte[] block = new byte[0];
        byte[] counter = new byte[1];
        for (int at = 0; at < lengthBytes; at += outputBytes) {
            counter[0]++;
            byte[] next = engine.compute(usable, block, seed, counter);
            System.arraycopy(next, 0, stream, at, Math.min(outputBytes, lengthBytes - at));
            Arrays.fill(block, (byte) 0);
            block = next;
        }
        Arrays.fill(block, (byte) 0);
        return stream;
    }

    /// HMAC takes any key. AES-XCBC pads a short key with zeros (RFC 4434 §2); else, and for
    /// AES-CMAC (RFC 4615 §3), a key of another length is first hashed under the zero key.
    private byte[] fitKey(byte[] key) {
        boolean aes = id == AES128_XCBC || id == AES128_CMAC;
        if (!aes || key.length == AES_KEY_BYTES) {
            return key;
        }
        if (id == AES128_XCBC && key.length < AES_KEY_BYTES) {
            return Arrays.copyOf(key, AES_KEY_BYTES);
        }
        return mac.get().compute(new byte[AES_KEY_BYTES], key, 0, key.length);
    }

    /// Whether `SKEYSEED` takes but the first 8 bytes of each nonce (RFC 7296 §2.14).
    boolean shortensNonces() {
        return id == AES128_XCBC || id == AES128_CMAC;
    }

    String providerTitle() {
        return mac.providerTitle();
    }

    @Override
    public String toString() {
        return "PRF " + id;
    }
}
