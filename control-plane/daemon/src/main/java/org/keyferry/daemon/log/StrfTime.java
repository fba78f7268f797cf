package org.keyferry.daemon.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;

/// C's `strftime`, as far as log files use it, with the fraction of the second behind.
public final class StrfTime {
    private static final Map<Character, String> PATTERNS =
            Map.ofEntries(
                    Map.entry('a', "EEE"),
                    Map.entry('A', "EEEE"),
                    Map.entry('b', "MMM"),
                    Map.entry('B', "MMMM"),
                    Map.entry('h', "MMM"),
                    Map.entry('c', "EEE MMM ppd HH:mm:ss yyyy"),
                    Map.entry('d', "dd"),
                    Map.entry('D', "MM/dd/yy"),
                    Map.entry('e', "ppd"),
                    Map.entry('F', "yyyy-MM-dd"),
                    Map.entry('H', "HH"),
                    Map.entry('I', "hh"),
                    Map.entry('j', "DDD"),
                    Map.entry('m', "MM"),
                    Map.entry('M', "mm"),
                    Map.entry('p', "a"),
                    Map.entry('R', "HH:mm"),
                    Map.entry('S', "ss"),
                    Map.entry('T', "HH:mm:ss"),
                    Map.entry('X', "HH:mm:ss"),
                    Map.entry('x', "MM/dd/yy"),
                    Map.entry('y', "yy"),
                    Map.entry('Y', "yyyy"),
                    Map.entry('z', "xx"),
                    Map.entry('Z', "zzz"));

    private final DateTimeFormatter formatter;

    /// @param format conversions that are not known are printed as they stand
    /// @param fractionDigits 0, 3 or 6
    public StrfTime(String format, int fractionDigits) {
        var builder = new DateTimeFormatterBuilder();
        for (int at = 0; at < format.length(); at++) {
            char c = format.charAt(at);
            boolean conversion = c == '%' && at + 1 < format.length();
            if (conversion) {
                convert(builder, format.charAt(++at));
            } else {
                builder.appendLiteral(c);
            }
        }
        if (fractionDigits > 0) {
            builder.appendLiteral('.')
                    .appendFraction(
                            ChronoField.NANO_OF_SECOND, fractionDigits, fractionDigits, false);
        }
        this.formatter = builder.toFormatter(Locale.ENGLISH);
    }

    private static void convert(DateTimeFormatterBuilder builder, char conversion) {
        String pattern = PATTERNS.get(conversion);
        switch (conversion) {
            case '%' -> builder.appendLiteral('%');
            case 's' -> builder.appendValue(ChronoField.INSTANT_SECONDS);
            default -> {
                if (pattern == null) {
                    builder.appendLiteral("%" + conversion);
                } else {
                    builder.appendPattern(pattern);
                }
            }
        }
    }

    String print(Instant at, ZoneId zone) {
        return formatter.format(ZonedDateTime.ofInstant(at, zone));
    }
}
