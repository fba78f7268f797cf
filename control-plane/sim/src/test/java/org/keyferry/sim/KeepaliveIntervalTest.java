package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.engine.sa.Mobility;
import org.keyferry.settings.model.PathHandling;

/// NAT keepalives whose interval is learned, and remembered for the peer's network.
class KeepaliveIntervalTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int EVERY_20_SECONDS = 180; // in an hour

    private final SimWorld world = SimWorld.seeded(3948);
    private SimPeer laptop;
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private SimNat behindNat(EngineSettings settings, Duration patience) {
        return behindNat(settings, patience, Duration.ZERO);
    }

    private SimNat behindNat(EngineSettings settings, Duration patience, Duration dpd) {
        laptop = world.peer("laptop", "10.0.0.1", settings);
        SimNat nat = world.network().nat(laptop, "192.0.2.77").forgetsAfter(patience);
        var key = SimConnection.secret("ike-1", "correct horse");
        var office =
                SimConnection.between("laptop.test", "gateway.test")
                        .dpd(dpd)
                        .childLifetime(Duration.ofDays(2), Duration.ofDays(3), Duration.ZERO)
                        .ikeLifetime(Duration.ofDays(2), Duration.ofDays(1), Duration.ZERO);
        laptop.configured(List.of(office.build()), List.of(key));
        gateway.configured(List.of(office.mirrored().build()), List.of(key));
        laptop.initiates("office", "net", gateway.address());
        return nat;
    }

    private long sentIn(Duration time) {
        int before = laptop.keepalives();
        long probesBefore = probes();
        world.run(time);
        return laptop.keepalives() - before + probes() - probesBefore;
    }

    private long probes() {
        return world.transcript().stream()
                .filter(line -> line.contains("laptop > gateway  INFORMATIONAL request"))
                .count();
    }

    @Test
    void aPatientNatIsRemindedSeldom() {
        SimNat nat = behindNat(EngineSettings.defaults(), Duration.ofMinutes(5));
        world.run(HOUR);
        long sent = sentIn(HOUR);
        assertTrue(sent <= 3600 / 100 + 1, sent + " in an hour");
        assertEquals(0, nat.expired());
        assertEquals(1, laptop.established());
    }

    /// It is found out once, and not tried again.
    @Test
    void anImpatientNatIsRemindedOftenEnough() {
        SimNat nat = behindNat(EngineSettings.defaults(), Duration.ofSeconds(50));
        world.run(HOUR);
        int found = nat.expired();
        assertTrue(found <= 2, found + " mappings lost while learning");
        long sent = sentIn(HOUR.multipliedBy(3));
        assertEquals(found, nat.expired(), "no mapping is lost afterwards");
        assertTrue(sent < 3 * EVERY_20_SECONDS, sent + " in three hours");
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
    }

    /// One that forgets sooner than the first interval.
    @Test
    void theIntervalShrinksBelowItsStart() {
        SimNat nat = behindNat(EngineSettings.defaults(), Duration.ofSeconds(15));
        world.run(HOUR);
        int found = nat.expired();
        assertTrue(found <= 3, found + " mappings lost while learning");
        world.run(HOUR);
        assertEquals(found, nat.expired());
    }

    @Test
    void anotherTunnelToTheSameNetworkKnowsItAlready() {
        SimNat nat = behindNat(EngineSettings.defaults(), Duration.ofSeconds(50));
        world.run(HOUR);
        int found = nat.expired();
        laptop.terminates(laptop.ike());
        world.run(Duration.ofSeconds(10));
        laptop.initiates("office", "net", gateway.address());
        world.run(HOUR);
        assertEquals(1, laptop.established());
        assertTrue(nat.expired() <= found + 1, nat.expired() + " mappings lost");
    }

    @Test
    void withALimitNothingIsLearned() {
        var fixed =
                EngineSettings.defaults()
                        .with(
                                new PathHandling(
                                        Duration.ZERO, true, false, false, Duration.ZERO, true));
        behindNat(fixed, Duration.ofMinutes(5));
        world.run(Duration.ofMinutes(1));
        assertEquals(EVERY_20_SECONDS, (double) sentIn(HOUR), 2);
        assertEquals(0, probes());
    }

    /// With another port the peer would go on to send to the former one.
    @Test
    void whereNoneAreWantedANewMappingBringsNone() {
        var d = EngineSettings.defaults();
        var none =
                new EngineSettings(
                        d.retransmitTimeout(),
                        d.retransmitBase(),
                        d.retransmitTries(),
                        d.retransmitJitter(),
                        d.retransmitLimit(),
                        d.halfOpenTimeout(),
                        d.cookieThreshold(),
                        d.cookieThresholdIp(),
                        d.blockThreshold(),
                        Duration.ZERO,
                        d.preferConfiguredProposals(),
                        d.acceptPrivateAlgs(),
                        d.port(),
                        d.portNatT(),
                        d.logLevel());
        SimNat nat = behindNat(none, Duration.ofMinutes(5), Duration.ofSeconds(30));
        world.run(Duration.ofMinutes(2));
        nat.rebind();
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> world.run(Duration.ofMinutes(2)), "without rest");
        assertEquals(0, laptop.keepalives());
        assertEquals(1, laptop.established());
    }

    /// As one that does not know that RFC 4555 lets it tell how it sees us.
    @Test
    void aPeerThatTellsNothingIsAskedSeldom() {
        behindNat(EngineSettings.defaults(), Duration.ofMinutes(5));
        world.run(Duration.ofSeconds(5));
        assertEquals(1, gateway.restartsFromSnapshots(KeepaliveIntervalTest::withoutMobike));
        world.run(Duration.ofMinutes(1));
        long before = probes();
        world.run(HOUR);
        long asked = probes() - before;
        assertTrue(asked >= 10 && asked <= 12, asked + " questions in an hour");
        assertEquals(1, laptop.established());
    }

    private static IkeSaSnapshot withoutMobike(IkeSaSnapshot snapshot) {
        try {
            var types = new ArrayList<Class<?>>();
            var values = new ArrayList<Object>();
            for (var part : IkeSaSnapshot.class.getRecordComponents()) {
                types.add(part.getType());
                Object value = part.getAccessor().invoke(snapshot);
                values.add(
                        value instanceof Mobility.Facts
                                ? new Mobility.Facts(false, false, List.of(), List.of())
                                : value);
            }
            return IkeSaSnapshot.class
                    .getDeclaredConstructor(types.toArray(Class<?>[]::new))
                    .newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("snapshot", e);
        }
    }
}
