package org.keyferry.daemon.radius;

/// Error-Cause of a NAK (RFC 5176 §3.5).
enum ErrorCause {
    UNSUPPORTED_ATTRIBUTE(401),
    MISSING_ATTRIBUTE(402),
    NAS_IDENTIFICATION_MISMATCH(403),
    INVALID_ATTRIBUTE_VALUE(407),
    SESSION_CONTEXT_NOT_FOUND(503);

    private final int number;

    ErrorCause(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
