package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;

/// One way to authenticate that a peer takes, of those in SUPPORTED_AUTH_METHODS (RFC 9593 §3.2).
/// Its length tells its form: 2 bytes for methods without public keys, 3 for those that name their
/// algorithm, more where an AlgorithmIdentifier names it.
///
/// @param method number of AUTH payloads
/// @param authority which of the CAs in the CERTREQ payloads of the same message it goes with,
///   counted from 1; 0 for any
/// @param algorithm DER of an AlgorithmIdentifier, only with method 14
public record AuthAnnouncement(int method, int authority, Bytes algorithm) {
    public static final int SHARED_KEY = 2;
    public static final int NULL = 13;
    public static final int DIGITAL_SIGNATURE = 14;

    /// What one octet can count to.
    public static final int MOST_AUTHORITIES = 255;

    /// Further ones are not looked at: they are the least preferred.
    private static final int MOST = 255;

    private static final int PLAIN_BYTES = 2;
    private static final int LINKED_BYTES = 3;

    public static AuthAnnouncement plain(int method) {
        return new AuthAnnouncement(method, 0, Bytes.EMPTY);
    }

    public static AuthAnnouncement linked(int method, int authority) {
        return new AuthAnnouncement(method, authority, Bytes.EMPTY);
    }

    public static AuthAnnouncement signature(int authority, Bytes algorithm) {
        return new AuthAnnouncement(DIGITAL_SIGNATURE, authority, algorithm);
    }

    /// Data of the notify, most preferred first.
    ///
    /// @throws IllegalArgumentException if an AlgorithmIdentifier is too long for this
    public static Bytes encode(List<AuthAnnouncement> announcements) {
        var out = new WireWriter();
        for (AuthAnnouncement each : announcements) {
            int lengthBytes =
                    isPlain(each.method) ? PLAIN_BYTES : LINKED_BYTES + each.algorithm.length();
            if (lengthBytes > 255) {
                throw new IllegalArgumentException("algorithm of " + each.algorithm.length());
            }
            out.u8(lengthBytes).u8(each.method);
            if (lengthBytes > PLAIN_BYTES) {
                out.u8(each.authority).bytes(each.algorithm);
            }
        }
        return out.toBytes();
    }

    /// Those whose method has the form that it comes in; others mean nothing here and are passed
    /// over, as is what nobody knows yet.
    public static List<AuthAnnouncement> decode(Bytes data) throws PeerViolation {
        var in = new WireReader(data);
        var announcements = new ArrayList<AuthAnnouncement>();
        while (in.remaining() > 0 && announcements.size() < MOST) {
            int start = in.offset();
            int lengthBytes = in.u8("announcement length");
            if (lengthBytes < PLAIN_BYTES) {
                throw new PeerViolation(new Violation.Malformed("announcement length", start));
            }
            int method = in.u8("announced method");
            Bytes more = in.bytes(lengthBytes - PLAIN_BYTES, "announcement");
            boolean known =
                    switch (method) {
                        case SHARED_KEY, NULL -> lengthBytes == PLAIN_BYTES;
                        case 1, 3, 9, 10, 11 -> lengthBytes == LINKED_BYTES;
                        case DIGITAL_SIGNATURE -> lengthBytes > LINKED_BYTES;
                        default -> false;
                    };
            if (known) {
                announcements.add(
                        lengthBytes == PLAIN_BYTES
                                ? plain(method)
                                : new AuthAnnouncement(
                                        method, more.u8(0), more.slice(1, more.length())));
            }
        }
        return List.copyOf(announcements);
    }

    private static boolean isPlain(int method) {
        return method == SHARED_KEY || method == NULL;
    }
}
