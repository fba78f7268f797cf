package org.keyferry.daemon;

import java.time.Duration;
import java.time.Instant;

/// The daemon's only clock: wall time at its start, plus monotonic time since. Setting the host's
/// clock neither fires nor delays a timer.
public final class MonotonicClock {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    public Instant now() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }

    public Instant start() {
        return start;
    }

    public Duration running() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
