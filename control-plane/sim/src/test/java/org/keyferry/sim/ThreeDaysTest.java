package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Many pairs of peers live three days each ([LongLife]): at the end each side has exactly what is
/// configured, and so has its kernel. `control-plane/sim/seeds` runs more of them, for longer.
class ThreeDaysTest {
    private static final int SEEDS = Integer.getInteger("keyferry.sim.lives", 2_000);
    private static final int RICH_SEEDS = Integer.getInteger("keyferry.sim.lives", 300);
    private static final Duration LIFE = Duration.ofDays(3);

    @Test
    void exactlyWhatIsConfiguredIsLeft() {
        long start = System.nanoTime();
        Seeds.Outcome outcome =
                Seeds.live(
                        0,
                        SEEDS,
                        LIFE,
                        LongLife.Kind.PLAIN,
                        Runtime.getRuntime().availableProcessors());
        long seconds = (System.nanoTime() - start) / 1_000_000_000L;
        System.out.printf(
                "%d seeds of 3 days in %d s: %s%n", outcome.seeds(), seconds, outcome.fates());
        assertEquals(List.of(), outcome.failures());
        assertEquals(SEEDS, outcome.seeds());
        // what the world does to them; that a CHILD_SA cannot be set up is no part of it
        var others =
                EnumSet.of(
                        LongLife.Fate.CHILD_FAILED,
                        LongLife.Fate.UDP_BLOCKED,
                        LongLife.Fate.SUSPENDED);
        for (var fate : EnumSet.complementOf(others)) {
            assertTrue(
                    outcome.fates().containsKey(fate) || SEEDS < 100, fate + " happened to nobody");
        }
    }

    /// What the other end sent by an IKE_SA that was being replaced (4, 156), demands that led
    /// round and round (50), a token for an IKE_SA to come (1188), CHILD_SAs that came first in the
    /// kernel before it was their turn (18, 411, 1113, 2894), a move during a rekeying (1231),
    /// IKE_SAs and CHILD_SAs rekeyed by both ends at once (99, 373, 2543), an answer that came
    /// after the next question (2862), a rekeying that was taken for a set-up (2660), and the end
    /// of an IKE_SA by whose CHILD_SAs the other end still sent, as it was rekeyed and
    /// reauthenticated at once (5964), a CHILD_SA that both ends set up at once (10447), and one
    /// that was not given way to as it was waiting for its turn (16880). A gateway that sent to a
    /// port which the NAT had given away (37770), and a CHILD_SA that came back over an IKE_SA of
    /// its own instead of the one that was there (39846).
    static LongStream seedsThatFailedOnce() {
        return LongStream.of(
                4, 18, 50, 99, 156, 373, 411, 1113, 1188, 1231, 2543, 2660, 2862, 2894, 5964, 10447,
                16880, 37770, 39846);
    }

    @ParameterizedTest
    @MethodSource("seedsThatFailedOnce")
    void whatFailedOnceDoesNotFailAgain(long seed) {
        var fates = LongLife.of(seed, LIFE, LongLife.Kind.PLAIN);
        assertTrue(fates.containsKey(LongLife.Fate.IKE_UP));
    }

    /// Virtual IPs, tickets, TCP, additional key exchanges and the like, in all combinations.
    @Test
    void andOfPeersThatHaveMore() {
        Seeds.Outcome outcome =
                Seeds.live(
                        0,
                        RICH_SEEDS,
                        LIFE,
                        LongLife.Kind.RICH,
                        Runtime.getRuntime().availableProcessors());
        assertEquals(List.of(), outcome.failures());
        assertEquals(RICH_SEEDS, outcome.seeds());
        for (var fate : EnumSet.of(LongLife.Fate.UDP_BLOCKED, LongLife.Fate.SUSPENDED)) {
            assertTrue(
                    outcome.fates().containsKey(fate) || RICH_SEEDS < 100,
                    fate + " happened to nobody");
        }
    }

    /// A gateway that ended an IKE_SA while the client was still setting up CHILD_SAs over the next
    /// one (104, 136), one that began itself where the client has to ask for a virtual IP (758),
    /// and an SPI that was given back where the IKE_SA was by then (39). What the other end still
    /// sent by an IKE_SA of two that both ends had set up at once (10183), and a CHILD_SA that was
    /// taken for one of an IKE_SA that is replaced, as an older one was there, too (21202). A
    /// CHILD_SA that the peer rekeyed (400630) or deleted (422195) before its answer had arrived,
    /// one that came last over an IKE_SA that had been replaced (402046, 420690), and a request
    /// over TCP for an IKE_SA that was not there yet (419798).
    @ParameterizedTest
    @ValueSource(longs = {39, 104, 136, 758, 10183, 21202, 400630, 402046, 419798, 420690, 422195})
    void whatFailedOnceWithMoreDoesNotFailAgain(long seed) {
        var fates = LongLife.of(seed, LIFE, LongLife.Kind.RICH);
        assertTrue(fates.containsKey(LongLife.Fate.IKE_UP));
    }

    /// A life can be lived again.
    @Test
    void theSameSeedLeadsToTheSame() {
        assertEquals(
                LongLife.of(5, Duration.ofDays(1), LongLife.Kind.RICH),
                LongLife.recorded(5, Duration.ofDays(1), LongLife.Kind.RICH, 0));
    }
}
