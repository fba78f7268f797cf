package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.engine.Attempt;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.UniquePolicy;

/// Both ends set the same tunnel up at once: one IKE_SA with its child is what remains.
class CrossedSetUpsTest {
    private static final int SEEDS = 40;

    @ParameterizedTest
    @EnumSource(UniquePolicy.class)
    void oneTunnelRemains(UniquePolicy unique) {
        for (long seed = 0; seed < SEEDS; seed++) {
            crossed(seed, unique, 0);
        }
    }

    @ParameterizedTest
    @EnumSource(UniquePolicy.class)
    void oneTunnelRemainsWhenDatagramsAreLost(UniquePolicy unique) {
        for (long seed = 0; seed < SEEDS; seed++) {
            crossed(seed, unique, 20);
        }
    }

    private static void crossed(long seed, UniquePolicy unique, int lossPercent) {
        var world = SimWorld.seeded(seed);
        var left = world.peer("left", "192.0.2.1");
        var right = world.peer("right", "192.0.2.2");
        var key = SimConnection.secret("ike-1", "correct horse");
        var office =
                SimConnection.between("left.test", "right.test")
                        .unique(unique)
                        .dpd(Duration.ofSeconds(30))
                        .whenClosed(Action.START)
                        .whenDead(Action.START);
        left.configured(List.of(office.build()), List.of(key));
        right.configured(
                List.of(office.mirrored().whenClosed(Action.START).whenDead(Action.START).build()),
                List.of(key));
        world.network().loss(lossPercent / 100.0);
        left.initiates("office", "net", right.address(), Attempt.WANTED);
        world.run(Duration.ofMillis(new SplittableRandom(seed).nextInt(60)));
        right.initiates("office", "net", left.address(), Attempt.WANTED);
        world.run(Duration.ofMinutes(20));
        world.network().loss(0);
        world.run(Duration.ofMinutes(5));
        for (SimPeer peer : List.of(left, right)) {
            String whose = "seed " + seed + ", " + peer.name();
            assertEquals(1, peer.established(), whose);
            assertEquals(1, peer.views().getFirst().children().size(), whose);
        }
        world.checkAgreement();
    }
}
