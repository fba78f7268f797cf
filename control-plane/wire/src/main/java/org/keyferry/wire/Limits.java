package org.keyferry.wire;

/// What Keyferry is ready to decode. Above these a peer is broken or hostile.
public final class Limits {
    /// Largest IKE message without the non-ESP marker: UDP carries no more.
    public static final int DATAGRAM_BYTES = 65_535;

    public static final int PAYLOADS = 64;
    public static final int PROPOSALS = 64;
    public static final int TRANSFORMS = 255;
    public static final int TRAFFIC_SELECTORS = 255;
    public static final int CONFIG_ATTRIBUTES = 256;

    /// RFC 7296 §3.9.
    public static final int NONCE_MIN_BYTES = 16;

    public static final int NONCE_MAX_BYTES = 256;

    /// RFC 8019 §4.
    public static final int PUZZLE_KEYS = 4;

    /// The preferred key length of PRF_HMAC_SHA2_512.
    public static final int PUZZLE_KEY_BYTES = 64;

    private Limits() {}

    static void check(int count, int limit, String what) throws PeerViolation {
        if (count > limit) {
            throw new PeerViolation(new Violation.LimitExceeded(what, limit));
        }
    }
}
