package org.keyferry.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// Immutable byte string, compared by content. Slices share the array they were cut from, so a
/// decoded message costs one array; what outlives its message should be kept as [#compact].
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);
    private static final int PRINTED_BYTES = 32;

    private final byte[] array;
    private final int from;
    private final int length;

    private Bytes(byte[] array, int from, int length) {
        this.array = array;
        this.from = from;
        this.length = length;
    }

    /// Copies.
    public static Bytes of(byte... content) {
        return wrapOwned(content.clone());
    }

    /// Takes the array over without a copy; the caller must not touch it again.
    public static Bytes wrapOwned(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content, 0, content.length);
    }

    /// Digits of either case, without separators.
    ///
    /// @throws IllegalArgumentException for an odd length or anything but hex digits
    public static Bytes ofHex(String hex) {
        return wrapOwned(HexFormat.of().parseHex(hex));
    }

    /// One byte, 0 to 255.
    public static Bytes ofU8(int value) {
        Objects.checkIndex(value, 0x100);
        return wrapOwned(new byte[] {(byte) value});
    }

    /// Two bytes, big-endian, 0 to 65535.
    public static Bytes ofU16(int value) {
        Objects.checkIndex(value, 0x1_0000);
        return wrapOwned(new byte[] {(byte) (value >>> 8), (byte) value});
    }

    /// Four bytes, big-endian.
    public static Bytes ofU32(int value) {
        return wrapOwned(ByteBuffer.allocate(4).putInt(value).array());
    }

    public static Bytes utf8(String text) {
        return wrapOwned(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /// Unsigned byte, 0 to 255.
    public int u8(int index) {
        return array[from + Objects.checkIndex(index, length)] & 0xff;
    }

    /// Big-endian 16 bits that begin at `index`.
    public int u16(int index) {
        return u8(index) << 8 | u8(index + 1);
    }

    /// Big-endian 32 bits that begin at `index`.
    public int i32(int index) {
        return u16(index) << 16 | u16(index + 2);
    }

    /// Big-endian 64 bits that begin at `index`.
    public long i64(int index) {
        return (long) i32(index) << 32 | Integer.toUnsignedLong(i32(index + 4));
    }

    /// A copy.
    public byte[] toArray() {
        return Arrays.copyOfRange(array, from, from + length);
    }

    /// Bytes `begin` to `end - 1`, over the same array.
    public Bytes slice(int begin, int end) {
        Objects.checkFromToIndex(begin, end, length);
        return begin == end ? EMPTY : new Bytes(array, from + begin, end - begin);
    }

    /// The same content over an array of just that size: itself if it is one already.
    public Bytes compact() {
        return array.length == length ? this : wrapOwned(toArray());
    }

    public Bytes concat(Bytes tail) {
        byte[] joined = Arrays.copyOfRange(array, from, from + length + tail.length);
        tail.copyTo(joined, length);
        return wrapOwned(joined);
    }

    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length
                && Arrays.equals(
                        array,
                        from,
                        from + prefix.length,
                        prefix.array,
                        prefix.from,
                        prefix.from + prefix.length);
    }

    public void copyTo(ByteBuffer target) {
        target.put(array, from, length);
    }

    public void copyTo(byte[] target, int at) {
        System.arraycopy(array, from, target, at, length);
    }

    /// Read-only, position 0, big-endian.
    public ByteBuffer asBuffer() {
        return ByteBuffer.wrap(array, from, length).slice().asReadOnlyBuffer();
    }

    /// Lower-case hex digits without separators.
    public String hex() {
        return HexFormat.of().formatHex(array, from, from + length);
    }

    /// Decoded as UTF-8, malformed sequences replaced.
    public String utf8() {
        return new String(array, from, length, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(
                array, from, from + length, other.array, other.from, other.from + other.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && length == that.length
                && Arrays.equals(
                        array, from, from + length, that.array, that.from, that.from + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < from + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /// Hex; of a longer string the first 32 bytes and the length.
    @Override
    public String toString() {
        return length <= PRINTED_BYTES
                ? hex()
                : slice(0, PRINTED_BYTES).hex() + "… (" + length + " bytes)";
    }
}
