package org.keyferry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Colours for people at a terminal; plain text for everybody else.
record Style(boolean colours) {
    static final Style PLAIN = new Style(false);

    /// Coloured if standard output is a terminal that can show it and nobody set `NO_COLOR`. Asks
    /// /proc because `System.console()` costs a good part of our start-up time.
    static Style ofStandardOutput() {
        boolean unwanted =
                System.getenv("NO_COLOR") != null || "dumb".equals(System.getenv("TERM"));
        return new Style(!unwanted && isTerminal(Path.of("/proc/self/fd/1")));
    }

    private static boolean isTerminal(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException _) {
            return false;
        }
    }

    String good(String text) {
        return wrap("32", text);
    }

    String bad(String text) {
        return wrap("31", text);
    }

    String strong(String text) {
        return wrap("1", text);
    }

    String faint(String text) {
        return wrap("2", text);
    }

    private String wrap(String code, String text) {
        return colours ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
