package org.keyferry.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Provider;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A MAC of some JCA provider; each thread reuses one `Mac` object.
final class JcaMac implements MacEngine {
    private static final byte[] EMPTY_HMAC_KEY = new byte[1];

    private final int outputBytes;
    private final ThreadLocal<Mac> mac;

    JcaMac(String algorithm, Provider provider) throws GeneralSecurityException {
        outputBytes = Mac.getInstance(algorithm, provider).getMacLength();
        mac =
                ThreadLocal.withInitial(
                        () -> {
                            try {
                                return Mac.getInstance(algorithm, provider);
                            } catch (GeneralSecurityException gone) {
                                throw new IllegalStateException(gone);
                            }
                        });
    }

    @Override
    public int outputBytes() {
        return outputBytes;
    }

    @Override
    public byte[] compute(byte[] key, byte[] data, int from, int lengthBytes) {
        Mac ready = ready(key);
        ready.update(data, from, lengthBytes);
        return ready.doFinal();
    }

    @Override
    public byte[] compute(byte[] key, byte[]... parts) {
        Mac ready = ready(key);
        for (byte[] part : parts) {
            ready.update(part);
        }
        return ready.doFinal();
    }

    private Mac ready(byte[] key) {
        Mac ready = mac.get();
        // JCA refuses an empty key; HMAC pads with zeros, so one zero byte is the same key
        byte[] usable = key.length == 0 ? EMPTY_HMAC_KEY : key;
        try {
            ready.init(new SecretKeySpec(usable, "RAW"));
        } catch (InvalidKeyException wrongLength) {
            throw new IllegalArgumentException("MAC key of " + key.length + " bytes", wrongLength);
        }
        return ready;
    }
}
