package org.keyferry.daemon.sim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Consumer;

/// Reads a file of one credential in each line. A line that is wrong is told, and left out.
final class CredentialLines {
    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_TOLD = 20;

    /// What a line is made into.
    @FunctionalInterface
    interface Line {
        /// @throws IllegalArgumentException if it is wrong; must not show what is secret
        void read(String text);
    }

    /// @param problems gets a sentence for each wrong line, and if the file cannot be read
    static void read(Path file, Line line, Consumer<String> problems) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                problems.accept("%s: more than %d bytes".formatted(file, MAX_BYTES));
                return;
            }
            var told = new int[1];
            int number = 0;
            for (String text : Files.readString(file, StandardCharsets.UTF_8).split("\n", -1)) {
                number++;
                String stripped = text.strip();
                if (stripped.isEmpty() || stripped.startsWith("#")) {
                    continue;
                }
                try {
                    line.read(stripped);
                } catch (IllegalArgumentException e) {
                    if (told[0]++ < MAX_TOLD) {
                        problems.accept("%s:%d: %s".formatted(file, number, e.getMessage()));
                    }
                }
            }
            if (told[0] > MAX_TOLD) {
                problems.accept("%s: %d more lines are wrong".formatted(file, told[0] - MAX_TOLD));
            }
        } catch (IOException e) {
            problems.accept("%s cannot be read: %s".formatted(file, e));
        }
    }

    /// @param name for whoever is told
    static byte[] hex(String name, String text, int bytes) {
        if (!text.matches("[0-9A-Fa-f]{%d}".formatted(2 * bytes))) {
            throw new IllegalArgumentException(
                    "%s is not %d hexadecimal digits".formatted(name, 2 * bytes));
        }
        return HexFormat.of().parseHex(text);
    }

    private CredentialLines() {}
}
