package org.keyferry.wire;

/// What a peer did wrong: a value, so that the engine must choose an answer for each.
public sealed interface Violation {
    /// A field that RFC 7296 does not allow; the offset counts from the start of what was decoded:
    /// the IKE header of a datagram, or the first payload of a decrypted chain.
    record Malformed(String field, int offsetBytes) implements Violation {
        @Override
        public String toString() {
            return "malformed " + field + " at byte " + offsetBytes;
        }
    }

    /// A payload type that Keyferry does not know, with the critical bit set (RFC 7296 §2.5).
    record UnknownCritical(int payloadType) implements Violation {
        @Override
        public String toString() {
            return "unknown critical payload " + payloadType;
        }
    }

    /// The header's major version is not 2 (RFC 7296 §2.5).
    record UnsupportedVersion(int majorVersion) implements Violation {
        @Override
        public String toString() {
            return "unsupported IKE version " + majorVersion;
        }
    }

    /// More of something than Keyferry is ready to handle.
    record LimitExceeded(String what, int limit) implements Violation {
        @Override
        public String toString() {
            return "more than " + limit + " " + what;
        }
    }

    /// The integrity check of an encrypted payload failed: nothing in the message is to be
    /// believed.
    record IntegrityFailed() implements Violation {
        @Override
        public String toString() {
            return "integrity check failed";
        }
    }
}
