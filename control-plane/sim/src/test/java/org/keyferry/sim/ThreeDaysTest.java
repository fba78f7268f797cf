package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Many pairs of peers live three days each ([LongLife]): at the end each side has exactly what is
/// configured, and so has its kernel. `control-plane/sim/seeds` runs more of them, for longer.
class ThreeDaysTest {
    private static final int SEEDS = Integer.getInteger("keyferry.sim.lives", 2_000);
    private static final Duration LIFE = Duration.ofDays(3);

    @Test
    void exactlyWhatIsConfiguredIsLeft() {
        long start = System.nanoTime();
        Seeds.Outcome outcome =
                Seeds.live(0, SEEDS, LIFE, Runtime.getRuntime().availableProcessors());
        long seconds = (System.nanoTime() - start) / 1_000_000_000L;
        System.out.printf(
                "%d seeds of 3 days in %d s: %s%n", outcome.seeds(), seconds, outcome.fates());
        assertEquals(List.of(), outcome.failures());
        assertEquals(SEEDS, outcome.seeds());
        for (LongLife.Fate fate : LongLife.Fate.values()) {
            assertTrue(
                    outcome.fates().containsKey(fate) || SEEDS < 100, fate + " happened to nobody");
        }
    }

    /// A peer that reauthenticated while the other still sent; one that lost a tunnel to a token
    /// for an IKE_SA to come; one whose rekeyed CHILD_SA came after one that waited; one that moved
    /// while it rekeyed.
    static LongStream seedsThatFailedOnce() {
        return LongStream.of(4, 8, 16, 64, 1113, 1136, 1188, 1231);
    }

    @ParameterizedTest
    @MethodSource("seedsThatFailedOnce")
    void whatFailedOnceDoesNotFailAgain(long seed) {
        assertTrue(LongLife.of(seed, LIFE).get(LongLife.Fate.CHILD_REKEYED) > 0);
    }

    /// A life can be lived again.
    @Test
    void theSameSeedLeadsToTheSame() {
        assertEquals(
                LongLife.of(5, Duration.ofDays(1)),
                LongLife.recorded(5, Duration.ofDays(1), 0));
    }
}
