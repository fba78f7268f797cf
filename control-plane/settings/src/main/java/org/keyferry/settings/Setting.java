package org.keyferry.settings;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A key with its value as written. May be a secret: it never prints its value.
public final class Setting {
    private final String key;
    private final byte[] value;
    private final boolean present;
    private final Origin origin;

    /// @param value taken over; null for a key without a value
    Setting(String key, byte[] value, Origin origin) {
        this.key = key;
        this.present = value != null;
        this.value = present ? value : new byte[0];
        this.origin = origin;
    }

    public String key() {
        return key;
    }

    /// Where the value was written, which may be a section that was inherited from.
    public Origin origin() {
        return origin;
    }

    /// Read as UTF-8; a byte that is none becomes the replacement character.
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    /// A copy of the bytes as they stand in the file.
    public byte[] bytes() {
        return value.clone();
    }

    /// False for `key =`, which hides an inherited value and is itself none.
    boolean isPresent() {
        return present;
    }

    void wipe() {
        Arrays.fill(value, (byte) 0);
    }

    @Override
    public String toString() {
        return origin + ": " + key;
    }
}
