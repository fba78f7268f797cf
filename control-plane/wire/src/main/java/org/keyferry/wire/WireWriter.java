package org.keyferry.wire;

import java.util.Arrays;
import java.util.Objects;

/// Growing big-endian writer. A value that does not fit its field is our own mistake and throws.
public final class WireWriter {
    private static final int FIRST_CAPACITY = 512;
    private byte[] array = new byte[FIRST_CAPACITY];
    private int length;

    public int length() {
        return length;
    }

    public WireWriter u8(int value) {
        Objects.checkIndex(value, 0x100);
        int start = grow(1);
        array[start] = (byte) value;
        return this;
    }

    public WireWriter u16(int value) {
        int start = grow(2);
        patchU16(start, value);
        return this;
    }

    public WireWriter i32(int value) {
        int start = grow(4);
        patchI32(start, value);
        return this;
    }

    public WireWriter i64(long value) {
        return i32((int) (value >>> 32)).i32((int) value);
    }

    public WireWriter bytes(Bytes value) {
        int start = grow(value.length());
        value.copyTo(array, start);
        return this;
    }

    public WireWriter array(byte[] value) {
        int start = grow(value.length);
        System.arraycopy(value, 0, array, start, value.length);
        return this;
    }

    public WireWriter zeros(int count) {
        grow(count);
        return this;
    }

    /// Overwrites 2 bytes at `offset`, for instance a length known only now.
    public void patchU16(int offset, int value) {
        Objects.checkIndex(value, 0x1_0000);
        array[offset] = (byte) (value >>> 8);
        array[offset + 1] = (byte) value;
    }

    /// Overwrites 4 bytes at `offset`.
    public void patchI32(int offset, int value) {
        patchU16(offset, value >>> 16);
        patchU16(offset + 2, value & 0xffff);
    }

    public byte[] toArray() {
        return Arrays.copyOf(array, length);
    }

    public Bytes toBytes() {
        return Bytes.wrapOwned(toArray());
    }

    private int grow(int count) {
        int start = length;
        length += count;
        if (length > array.length) {
            array = Arrays.copyOf(array, Math.max(length, 2 * array.length));
        }
        return start;
    }
}
