package org.keyferry.crypto.cert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.keyferry.wire.Bytes;

/// Where a certificate is, and how it is known that it is that one (RFC 7296 §3.6).
public record HashAndUrl(Bytes sha1, String url) {
    private static final int HASH_BYTES = 20;
    private static final int MAX_URL_BYTES = 1_024;

    /// @param payload content of a CERT payload
    /// @throws BadCertificate if it is malformed, or the URL is not of HTTP
    public static HashAndUrl parse(Bytes payload) throws BadCertificate {
        int urlBytes = payload.length() - HASH_BYTES;
        if (urlBytes <= 0 || urlBytes > MAX_URL_BYTES) {
            throw new BadCertificate("hash and URL of %d bytes".formatted(payload.length()));
        }
        Bytes url = payload.slice(HASH_BYTES, payload.length());
        String text = new String(url.toArray(), StandardCharsets.US_ASCII);
        if (!text.regionMatches(true, 0, "http://", 0, 7)
                || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new BadCertificate("a certificate is not at an HTTP URL");
        }
        return new HashAndUrl(payload.slice(0, HASH_BYTES), text);
    }

    /// @param base to which the hash is appended
    public static HashAndUrl of(Certificate certificate, String base) {
        Bytes hash = sha1(certificate.der());
        return new HashAndUrl(hash, base + hash.hex());
    }

    public Bytes encode() {
        return sha1.concat(Bytes.utf8(url));
    }

    public boolean isOf(Bytes certificate) {
        return sha1(certificate).equals(sha1);
    }

    private static Bytes sha1(Bytes data) {
        try {
            return Bytes.wrapOwned(MessageDigest.getInstance("SHA-1").digest(data.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
