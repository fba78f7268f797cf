package org.keyferry.daemon.radius.packet;

import java.security.MessageDigest;
import java.util.Arrays;
import org.keyferry.crypto.Secret;
import org.keyferry.settings.model.SecretText;
import org.keyferry.wire.Bytes;

/// Values that are hidden with a salt: MS-MPPE-Send-Key and MS-MPPE-Recv-Key (RFC 2548 §2.4.2), in
/// the same way as Tunnel-Password behind its tag (RFC 2868 §3.5).
public final class HiddenValues {
    static final int SALT_BYTES = 2;
    static final int BLOCK_BYTES = 16;

    private final SecretText secret;
    private final Bytes requestAuthenticator;

    HiddenValues(SecretText secret, Bytes requestAuthenticator) {
        this.secret = secret;
        this.requestAuthenticator = requestAuthenticator;
    }

    /// @param value salt and blocks
    /// @return to be closed by the caller
    public Secret reveal(Bytes value) throws MalformedRadius {
        int hidden = value.length() - SALT_BYTES;
        if (hidden < BLOCK_BYTES || hidden % BLOCK_BYTES != 0) {
            throw new MalformedRadius("a hidden value of " + value.length() + " bytes");
        }
        byte[] plain = value.slice(SALT_BYTES, value.length()).toArray();
        Bytes chained = requestAuthenticator.concat(value.slice(0, SALT_BYTES));
        try {
            for (int at = 0; at < hidden; at += BLOCK_BYTES) {
                mask(plain, at, chained);
                chained = value.slice(SALT_BYTES + at, SALT_BYTES + at + BLOCK_BYTES);
            }
            int length = plain[0] & 0xff;
            if (length > hidden - 1) {
                throw new MalformedRadius("a hidden value that says it is longer than it is");
            }
            return Secret.owned(Arrays.copyOfRange(plain, 1, 1 + length));
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /// Turns one block from hidden to plain, or the reverse.
    void mask(byte[] blocks, int at, Bytes chained) {
        MessageDigest md5 = RadiusSeal.md5();
        md5.update(secret.array());
        byte[] mask = md5.digest(chained.toArray());
        for (int i = 0; i < BLOCK_BYTES; i++) {
            blocks[at + i] ^= mask[i];
        }
    }
}
