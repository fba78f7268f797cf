package org.keyferry.wire;

/// IKE SPI (RFC 7296 §3.1): 8 bytes, zero only as the responder's in the first request.
public record IkeSpi(long value) {
    public static final IkeSpi ZERO = new IkeSpi(0);

    /// 16 lower-case hex digits, as VICI prints it.
    @Override
    public String toString() {
        return "%016x".formatted(value);
    }
}
