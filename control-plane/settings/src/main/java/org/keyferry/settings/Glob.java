package org.keyferry.settings;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Shell patterns as glob(3) expands them: `*`, `?`, `[…]` and backslash, without braces and tilde.
/// A wildcard matches neither a slash nor a leading dot.
final class Glob {
    private Glob() {}

    /// Existing files in byte order of their paths. What cannot be read matches nothing.
    static List<Path> expand(Path directory, String pattern) {
        boolean absolute = pattern.startsWith("/");
        List<Path> found = List.of(absolute ? Path.of("/") : directory);
        try {
            for (String part : pattern.split("/", -1)) {
                if (!part.isEmpty()) found = step(found, part);
            }
        } catch (InvalidPathException _) {
            return List.of();
        }
        return found.stream().filter(path -> !path.equals(directory)).sorted().toList();
    }

    private static List<Path> step(List<Path> directories, String part) {
        var next = new ArrayList<Path>();
        for (Path directory : directories) {
            if (hasWildcard(part)) addMatches(directory, part, next);
            else addIfThere(directory.resolve(unescape(part)), next);
        }
        return next;
    }

    private static void addIfThere(Path path, List<Path> to) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) to.add(path);
    }

    private static void addMatches(Path directory, String part, List<Path> to) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (matches(part, entry.getFileName().toString())) to.add(entry);
            }
        } catch (IOException | DirectoryIteratorException _) {
            // not a directory, or none that we may read: glob(3) goes on without it
        }
    }

    private static boolean hasWildcard(String part) {
        for (int at = 0; at < part.length(); at++) {
            char c = part.charAt(at);
            if (c == '\\') at++;
            else if (c == '*' || c == '?' || c == '[') return true;
        }
        return false;
    }

    private static String unescape(String part) {
        var plain = new StringBuilder();
        for (int at = 0; at < part.length(); at++) {
            if (part.charAt(at) == '\\' && at + 1 < part.length()) at++;
            plain.append(part.charAt(at));
        }
        return plain.toString();
    }

    /// Whether a file name matches a pattern without slashes. Linear in name × pattern.
    static boolean matches(String pattern, String name) {
        if (name.startsWith(".") && !pattern.startsWith(".") && !pattern.startsWith("\\."))
            return false;
        int p = 0;
        int n = 0;
        int starPattern = -1;
        int starName = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                starPattern = ++p;
                starName = n;
                continue;
            }
            int end = p < pattern.length() ? matchOne(pattern, p, name.charAt(n)) : -1;
            if (end >= 0) {
                p = end;
                n++;
            } else if (starPattern >= 0) {
                p = starPattern;
                n = ++starName;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') p++;
        return p == pattern.length();
    }

    /// Index behind the pattern element at `at` if it matches `c`, else -1.
    private static int matchOne(String pattern, int at, char c) {
        return switch (pattern.charAt(at)) {
            case '?' -> at + 1;
            case '\\' -> {
                int literal = at + 1 < pattern.length() ? at + 1 : at;
                yield pattern.charAt(literal) == c ? literal + 1 : -1;
            }
            case '[' -> {
                int end = setEnd(pattern, at);
                if (end < 0) yield c == '[' ? at + 1 : -1; // an unclosed set is a plain bracket
                yield inSet(pattern.substring(at + 1, end), c) ? end + 1 : -1;
            }
            default -> pattern.charAt(at) == c ? at + 1 : -1;
        };
    }

    /// Index of the bracket that closes the set opened at `at`, or -1. A bracket in first place is
    /// a member.
    private static int setEnd(String pattern, int at) {
        int first = at + 1;
        if (first < pattern.length() && isNegation(pattern.charAt(first))) first++;
        for (int i = first; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') i++;
            else if (c == ']' && i > first) return i;
        }
        return -1;
    }

    private static boolean isNegation(char c) {
        return c == '!' || c == '^';
    }

    private static boolean inSet(String set, char c) {
        boolean negated = isNegation(set.charAt(0));
        boolean found = false;
        for (int i = negated ? 1 : 0; i < set.length(); i++) {
            if (set.charAt(i) == '\\' && i + 1 < set.length()) i++;
            char low = set.charAt(i);
            char high = low;
            if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
                high = set.charAt(i + 2);
                i += 2;
            }
            found |= low <= c && c <= high;
        }
        return found != negated;
    }
}
