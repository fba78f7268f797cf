package org.keyferry.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Randomness that comes of a seed alone: HMAC_DRBG with SHA-512 (NIST SP 800-90A §10.1.2) without
/// reseeding. The engine's arithmetic elsewhere draws from it, so that a seed tells all of a login.
public final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1;
    private static final int BLOCK_BYTES = 64;

    private transient Mac hmac;
    private transient byte[] key;
    private transient byte[] value;

    /// @param seed 48 random bytes or more; wiped
    public SeededRandom(byte[] seed) {
        super(null, null);
        key = new byte[BLOCK_BYTES];
        value = new byte[BLOCK_BYTES];
        Arrays.fill(value, (byte) 1);
        try {
            hmac = Mac.getInstance("HmacSHA512");
            update(seed);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC with SHA-512", e);
        }
        Arrays.fill(seed, (byte) 0);
    }

    private void update(byte[] data) {
        for (byte round = 0; round < (data.length == 0 ? 1 : 2); round++) {
            mac(value, new byte[] {round}, data);
            key = hmac.doFinal();
            mac(value);
            value = hmac.doFinal();
        }
    }

    private void mac(byte[]... parts) {
        try {
            hmac.init(new SecretKeySpec(key, "HmacSHA512"));
        } catch (java.security.InvalidKeyException e) {
            throw new IllegalStateException("HMAC takes every key", e);
        }
        for (byte[] part : parts) {
            hmac.update(part);
        }
    }

    @Override
    public synchronized void nextBytes(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += BLOCK_BYTES) {
            mac(value);
            value = hmac.doFinal();
            System.arraycopy(value, 0, bytes, at, Math.min(BLOCK_BYTES, bytes.length - at));
        }
        update(new byte[0]);
    }

    /// More of what it does not need.
    @Override
    public void setSeed(byte[] seed) {}

    @Override
    public void setSeed(long seed) {}

    @Override
    public byte[] generateSeed(int count) {
        byte[] bytes = new byte[count];
        nextBytes(bytes);
        return bytes;
    }

    @Override
    public String getAlgorithm() {
        return "HMAC_DRBG";
    }
}
