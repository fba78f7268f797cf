package org.keyferry.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// IPv4 or IPv6 address without a scope. An IPv4 address lies in the 32 low bits of `low`.
public record IpAddress(long high, long low, boolean v6) implements Comparable<IpAddress> {
    public static final IpAddress ANY_V4 = v4(0);
    public static final IpAddress ANY_V6 = new IpAddress(0, 0, true);

    public IpAddress {
        if (!v6 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("IPv4 address of more than 32 bits");
        }
    }

    public static IpAddress v4(int bits) {
        return new IpAddress(0, Integer.toUnsignedLong(bits), false);
    }

    @Override
    public int hashCode() { // asked for at each step; a record's own is slow until it is compiled
        return 31 * Long.hashCode(high ^ low) + (v6 ? 1 : 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that
                && high == that.high
                && low == that.low
                && v6 == that.v6;
    }

    /// Literals only, never a name: four decimal numbers, or the forms of RFC 4291 §2.2.
    ///
    /// @throws IllegalArgumentException if `text` is no address
    public static IpAddress parse(String text) {
        return text.indexOf(':') < 0 ? IpText.parseV4(text) : IpText.parseV6(text);
    }

    /// Network order.
    ///
    /// @throws IllegalArgumentException unless 4 or 16 bytes
    public static IpAddress ofBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> v4(in.getInt());
            case 16 -> new IpAddress(in.getLong(), in.getLong(), true);
            default -> throw new IllegalArgumentException("address of " + bytes.length + " bytes");
        };
    }

    /// Network order.
    ///
    /// @throws IllegalArgumentException unless 4 or 16 bytes
    public static IpAddress ofBytes(Bytes bytes) {
        return ofBytes(bytes.toArray());
    }

    /// The scope is dropped.
    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /// An IPv4-mapped IPv6 address comes out as IPv4: Java knows no other form.
    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address length", e);
        }
    }

    /// 4 or 16 bytes, network order.
    public byte[] toBytes() {
        return v6
                ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
                : ByteBuffer.allocate(4).putInt((int) low).array();
    }

    /// 32 or 128.
    public int bits() {
        return v6 ? 128 : 32;
    }

    /// All zeros.
    public boolean isAny() {
        return high == 0 && low == 0;
    }

    /// RFC 5771, RFC 4291 §2.7.
    public boolean isMulticast() {
        return v6 ? high >>> 56 == 0xff : low >>> 28 == 0xe;
    }

    /// The address after this one.
    ///
    /// @throws ArithmeticException after the highest address of the family
    public IpAddress next() {
        if (equals(withSuffixOnes(0))) {
            throw new ArithmeticException("no address after " + this);
        }
        return new IpAddress(low == -1 ? high + 1 : high, low + 1, v6);
    }

    /// All bits after the first `prefixBits` cleared.
    IpAddress withSuffixZeros(int prefixBits) {
        return new IpAddress(high & ~highSuffix(prefixBits), low & ~lowSuffix(prefixBits), v6);
    }

    /// All bits after the first `prefixBits` set.
    IpAddress withSuffixOnes(int prefixBits) {
        return new IpAddress(high | highSuffix(prefixBits), low | lowSuffix(prefixBits), v6);
    }

    private long highSuffix(int prefixBits) {
        return v6 ? onesBelow(64 - Math.min(64, prefixBits)) : 0;
    }

    private long lowSuffix(int prefixBits) {
        return onesBelow(Math.min(64, bits() - prefixBits));
    }

    private static long onesBelow(int count) {
        return count == 0 ? 0 : -1L >>> (64 - count);
    }

    /// IPv4 before IPv6, then by value.
    @Override
    public int compareTo(IpAddress other) {
        if (v6 != other.v6) {
            return v6 ? 1 : -1;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /// Canonical text (RFC 5952).
    @Override
    public String toString() {
        return v6 ? IpText.formatV6(high, low) : IpText.formatV4((int) low);
    }
}
