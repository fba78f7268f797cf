package org.keyferry.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.IpAddress;

/// How strongswan.conf reads typed values; what does not fit is empty, so that a default applies.
final class ConfValues {
    private static final Pattern INTEGER = Pattern.compile("[+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+)");
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern TIME =
            Pattern.compile("([0-9]{1,10})[ \t]*([smhd]?).*", Pattern.DOTALL);

    private ConfValues() {}

    /// `1 yes true enabled` or `0 no false disabled`, in any case.
    static Optional<Boolean> bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "yes", "true", "enabled" -> Optional.of(true);
            case "0", "no", "false", "disabled" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /// Decimal or `0x` hexadecimal within 32 bits, signed or, like SPIs, unsigned.
    static Optional<Integer> integer(String text) {
        return wide(text)
                .filter(value -> value >= Integer.MIN_VALUE && value <= 0xffff_ffffL)
                .map(Long::intValue);
    }

    private static Optional<Long> wide(String text) {
        if (!INTEGER.matcher(text).matches() || text.length() > 18) return Optional.empty();
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
        try {
            long value =
                    hex ? Long.parseLong(digits, 2, digits.length(), 16) : Long.parseLong(digits);
            return Optional.of(negative ? -value : value);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    static Optional<IpAddress> ipv4(String text) {
        try {
            return Optional.of(IpAddress.parse(text.strip())).filter(address -> !address.v6());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// 64 bits, unsigned.
    static Optional<Long> bits(String text) {
        try {
            return Optional.of(
                    text.startsWith("0x") || text.startsWith("0X")
                            ? Long.parseUnsignedLong(text, 2, text.length(), 16)
                            : Long.parseUnsignedLong(text));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// `value[/mask]`, the mask being all ones if it is left out.
    static Optional<Mark> mark(String text) {
        try {
            return Optional.of(ValueKinds.mark(text)).filter(m -> m.kind() == Mark.Kind.FIXED);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static Optional<Double> number(String text) {
        if (!NUMBER.matcher(text).matches())
            return wide(text).map(Long::doubleValue); // hexadecimal, as C's strtod takes it
        return Optional.of(Double.valueOf(text)).filter(Double::isFinite);
    }

    /// A number of seconds, or of the unit `s`, `m`, `h` or `d` behind it; later text is ignored.
    static Optional<Duration> time(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) return Optional.empty();
        long number = Long.parseLong(time.group(1));
        return Optional.of(Duration.ofSeconds(number * secondsPer(time.group(2))));
    }

    static int secondsPer(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "m" -> 60;
            case "h" -> 3_600;
            case "d" -> 86_400;
            default -> 1;
        };
    }
}
