package org.keyferry.vici;

import java.time.Duration;

/// A moment on the monotonic clock until which to wait; perhaps never.
record Deadline(boolean never, long nanoTime) {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    static Deadline in(Duration timeout) {
        boolean never = timeout.compareTo(LONGEST) > 0;
        return new Deadline(never, never ? 0 : System.nanoTime() + timeout.toNanos());
    }

    boolean isOver() {
        return !never && nanoTime - System.nanoTime() <= 0;
    }

    /// As `Selector.select` wants it: 0 waits for ever, so at least 1.
    long remainingMillis() {
        return never ? 0 : Math.max(1, (nanoTime - System.nanoTime() + 999_999) / 1_000_000);
    }
}
