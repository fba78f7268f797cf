package org.keyferry.wire;

import java.util.Optional;

/// SPI of an ESP or AH SA (RFC 4303 §2.1): 32 bits; 0 to 255 are reserved and refused.
public record ChildSpi(int value) {
    public static final int LENGTH_BYTES = 4;

    public ChildSpi {
        if (isReserved(value)) {
            throw new IllegalArgumentException("reserved SPI " + value);
        }
    }

    /// For an SPI that was checked before, see [#find].
    ///
    /// @throws IllegalArgumentException unless `spi` is 4 bytes and its value is not reserved
    public static ChildSpi of(Bytes spi) {
        return find(spi).orElseThrow(() -> new IllegalArgumentException("child SPI " + spi));
    }

    /// Empty if `spi` is not 4 bytes or its value is reserved: for what a peer sent.
    public static Optional<ChildSpi> find(Bytes spi) {
        return spi.length() == LENGTH_BYTES && !isReserved(spi.i32(0))
                ? Optional.of(new ChildSpi(spi.i32(0)))
                : Optional.empty();
    }

    static boolean isReserved(int value) {
        return Integer.compareUnsigned(value, 0x100) < 0;
    }

    /// Four bytes, network order.
    public Bytes bytes() {
        return Bytes.ofU32(value);
    }

    /// 8 lower-case hex digits.
    @Override
    public String toString() {
        return "%08x".formatted(value);
    }
}
