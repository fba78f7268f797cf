package org.keyferry.vici;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/// The bytes of one value, 0 to 65535 of them; mostly text, sometimes a certificate or a key.
/// Immutable, compared by content; `toString` gives only the length.
public final class ViciValue {
    public static final int MAX_BYTES = 65_535;
    public static final ViciValue EMPTY = new ViciValue(new byte[0]);

    private final byte[] bytes;

    private ViciValue(byte[] owned) {
        if (owned.length > MAX_BYTES) {
            throw new IllegalArgumentException("VICI value of " + owned.length + " bytes");
        }
        this.bytes = owned;
    }

    public static ViciValue of(byte... bytes) {
        return new ViciValue(bytes.clone());
    }

    /// UTF-8.
    public static ViciValue of(String text) {
        return new ViciValue(text.getBytes(StandardCharsets.UTF_8));
    }

    static ViciValue owned(byte[] bytes) {
        return new ViciValue(bytes);
    }

    public int length() {
        return bytes.length;
    }

    /// A copy.
    public byte[] toArray() {
        return bytes.clone();
    }

    void putTo(ByteBuffer out) {
        out.put(bytes);
    }

    /// The value as charon's text getters read it: empty if any byte is not printable ASCII.
    public Optional<String> printable() {
        return isPrintable()
                ? Optional.of(new String(bytes, StandardCharsets.US_ASCII))
                : Optional.empty();
    }

    /// For people to read: UTF-8, undecodable bytes replaced.
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Printable ASCII, or `0x` and hex digits as `swanctl --raw` shows a blob.
    public String display() {
        return printable().orElseGet(() -> "0x" + HexFormat.of().formatHex(bytes));
    }

    /// A whole number as C's `strtol` with base 0 reads it: `10`, `0x10`, `010` (octal), `-1`.
    /// Empty if anything is left over or it does not fit 64 bits.
    public OptionalLong number() {
        return printable().map(Numbers::parse).orElse(OptionalLong.empty());
    }

    private boolean isPrintable() {
        for (byte b : bytes) {
            if (b < 0x20 || b > 0x7e) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ViciValue value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "value of " + bytes.length + " bytes";
    }
}
