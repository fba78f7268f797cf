package org.keyferry.wire;

import java.util.Optional;
import java.util.OptionalInt;

/// Inclusive range of addresses of one family.
public record AddressRange(IpAddress first, IpAddress last) {
    public static final AddressRange ALL_V4 = ofPrefix(IpAddress.ANY_V4, 0);
    public static final AddressRange ALL_V6 = ofPrefix(IpAddress.ANY_V6, 0);

    public AddressRange {
        if (first.v6() != last.v6() || first.compareTo(last) > 0) {
            throw new IllegalArgumentException("no address range: " + first + " to " + last);
        }
    }

    /// Host bits of `address` are cleared.
    public static AddressRange ofPrefix(IpAddress address, int prefixBits) {
        if (prefixBits < 0 || prefixBits > address.bits()) {
            throw new IllegalArgumentException("prefix of " + prefixBits + " bits");
        }
        return new AddressRange(
                address.withSuffixZeros(prefixBits), address.withSuffixOnes(prefixBits));
    }

    public static AddressRange host(IpAddress address) {
        return new AddressRange(address, address);
    }

    /// `10.1.0.0/16`, `10.0.0.1` or `10.0.0.1-10.0.0.9`, IPv6 likewise.
    ///
    /// @throws IllegalArgumentException if `text` is none of them
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        int dash = text.indexOf('-');
        if (slash >= 0) {
            return ofPrefix(
                    IpAddress.parse(text.substring(0, slash).strip()),
                    prefix(text.substring(slash + 1).strip()));
        }
        if (dash >= 0) {
            return new AddressRange(
                    IpAddress.parse(text.substring(0, dash).strip()),
                    IpAddress.parse(text.substring(dash + 1).strip()));
        }
        return host(IpAddress.parse(text.strip()));
    }

    private static int prefix(String digits) {
        if (!digits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("not a prefix length: '" + digits + "'");
        }
        return Integer.parseInt(digits);
    }

    public boolean v6() {
        return first.v6();
    }

    public boolean contains(IpAddress address) {
        return address.v6() == v6()
                && first.compareTo(address) <= 0
                && address.compareTo(last) <= 0;
    }

    public boolean contains(AddressRange other) {
        return contains(other.first) && contains(other.last);
    }

    public Optional<AddressRange> intersect(AddressRange other) {
        IpAddress from = first.compareTo(other.first) >= 0 ? first : other.first;
        IpAddress to = last.compareTo(other.last) <= 0 ? last : other.last;
        return v6() == other.v6() && from.compareTo(to) <= 0
                ? Optional.of(new AddressRange(from, to))
                : Optional.empty();
    }

    /// Empty unless the range is exactly a prefix.
    public OptionalInt prefixBits() {
        long highDiffers = first.high() ^ last.high();
        long lowDiffers = first.low() ^ last.low();
        int common =
                highDiffers != 0
                        ? Long.numberOfLeadingZeros(highDiffers)
                        : 64 + Long.numberOfLeadingZeros(lowDiffers);
        int prefixBits = v6() ? common : common - 96; // an IPv4 address is the last 32 of 128 bits
        return equals(ofPrefix(first, prefixBits))
                ? OptionalInt.of(prefixBits)
                : OptionalInt.empty();
    }

    /// `10.1.0.0/16`, also for single hosts, or `10.0.0.1..10.0.0.9`.
    @Override
    public String toString() {
        OptionalInt prefixBits = prefixBits();
        return prefixBits.isPresent() ? first + "/" + prefixBits.getAsInt() : first + ".." + last;
    }
}
