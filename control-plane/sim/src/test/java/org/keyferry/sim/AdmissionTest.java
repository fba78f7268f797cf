package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.EngineSettings;
import org.keyferry.settings.model.Admission;

/// `initiator_only`, `init_limit_half_open` and `ikesa_limit`.
class AdmissionTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final SimWorld world = SimWorld.seeded(1);
    private final SimPeer first = world.peer("first", "192.0.2.1");
    private final SimPeer second = world.peer("second", "192.0.2.3");

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private SimPeer gateway(int initLimitHalfOpen, int ikesaLimit, boolean initiatorOnly) {
        var admission = new Admission(initLimitHalfOpen, ikesaLimit, initiatorOnly);
        SimPeer gateway =
                world.peer("gateway", "192.0.2.2", EngineSettings.defaults().with(admission));
        var key = SimConnection.secret("ike-1", "correct horse");
        gateway.configured(List.of(office().mirrored().build()), List.of(key));
        first.configured(List.of(office().build()), List.of(key));
        second.configured(List.of(office().build()), List.of(key));
        return gateway;
    }

    private long up(SimPeer peer, SimPeer gateway) {
        return peer.initiates("office", "net", gateway.address());
    }

    private static void assertUp(SimPeer peer, long request) {
        assertEquals(Optional.of(Optional.empty()), peer.outcome(request));
    }

    /// It has come to an end, with a reason.
    private static void assertRefused(SimPeer peer, long request) {
        assertTrue(peer.outcome(request).orElseThrow().isPresent());
    }

    @Test
    void anInitiatorAnswersNobodyAndStillInitiates() {
        SimPeer gateway = gateway(0, 0, true);
        long refused = up(first, gateway);
        world.run(LONG);
        assertRefused(first, refused);
        assertTrue(
                world.transcript().stream().noneMatch(line -> line.contains("gateway > first")),
                world.transcript()::toString);
        long own = gateway.initiates("office", "net", first.address());
        world.run(LONG);
        assertUp(gateway, own);
    }

    @Test
    void noMoreSasAreEstablishedThanAllowed() {
        SimPeer gateway = gateway(0, 1, false);
        long request = up(first, gateway);
        world.run(LONG);
        assertUp(first, request);
        long refused = up(second, gateway);
        world.run(LONG);
        assertRefused(second, refused);
        assertEquals(1, gateway.established());
        first.terminates(first.engine().views().getFirst().uniqueId());
        world.run(LONG);
        long again = up(second, gateway);
        world.run(LONG);
        assertUp(second, again);
    }

    @Test
    void noMoreSasAreHalfOpenThanAllowed() {
        SimPeer gateway = gateway(1, 0, false);
        world.network().oneWayDelay(Duration.ofMillis(20));
        up(first, gateway);
        world.run(Duration.ofMillis(30));
        assertEquals(1, gateway.engine().halfOpenCount());
        long later = up(second, gateway);
        world.run(Duration.ofMillis(25));
        assertEquals(1, gateway.engine().halfOpenCount());
        // the first is through when the second repeats itself
        world.run(LONG);
        assertUp(second, later);
        long asked =
                world.transcript().stream()
                        .filter(line -> line.contains("second > gateway  IKE_SA_INIT request"))
                        .count();
        assertEquals(2, asked, world.transcript()::toString);
    }
}
