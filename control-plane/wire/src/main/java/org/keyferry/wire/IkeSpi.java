package org.keyferry.wire;

/// IKE SPI (RFC 7296 §3.1): 8 bytes, zero only as the responder's in the first request.
public record IkeSpi(long value) {
    public static final IkeSpi ZERO = new IkeSpi(0);
    public static final int LENGTH_BYTES = 8;

    /// Network order.
    ///
    /// @throws IllegalArgumentException unless 8 bytes
    public static IkeSpi of(Bytes spi) {
        if (spi.length() != LENGTH_BYTES) {
            throw new IllegalArgumentException("IKE SPI of " + spi.length() + " bytes");
        }
        return new IkeSpi(spi.i64(0));
    }

    public boolean isZero() {
        return value == 0;
    }

    /// Eight bytes, network order.
    public Bytes bytes() {
        return Bytes.ofU32((int) (value >>> 32)).concat(Bytes.ofU32((int) value));
    }

    /// 16 lower-case hex digits, as VICI prints it.
    @Override
    public String toString() {
        return "%016x".formatted(value);
    }
}
