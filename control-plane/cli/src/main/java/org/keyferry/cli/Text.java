package org.keyferry.cli;

import java.util.Locale;

/// Quantities as people read them.
final class Text {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Text() {}

    /// `45s`, `6m40s`, `3h36m`, `2d4h`; with a minus sign if negative.
    static String duration(long seconds) {
        if (seconds < 0) {
            return "-" + duration(-seconds);
        }
        if (seconds < MINUTE) {
            return seconds + "s";
        }
        if (seconds < HOUR) {
            return seconds / MINUTE + "m" + seconds % MINUTE + "s";
        }
        return seconds < DAY
                ? seconds / HOUR + "h" + seconds % HOUR / MINUTE + "m"
                : seconds / DAY + "d" + seconds % DAY / HOUR + "h";
    }

    /// `84 B`, `1.5 KiB`, `20.0 GiB`.
    static String bytes(long count) {
        if (count < 1024) {
            return count + " B";
        }
        double value = count;
        int unit = -1;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, "KMGTP".charAt(unit));
    }

    static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
