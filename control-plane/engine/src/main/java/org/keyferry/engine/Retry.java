package org.keyferry.engine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before what failed is tried again: longer each time, and never the same for
/// many tunnels at once.
public final class Retry {
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final double JITTER = 0.25;
    private static final int MOST_DOUBLINGS = 10;

    private Retry() {}

    /// A minute after the first failure, at most ten, less up to a quarter.
    ///
    /// @param failures 0 for no delay
    /// @param interval `charon.retry_initiate_interval` in place of these; zero if it is not set
    public static Duration delay(int failures, Duration interval, RandomGenerator random) {
        if (failures <= 0) {
            return Duration.ZERO;
        }
        Duration longest = interval.isZero() ? doubled(failures - 1) : interval;
        long jitter = (long) (random.nextDouble() * JITTER * longest.toMillis());
        return longest.minusMillis(jitter);
    }

    private static Duration doubled(int times) {
        Duration grown = FIRST.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
        return grown.compareTo(LONGEST) > 0 ? LONGEST : grown;
    }
}
