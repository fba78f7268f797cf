package org.keyferry.vici;

import java.util.OptionalLong;

/// Numbers as C's `strtol(text, …, 0)` reads them.
final class Numbers {
    private Numbers() {}

    /// Leading blanks and one sign are allowed; everything after must be digits of the base that
    /// the prefix chose (`0x` hex, `0` octal, else decimal).
    static OptionalLong parse(String text) {
        String digits = text.stripLeading();
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int base = 10;
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            base = 16;
            digits = digits.substring(2);
        } else if (digits.startsWith("0")) {
            base = 8;
        }
        if (digits.isEmpty() || Character.digit(digits.charAt(0), base) < 0) {
            return OptionalLong.empty(); // Long.parseLong would accept a second sign
        }
        try {
            return OptionalLong.of(Long.parseLong(negative ? "-" + digits : digits, base));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }
}
