package org.keyferry.settings;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.Mark;

/// How load requests read values: stricter than strongswan.conf, what does not fit is an error.
final class ValueKinds {
    /// Reads one value.
    @FunctionalInterface
    interface Kind<T> {
        /// The value that a text stands for.
        ///
        /// @throws IllegalArgumentException if there is none, its message being the reason
        T parse(String text);
    }

    /// A value that is right, but not honoured here.
    static final class Unsupported extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Unsupported(String reason) {
            super(reason);
        }
    }

    private static final long MAX_UNSIGNED = 0xffff_ffffL;
    private static final String NUMBER = "(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})";
    private static final Pattern PLAIN = Pattern.compile(NUMBER);
    private static final Pattern TIME = Pattern.compile(NUMBER + " ?([smhdSMHD]?)");
    private static final Pattern BYTES = Pattern.compile(NUMBER + " ?([kmgKMG]?)");

    private ValueKinds() {}

    static boolean bool(String text) {
        return ConfValues.bool(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("'" + text + "' is neither yes nor no"));
    }

    static String text(String text) {
        return text;
    }

    /// 0 to 2^32 - 1, in C's bases: decimal, `0x` hexadecimal, `0` octal. The result is unsigned.
    static int uint(String text) {
        Matcher number = PLAIN.matcher(text);
        if (!number.matches()) throw new IllegalArgumentException("'" + text + "' is no number");
        return (int) bounded(number(text, text), MAX_UNSIGNED, text);
    }

    static Kind<Integer> uintUpTo(int max) {
        return text -> {
            int value = uint(text);
            return (int) bounded(Integer.toUnsignedLong(value), max, text);
        };
    }

    /// Seconds, or a number with the unit `s`, `m`, `h` or `d`; at most 2^32 - 1 seconds.
    static Duration time(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) throw new IllegalArgumentException("'" + text + "' is no time");
        long number = bounded(number(time.group(1), text), MAX_UNSIGNED, text);
        int perUnit = ConfValues.secondsPer(time.group(2));
        return Duration.ofSeconds(bounded(number * perUnit, MAX_UNSIGNED, text));
    }

    /// A number of bytes, with `k`, `m` or `g` of 1024, 1024² or 1024³; saturates at 2^63 - 1.
    static long bytes(String text) {
        Matcher bytes = BYTES.matcher(text);
        if (!bytes.matches()) throw new IllegalArgumentException("'" + text + "' is no byte count");
        int shift =
                switch (bytes.group(2).toLowerCase(Locale.ROOT)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
        long number = number(bytes.group(1), text);
        return number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift;
    }

    static long packets(String text) {
        if (!PLAIN.matcher(text).matches())
            throw new IllegalArgumentException("'" + text + "' is no packet count");
        return number(text, text);
    }

    /// Hexadecimal digits, as ids of objects on tokens are written.
    static String hex(String text) {
        if (!text.matches("(0[xX])?[0-9a-fA-F:]+"))
            throw new IllegalArgumentException("'" + text + "' is not hexadecimal");
        return text;
    }

    /// Number of a token's slot, which may take all 64 bits.
    static long slot(String text) {
        try {
            return Long.parseUnsignedLong(text.strip());
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + text + "' is no number");
        }
    }

    /// Binary digits, of which the last six count.
    static int dscp(String text) {
        if (!text.matches("[01]{1,32}"))
            throw new IllegalArgumentException("'" + text + "' are no binary digits");
        return (int) (Long.parseLong(text, 2) & 0x3f);
    }

    /// `value[/mask]`, the mask being all ones if it is left out; the value may also be one that
    /// each SA is given.
    static Mark mark(String text) {
        Mark mark = setMarkOrOwn(text);
        if (mark.kind() == Mark.Kind.SAME)
            throw new IllegalArgumentException("'" + text + "' is no mark of policies");
        return mark;
    }

    /// A mark that packets get: also `%same`, but none of its own for each SA.
    static Mark setMark(String text) {
        Mark mark = setMarkOrOwn(text);
        if (mark.kind() == Mark.Kind.UNIQUE || mark.kind() == Mark.Kind.UNIQUE_DIR)
            throw new IllegalArgumentException("'" + text + "' is no mark to set");
        return mark;
    }

    private static Mark setMarkOrOwn(String text) {
        int slash = text.indexOf('/');
        int mask = slash < 0 ? -1 : uint(text.substring(slash + 1));
        String value = slash < 0 ? text : text.substring(0, slash);
        return switch (value) {
            case "%unique" -> new Mark(Mark.Kind.UNIQUE, 0, mask);
            case "%unique-dir" -> new Mark(Mark.Kind.UNIQUE_DIR, 0, mask);
            case "%same" -> new Mark(Mark.Kind.SAME, 0, mask);
            default -> new Mark(uint(value) & mask, mask);
        };
    }

    static InterfaceId interfaceId(String text) {
        return switch (text) {
            case "%unique" -> InterfaceId.UNIQUE;
            case "%unique-dir" -> InterfaceId.UNIQUE_DIR;
            default -> InterfaceId.fixed(uint(text));
        };
    }

    /// `none`, `trap`, `start`, their other names, or several joined by `|`.
    static Set<Action> actions(String text) {
        var actions = EnumSet.noneOf(Action.class);
        for (String word : text.split("\\|", -1)) {
            switch (word.strip().toLowerCase(Locale.ROOT)) {
                case "none", "clear" -> {}
                case "trap", "route" -> actions.add(Action.TRAP);
                case "start", "restart" -> actions.add(Action.START);
                default -> throw new IllegalArgumentException("'" + text + "' is no action");
            }
        }
        return actions;
    }

    /// One of the words, in any case.
    static Kind<String> oneOf(String... words) {
        return wordOf(List.of(words), word -> word);
    }

    /// A constant by its name in any case.
    static <E extends Enum<E>> Kind<E> constant(Class<E> type) {
        List<String> words =
                Arrays.stream(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .toList();
        return wordOf(words, word -> Enum.valueOf(type, word.toUpperCase(Locale.ROOT)));
    }

    private static <T> Kind<T> wordOf(List<String> words, Function<String, T> meaning) {
        return text -> {
            String word = text.toLowerCase(Locale.ROOT);
            if (!words.contains(word))
                throw new IllegalArgumentException(
                        "'" + text + "' is none of " + String.join(", ", words));
            return meaning.apply(word);
        };
    }

    private static long bounded(long value, long max, String text) {
        if (value > max) throw new IllegalArgumentException("'" + text + "' is above " + max);
        return value;
    }

    /// Saturates at 2^63 - 1.
    private static long number(String digits, String text) {
        int base = 10;
        String plain = digits;
        if (digits.startsWith("0x") || digits.startsWith("0X")) {
            base = 16;
            plain = digits.substring(2);
        } else if (digits.startsWith("0") && digits.length() > 1) {
            base = 8;
            if (!digits.matches("[0-7]+"))
                throw new IllegalArgumentException("'" + text + "' is no octal number");
        }
        var value = new BigInteger(plain, base);
        return value.bitLength() > 63 ? Long.MAX_VALUE : value.longValue();
    }
}
