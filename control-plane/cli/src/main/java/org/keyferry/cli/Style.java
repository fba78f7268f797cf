package org.keyferry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Colours and progress for people at a terminal; plain text for everybody else.
///
/// @param progress whether standard error is a terminal, where a line may be written over
record Style(boolean colours, boolean progress) {
    static final Style PLAIN = new Style(false, false);

    /// Coloured if standard output is a terminal that can show it and nobody set `NO_COLOR`. Asks
    /// /proc because `System.console()` costs a good part of our start-up time.
    static Style ofTerminal() {
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        boolean unwanted = dumb || isSet(System.getenv("NO_COLOR"));
        return new Style(
                !unwanted && isTerminal(Path.of("/proc/self/fd/1")),
                !dumb && isTerminal(Path.of("/proc/self/fd/2")));
    }

    /// As no-color.org has it: an empty value does not count.
    private static boolean isSet(String value) {
        return value != null && !value.isEmpty();
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

    String warn(String text) {
        return wrap("33", text);
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
