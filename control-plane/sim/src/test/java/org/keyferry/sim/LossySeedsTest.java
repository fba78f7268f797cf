package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Many seeds of set-up and delete over a bad network: at the end both ends agree.
class LossySeedsTest {
    private static final int SEEDS = Integer.getInteger("keyferry.sim.seeds", 1_000);
    private static final Duration BAD_TIME = Duration.ofMinutes(6);
    private static final Duration RECOVERY = Duration.ofMinutes(6);

    @Test
    void setUpAndDeleteUnderTwentyPercentLossEndInAgreement() {
        LongStream.range(0, SEEDS).parallel().forEach(LossySeedsTest::story);
    }

    private static void story(long seed) {
        var choice = new SplittableRandom(seed);
        var world = SimWorld.seeded(seed);
        SimPeer a = world.peer("a", "192.0.2.1");
        SimPeer b = world.peer("b", "192.0.2.2");
        if (choice.nextBoolean()) {
            world.network().nat(a, "192.0.2.77");
        }
        var connection =
                SimConnection.between("a.test", "b.test")
                        .dpd(Duration.ofSeconds(30))
                        .keyingTries(0);
        var key = SimConnection.secret("ike-1", "correct horse");
        a.configured(List.of(connection.build()), List.of(key));
        b.configured(List.of(connection.mirrored().build()), List.of(key));

        bad(world, choice);
        a.initiates("office", "net", b.address());
        world.run(BAD_TIME);
        good(world);
        world.run(RECOVERY);
        world.checkAgreement();
        assertEquals(a.established(), b.established(), () -> "seed " + seed);

        bad(world, choice);
        SimPeer ender = choice.nextBoolean() ? a : b;
        ender.views().forEach(view -> ender.terminates(view.uniqueId()));
        world.run(BAD_TIME);
        good(world);
        world.run(RECOVERY);
        assertEquals(0, a.kernel().objectCount(), () -> "seed " + seed);
        assertEquals(0, b.kernel().objectCount(), () -> "seed " + seed);
        assertEquals(0, a.engine().liveCount() + b.engine().liveCount(), () -> "seed " + seed);
    }

    private static void bad(SimWorld world, SplittableRandom choice) {
        world.network()
                .loss(0.2)
                .duplication(choice.nextDouble() * 0.2)
                .jitter(Duration.ofMillis(1 + choice.nextInt(3_000)));
    }

    private static void good(SimWorld world) {
        world.network().loss(0).duplication(0).jitter(Duration.ZERO);
    }
}
