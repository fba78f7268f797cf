package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTest {
    private final SplittableRandom random = new SplittableRandom(3);

    @ParameterizedTest
    @CsvSource({"1, 60", "2, 120", "3, 240", "4, 480", "5, 600", "6, 600", "1000000, 600"})
    void aMinuteAtFirstTenAtMost(int failures, int seconds) {
        var seen = new HashSet<Duration>();
        for (int i = 0; i < 100; i++) {
            Duration delay = Retry.delay(failures, Duration.ZERO, random);
            assertTrue(delay.compareTo(Duration.ofSeconds(seconds)) <= 0, delay::toString);
            assertTrue(delay.compareTo(Duration.ofMillis(seconds * 750L)) >= 0, delay::toString);
            seen.add(delay);
        }
        assertTrue(seen.size() > 50, "not all at once");
    }

    @Test
    void aConfiguredIntervalStaysTheSame() {
        Duration delay = Retry.delay(9, Duration.ofSeconds(8), random);
        assertTrue(delay.toMillis() > 6_000 && delay.toMillis() <= 8_000, delay::toString);
        assertEquals(Duration.ZERO, Retry.delay(0, Duration.ofSeconds(8), random));
    }
}
