package org.keyferry.netlink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Netlink attributes (`struct nlattr`): 2-byte length (header counted, padding not), 2-byte type,
/// value, zeros up to a multiple of 4.
///
/// An instance holds those of one message; a repeated type keeps its last value, as in the kernel.
public final class Attributes {
    private static final int HEADER_BYTES = 4;

    /// The top two bits of the type are flags (nested, network byte order).
    private static final int TYPE_MASK = 0x3fff;

    private static final int NESTED = 0x8000;

    private final Map<Integer, StructReader> byType;

    private Attributes(Map<Integer, StructReader> byType) {
        this.byType = byType;
    }

    /// Appends one. An overfull buffer throws: we sized it, so never a silently missing key or
    /// mark.
    public static void put(ByteBuffer out, int type, Consumer<ByteBuffer> value) {
        int start = out.position();
        out.position(start + HEADER_BYTES);
        value.accept(out);
        int lengthBytes = out.position() - start;
        if (lengthBytes > 0xffff)
            throw new IllegalArgumentException("attribute of " + lengthBytes + " bytes");
        out.putShort(start, (short) lengthBytes).putShort(start + 2, (short) type);
        out.put(new byte[-lengthBytes & 3]);
    }

    public static void putU8(ByteBuffer out, int type, int value) {
        put(out, type, to -> to.put((byte) value));
    }

    public static void putU16(ByteBuffer out, int type, int value) {
        put(out, type, to -> to.putShort((short) value));
    }

    public static void putU32(ByteBuffer out, int type, int value) {
        put(out, type, to -> to.putInt(value));
    }

    /// A C string with its final zero.
    public static void putText(ByteBuffer out, int type, String value) {
        put(out, type, to -> to.put(value.getBytes(UTF_8)).put((byte) 0));
    }

    /// Attributes inside an attribute, marked `NLA_F_NESTED`.
    public static void putNested(ByteBuffer out, int type, Consumer<ByteBuffer> attributes) {
        put(out, type | NESTED, attributes);
    }

    /// Reads to the end of `in`.
    public static Attributes readAll(StructReader in) throws MalformedKernelMessage {
        var byType = new LinkedHashMap<Integer, StructReader>();
        while (in.remaining() >= HEADER_BYTES) {
            int lengthBytes = in.u16("attribute length");
            int type = in.u16("attribute type") & TYPE_MASK;
            if (lengthBytes < HEADER_BYTES)
                throw new MalformedKernelMessage("attribute length", lengthBytes);
            byType.put(type, in.part("attribute " + type, lengthBytes - HEADER_BYTES));
            in.skipPadding(-lengthBytes & 3);
        }
        return new Attributes(byType);
    }

    public boolean has(int type) {
        return byType.containsKey(type);
    }

    /// The value, from its beginning.
    public Optional<StructReader> find(int type) {
        return Optional.ofNullable(byType.get(type)).map(StructReader::copy);
    }

    /// Decodes a struct, if it is there.
    public <T> Optional<T> find(int type, Decoder<T> decoder) throws MalformedKernelMessage {
        Optional<StructReader> value = find(type);
        return value.isEmpty() ? Optional.empty() : Optional.of(decoder.decode(value.get()));
    }

    public OptionalInt u8(int type) throws MalformedKernelMessage {
        return number(find(type, value -> value.u8("attribute " + type)));
    }

    public OptionalInt u16(int type) throws MalformedKernelMessage {
        return number(find(type, value -> value.u16("attribute " + type)));
    }

    public OptionalInt u32(int type) throws MalformedKernelMessage {
        return number(find(type, value -> value.u32("attribute " + type)));
    }

    /// A C string, with or without its final zero.
    public Optional<String> text(int type) throws MalformedKernelMessage {
        return find(type, value -> value.text("attribute " + type, value.remaining()));
    }

    /// The attributes inside an attribute; none if it is not there.
    public Attributes nested(int type) throws MalformedKernelMessage {
        return find(type, Attributes::readAll).orElse(new Attributes(Map.of()));
    }

    private static OptionalInt number(Optional<Integer> value) {
        return value.isEmpty() ? OptionalInt.empty() : OptionalInt.of(value.get());
    }

    /// Reads one value.
    @FunctionalInterface
    public interface Decoder<T> {
        T decode(StructReader in) throws MalformedKernelMessage;
    }
}
