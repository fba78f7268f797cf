package org.keyferry.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads a C struct field by field; each read names its field and checks what is left.
///
/// It may look into a receive buffer that is wiped later: decode at once, keep nothing of it.
public final class StructReader {
    private final ByteBuffer in;

    /// Reads what remains in `in`, whose own position stays.
    public StructReader(ByteBuffer in) {
        this.in = in.duplicate().order(ByteOrder.nativeOrder());
    }

    public int u8(String field) throws MalformedKernelMessage {
        need(field, 1);
        return Byte.toUnsignedInt(in.get());
    }

    /// Looks without taking.
    public int peekU8(String field) throws MalformedKernelMessage {
        need(field, 1);
        return Byte.toUnsignedInt(in.get(in.position()));
    }

    public int u16(String field) throws MalformedKernelMessage {
        need(field, 2);
        return Short.toUnsignedInt(in.getShort());
    }

    /// All 32 bits; callers that count use [Integer#toUnsignedLong].
    public int u32(String field) throws MalformedKernelMessage {
        need(field, 4);
        return in.getInt();
    }

    /// All 64 bits.
    public long u64(String field) throws MalformedKernelMessage {
        need(field, 8);
        return in.getLong();
    }

    /// Network byte order.
    public int be16(String field) throws MalformedKernelMessage {
        need(field, 2);
        int high = Byte.toUnsignedInt(in.get());
        return high << 8 | Byte.toUnsignedInt(in.get());
    }

    /// Network byte order.
    public int be32(String field) throws MalformedKernelMessage {
        return be16(field) << 16 | be16(field);
    }

    public byte[] bytes(String field, int lengthBytes) throws MalformedKernelMessage {
        need(field, lengthBytes);
        byte[] value = new byte[lengthBytes];
        in.get(value);
        return value;
    }

    /// What is left.
    public byte[] rest() {
        byte[] value = new byte[in.remaining()];
        in.get(value);
        return value;
    }

    /// A C string in a field of fixed length; zeros after its end are skipped.
    public String text(String field, int fieldBytes) throws MalformedKernelMessage {
        byte[] value = bytes(field, fieldBytes);
        int end = 0;
        while (end < value.length && value[end] != 0) end++;
        return new String(value, 0, end, UTF_8);
    }

    /// A part of its own, for a nested struct or attribute list.
    public StructReader part(String field, int lengthBytes) throws MalformedKernelMessage {
        need(field, lengthBytes);
        var part = new StructReader(in.slice(in.position(), lengthBytes));
        in.position(in.position() + lengthBytes);
        return part;
    }

    public void skip(String field, int lengthBytes) throws MalformedKernelMessage {
        need(field, lengthBytes);
        in.position(in.position() + lengthBytes);
    }

    /// Skips padding, which the last element of a list may lack.
    void skipPadding(int lengthBytes) {
        in.position(in.position() + Math.min(in.remaining(), lengthBytes));
    }

    /// Another reader at the same place.
    StructReader copy() {
        return new StructReader(in);
    }

    public int remaining() {
        return in.remaining();
    }

    private void need(String field, int lengthBytes) throws MalformedKernelMessage {
        if (lengthBytes < 0 || lengthBytes > in.remaining())
            throw new MalformedKernelMessage(field, lengthBytes, in.remaining());
    }
}
