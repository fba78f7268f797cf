package org.keyferry.engine.eap;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.keyferry.wire.Bytes;

/// Data of EAP-MD5 (RFC 3748 §5.4), like CHAP's: a length, a value, a name that nobody reads.
final class Md5Challenge {
    static final int BYTES = 16;

    private Md5Challenge() {}

    static Bytes encode(byte[] value) {
        return Bytes.ofU8(value.length).concat(Bytes.of(value));
    }

    /// @return empty bytes if it is malformed
    static Bytes value(Bytes data) {
        boolean whole = !data.isEmpty() && data.length() > data.u8(0);
        return whole ? data.slice(1, 1 + data.u8(0)) : Bytes.EMPTY;
    }

    /// MD5 of the packet's identifier, the password, and the challenge.
    static byte[] response(int identifier, byte[] password, byte[] challenge) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update((byte) identifier);
            md5.update(password);
            md5.update(challenge);
            return md5.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no MD5", e);
        }
    }
}
