package org.keyferry.daemon.creds;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.keyferry.wire.Bytes;

/// SHA-1 of a public key's `subjectPublicKey` bits, which ties a private key to its certificates.
public record KeyId(Bytes sha1) {
    public static KeyId of(SubjectPublicKeyInfo key) {
        try {
            byte[] bits = key.getPublicKeyData().getOctets();
            return new KeyId(Bytes.wrapOwned(MessageDigest.getInstance("SHA-1").digest(bits)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /// Hex digits, as VICI tells it.
    @Override
    public String toString() {
        return sha1.hex();
    }
}
