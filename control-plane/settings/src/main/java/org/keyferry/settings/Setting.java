package org.keyferry.settings;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.keyferry.settings.SettingsException.Problem;

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

    /// As [#text], for values that must be text.
    ///
    /// @throws SettingsException if the bytes are no UTF-8
    String strictText() throws SettingsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException _) {
            throw new SettingsException(
                    Problem.INVALID_VALUE, origin, key, "the value is not UTF-8");
        }
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
