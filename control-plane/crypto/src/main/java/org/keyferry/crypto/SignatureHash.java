package org.keyferry.crypto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.keyferry.wire.Bytes;

/// Hash algorithms of digital signatures as peers announce them (RFC 7427 §4, RFC 8420 §2).
public enum SignatureHash {
    SHA1(1, "SHA-1"),
    SHA2_256(2, "SHA-256"),
    SHA2_384(3, "SHA-384"),
    SHA2_512(4, "SHA-512"),
    /// The signature algorithm hashes by itself: EdDSA.
    IDENTITY(5, "");

    private final int id;
    private final String jcaName;

    SignatureHash(int id, String jcaName) {
        this.id = id;
        this.jcaName = jcaName;
    }

    /// IANA's number.
    public int id() {
        return id;
    }

    /// As [java.security.MessageDigest] calls it; empty for [#IDENTITY].
    public String jcaName() {
        return jcaName;
    }

    /// Length of its output; 0 for [#IDENTITY].
    public int lengthBytes() {
        return switch (this) {
            case SHA1 -> 20;
            case SHA2_256 -> 32;
            case SHA2_384 -> 48;
            case SHA2_512 -> 64;
            case IDENTITY -> 0;
        };
    }

    public static Optional<SignatureHash> find(int id) {
        return Arrays.stream(values()).filter(h -> h.id == id).findFirst();
    }

    /// Data of SIGNATURE_HASH_ALGORITHMS: 16 bits each.
    public static Bytes encode(List<SignatureHash> hashes) {
        Bytes data = Bytes.EMPTY;
        for (SignatureHash hash : hashes) {
            data = data.concat(Bytes.ofU16(hash.id));
        }
        return data;
    }

    /// The hashes of a peer's SIGNATURE_HASH_ALGORITHMS that are known; a trailing odd byte and
    /// unknown numbers are passed over.
    public static List<SignatureHash> decode(Bytes data) {
        byte[] bytes = data.toArray();
        var hashes = new ArrayList<SignatureHash>();
        for (int at = 0; at + 1 < bytes.length; at += 2) {
            find(((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff))
                    .filter(h -> !hashes.contains(h))
                    .ifPresent(hashes::add);
        }
        return List.copyOf(hashes);
    }
}
