package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;

/// Text of addresses: RFC 4291 §2.2 in, RFC 5952 out.
final class IpText {
    private static final int GROUPS = 8;
    private static final long MAPPED_V4 = 0xffffL;

    private IpText() {}

    static IpAddress parseV4(String text) {
        return IpAddress.v4(v4Bits(text, text));
    }

    private static int v4Bits(String part, String whole) {
        int bits = 0;
        int parts = 0;
        int at = 0;
        while (at <= part.length()) {
            int dot = part.indexOf('.', at);
            int end = dot < 0 ? part.length() : dot;
            bits = bits << 8 | number(part.substring(at, end), 10, 3, 255, whole);
            parts++;
            at = end + 1;
        }
        if (parts != 4) {
            throw notAnAddress(whole);
        }
        return bits;
    }

    static IpAddress parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw notAnAddress(text);
        }
        List<Integer> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0, text);
        List<Integer> tail = gap < 0 ? List.of() : groups(text.substring(gap + 2), true, text);
        int missing = GROUPS - head.size() - tail.size();
        if (gap < 0 ? missing != 0 : missing < 1) {
            throw notAnAddress(text);
        }
        long[] halves = new long[2];
        for (int i = 0; i < GROUPS; i++) {
            int fromTail = i - head.size() - missing;
            int group = i < head.size() ? head.get(i) : fromTail >= 0 ? tail.get(fromTail) : 0;
            halves[i / 4] = halves[i / 4] << 16 | group;
        }
        return new IpAddress(halves[0], halves[1], true);
    }

    /// The groups of one side of `::`; the last may be a dotted IPv4 address, if `atEnd`.
    private static List<Integer> groups(String side, boolean atEnd, String whole) {
        List<Integer> groups = new ArrayList<>(GROUPS);
        int at = 0;
        while (!side.isEmpty() && at <= side.length()) {
            int colon = side.indexOf(':', at);
            int end = colon < 0 ? side.length() : colon;
            String group = side.substring(at, end);
            if (colon < 0 && atEnd && group.indexOf('.') >= 0) {
                int bits = v4Bits(group, whole);
                groups.add(bits >>> 16);
                groups.add(bits & 0xffff);
            } else {
                groups.add(number(group, 16, 4, 0xffff, whole));
            }
            at = end + 1;
        }
        return groups;
    }

    /// Digits only; a decimal number has no leading zero, which some read as octal.
    private static int number(String digits, int radix, int maxDigits, int max, String whole) {
        boolean octalLike = radix == 10 && digits.length() > 1 && digits.charAt(0) == '0';
        if (digits.isEmpty() || digits.length() > maxDigits || octalLike) {
            throw notAnAddress(whole);
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                throw notAnAddress(whole);
            }
            value = value * radix + digit;
        }
        if (value > max) {
            throw notAnAddress(whole);
        }
        return value;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not an IP address: '" + text + "'");
    }

    static String formatV4(int bits) {
        return (bits >>> 24)
                + "."
                + (bits >>> 16 & 0xff)
                + "."
                + (bits >>> 8 & 0xff)
                + "."
                + (bits & 0xff);
    }

    static String formatV6(long high, long low) {
        if (high == 0 && low >>> 32 == MAPPED_V4) {
            return "::ffff:" + formatV4((int) low);
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (int) ((i < 4 ? high : low) >>> (48 - 16 * (i % 4))) & 0xffff;
        }
        int gapAt = -1;
        int gapLength = 1; // a single zero group is written out (RFC 5952 §4.2.2)
        for (int i = 0; i < GROUPS; i++) {
            int run = zerosAt(groups, i);
            if (run > gapLength) {
                gapAt = i;
                gapLength = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapAt) {
                text.append("::");
                i += gapLength - 1;
            } else {
                boolean needsColon = !text.isEmpty() && text.charAt(text.length() - 1) != ':';
                text.append(needsColon ? ":" : "").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static int zerosAt(int[] groups, int at) {
        int end = at;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - at;
    }
}
