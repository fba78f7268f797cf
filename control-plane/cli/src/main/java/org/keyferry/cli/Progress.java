package org.keyferry.cli;

import java.io.PrintWriter;
import java.time.Duration;

/// One line on standard error that tells how far something long is, written over again and again
/// and wiped in the end. Nothing at all if that is no terminal, and nothing if it is quick.
final class Progress implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String WIPE_LINE = "\r\033[K";

    private final PrintWriter err;
    private final boolean wanted;
    private long nextNanos = System.nanoTime() + PATIENCE.toNanos();
    private boolean shown;

    Progress(PrintWriter err, Style style) {
        this.err = err;
        this.wanted = style.progress();
    }

    void at(String what, long done, long total) {
        if (wanted && System.nanoTime() - nextNanos >= 0) {
            nextNanos = System.nanoTime() + PAUSE.toNanos();
            err.print(WIPE_LINE + what + " " + done + (total > 0 ? " of " + total : "") + " ");
            err.flush();
            shown = true;
        }
    }

    /// Wipes the line, so that something else can be printed.
    void pause() {
        if (shown) {
            err.print(WIPE_LINE);
            err.flush();
            shown = false;
        }
    }

    @Override
    public void close() {
        pause();
    }
}
