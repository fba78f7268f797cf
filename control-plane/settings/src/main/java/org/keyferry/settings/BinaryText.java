package org.keyferry.settings;

import java.util.Arrays;
import java.util.Base64;

/// Bytes written into a configuration: secrets, and certificates that stand in the file itself.
public final class BinaryText {
    private BinaryText() {}

    /// Whether a text says that it is encoded bytes, and not a file's name or plain text.
    public static boolean isEncoded(String text) {
        return text.startsWith("0x") || text.startsWith("0s");
    }

    /// `0x` hexadecimal, `0s` base64, else the bytes as they stand. The result is the caller's own.
    ///
    /// @throws IllegalArgumentException which tells nothing of the content
    public static byte[] decode(byte[] written) {
        if (written.length < 2 || written[0] != '0') return written.clone();
        try {
            return switch (written[1]) {
                case 'x' -> hex(written);
                case 's' ->
                        Base64.getDecoder().decode(Arrays.copyOfRange(written, 2, written.length));
                default -> written.clone();
            };
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException(
                    "not valid " + (written[1] == 'x' ? "hexadecimal" : "base64"));
        }
    }

    /// Colons between digits are passed over; of an odd number of digits the first is a byte alone.
    private static byte[] hex(byte[] written) {
        var digits = new byte[written.length];
        int count = 0;
        for (int at = 2; at < written.length; at++) {
            if (written[at] == ':') continue;
            int digit = Character.digit(written[at], 16);
            if (digit < 0) throw new IllegalArgumentException("no hexadecimal digit");
            digits[count++] = (byte) digit;
        }
        var bytes = new byte[(count + 1) / 2];
        int odd = count % 2;
        for (int i = 0; i < count; i++)
            bytes[(i + odd) / 2] |= (byte) (digits[i] << ((i + odd) % 2 == 0 ? 4 : 0));
        Arrays.fill(digits, (byte) 0);
        return bytes;
    }
}
