package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.EngineSettings;
import org.keyferry.settings.model.PathHandling;

class NatTest {
    private final SimWorld world = SimWorld.seeded(3);
    private final SimPeer laptop = world.peer("laptop", "10.0.0.1", withMargin());
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private static EngineSettings withMargin() {
        return EngineSettings.defaults()
                .with(
                        new PathHandling(
                                Duration.ofSeconds(10), true, false, false, Duration.ZERO, true));
    }

    private void configure(SimConnection connection) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
    }

    @Test
    void bothSidesSeeTheNatAndMoveToPort4500() {
        world.network().nat(laptop, "192.0.2.77");
        configure(SimConnection.between("laptop.test", "gateway.test"));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        var inside = laptop.views().getFirst();
        var outside = gateway.views().getFirst();
        assertTrue(inside.natLocal() && !inside.natRemote());
        assertTrue(outside.natRemote() && !outside.natLocal());
        assertEquals(4500, inside.local().port());
        assertEquals(4500, outside.local().port());
        assertEquals("192.0.2.77", outside.remote().address().toString());
        assertTrue(outside.children().getFirst().installation().encap());
        world.run(Duration.ofSeconds(50));
        assertEquals(2, laptop.keepalives(), "one each 20 s, only from behind the NAT");
        assertEquals(0, gateway.keepalives());
    }

    /// A NAT may come in between later (RFC 4555 3.3).
    @Test
    void withMobikeTheyMoveToPort4500WithoutANatToo() {
        configure(SimConnection.between("laptop.test", "gateway.test"));
        expectWithoutEncapsulation(4500);
    }

    @Test
    void withoutANatAndWithoutMobikeNothingMoves() {
        configure(SimConnection.between("laptop.test", "gateway.test").withoutMobike());
        expectWithoutEncapsulation(500);
    }

    private void expectWithoutEncapsulation(int port) {
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(60));
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertEquals(port, peer.views().getFirst().local().port());
            assertEquals(port, peer.views().getFirst().remote().port());
            assertFalse(peer.views().getFirst().children().getFirst().installation().encap());
            assertEquals(0, peer.keepalives());
        }
    }

    @Test
    void encapPretendsANat() {
        configure(SimConnection.between("laptop.test", "gateway.test").encap());
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(10));
        assertTrue(laptop.views().getFirst().children().getFirst().installation().encap());
        assertTrue(gateway.views().getFirst().children().getFirst().installation().encap());
        assertEquals(4500, gateway.views().getFirst().local().port());
    }

    /// A host that slept has its SA looked at instead of a binding that may be gone.
    @Test
    void aLateKeepaliveIsALivenessCheck() {
        world.network().nat(laptop, "192.0.2.77");
        configure(SimConnection.between("laptop.test", "gateway.test").withoutMobike());
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(10));
        laptop.sleeps(Duration.ofSeconds(40));
        world.run(Duration.ofSeconds(60));
        assertEquals(
                1,
                world.transcript().stream()
                        .filter(line -> line.contains("laptop > gateway  INFORMATIONAL request"))
                        .count());
    }
}
