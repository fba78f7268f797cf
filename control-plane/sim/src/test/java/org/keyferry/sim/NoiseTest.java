package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// A network that spoils, cuts, repeats and reflects what it carries.
class NoiseTest {
    private static final int SEEDS = Integer.getInteger("keyferry.sim.seeds", 1_000) / 5;

    @Test
    void noNoiseBreaksAnEngineAndAfterItTheTunnelWorks() {
        LongStream.range(0, SEEDS).parallel().forEach(NoiseTest::story);
    }

    private static void story(long seed) {
        var world = SimWorld.seeded(seed);
        SimPeer a = world.peer("a", "192.0.2.1");
        SimPeer b = world.peer("b", "192.0.2.2");
        var connection =
                SimConnection.between("a.test", "b.test")
                        .dpd(Duration.ofSeconds(30))
                        .keyingTries(0);
        var key = SimConnection.secret("ike-1", "correct horse");
        a.configured(List.of(connection.build()), List.of(key));
        b.configured(List.of(connection.mirrored().build()), List.of(key));

        world.network().noise(0.5);
        a.initiates("office", "net", b.address());
        world.run(Duration.ofMinutes(10));
        if (seed % 3 == 0) {
            b.views().forEach(view -> b.terminates(view.uniqueId()));
            world.run(Duration.ofMinutes(3));
        }
        world.network().noise(0);
        world.run(Duration.ofMinutes(6));
        if (a.established() == 0) {
            a.initiates("office", "net", b.address());
            world.run(Duration.ofMinutes(6));
        }
        world.checkAgreement();
        assertEquals(1, a.established(), () -> "seed " + seed);
        assertEquals(1, b.established(), () -> "seed " + seed);
        assertEquals(2, a.kernel().states().size(), () -> "seed " + seed);

        a.views().forEach(view -> a.terminates(view.uniqueId()));
        world.run(Duration.ofMinutes(6));
        for (SimPeer peer : List.of(a, b)) {
            assertEquals(0, peer.engine().size(), () -> "seed " + seed);
            assertEquals(0, peer.kernel().objectCount(), () -> "seed " + seed);
            assertEquals(0, peer.reqidsInUse(), () -> "seed " + seed);
        }
    }
}
