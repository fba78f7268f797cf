package org.keyferry.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/// Published test vectors are written in hex.
final class Hex {
    private Hex() {}

    static byte[] bytes(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    static boolean equal(String digits, byte[] bytes) {
        return Arrays.equals(bytes(digits), bytes);
    }
}
