package org.keyferry.settings.model;

/// Bits of own IKE SPIs that are the same in all of them.
///
/// @param mask the bits that come from `label`; the others are random
public record SpiLabel(long label, long mask) {
    public static final SpiLabel NONE = new SpiLabel(0, 0);

    public SpiLabel {
        label &= mask;
    }

    /// An SPI with the labelled bits in place.
    public long applyTo(long spi) {
        return (spi & ~mask) | label;
    }
}
