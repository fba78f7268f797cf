package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// Addresses inside the tunnel that one side has from the other (RFC 7296 §2.19, §3.15).
class VirtualIpTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final ConfigAttribute DNS =
            new ConfigAttribute(ConfigAttribute.INTERNAL_IP4_DNS, Bytes.ofHex("0a010001"));

    private SimWorld world;
    private SimPeer laptop;
    private SimPeer gateway;
    private SimPool pool;

    private static SimConnection asking(String... vips) {
        return SimConnection.between("laptop.test", "gateway.test").vips(vips);
    }

    private static SimConnection giving() {
        return SimConnection.between("laptop.test", "gateway.test").mirrored().pools("pool");
    }

    private void meet(
            long seed, SimConnection mine, SimConnection theirs, EngineSettings settings) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", "192.0.2.1", settings);
        gateway = world.peer("gateway", "192.0.2.2", settings);
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(mine.build()), List.of(key));
        gateway.configured(List.of(theirs.build()), List.of(key));
        pool = gateway.gives(List.of(DNS), "10.3.0.1", "10.3.0.2", "fec3::1");
    }

    private void meet(String... vips) {
        meet(1, asking(vips), giving(), EngineSettings.defaults());
    }

    private long initiates() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(SECOND);
        return request;
    }

    private static List<IpAddress> addresses(String... texts) {
        return java.util.Arrays.stream(texts).map(IpAddress::parse).toList();
    }

    private static String selectors(SimPeer peer) {
        var child = peer.children("net").getFirst().installation();
        return child.localTs() + " === " + child.remoteTs();
    }

    private static String log(SimPeer peer) {
        return String.join(
                "\n",
                peer.events().stream()
                        .filter(Event.Logged.class::isInstance)
                        .map(e -> ((Event.Logged) e).text())
                        .toList());
    }

    @Test
    void theClientUsesWhatItGets() {
        meet("0.0.0.0");
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(initiates()));
        var ips = laptop.views().getFirst().virtualIps();
        assertEquals(addresses("10.3.0.1"), ips.local());
        assertEquals(List.of(DNS), ips.received());
        assertEquals(addresses("10.3.0.1"), gateway.views().getFirst().virtualIps().remote());
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        assertEquals("[10.2.0.0/16] === [10.3.0.1/32]", selectors(gateway));
        assertEquals(Map.of(IpAddress.parse("10.3.0.1"), 1), laptop.kernel().addresses());
        world.checkAgreement();
        assertTrue(log(gateway).contains("assigning virtual IP 10.3.0.1 to peer 'laptop.test'"));
        assertTrue(log(laptop).contains("installing new virtual IP 10.3.0.1"));
        laptop.terminates(laptop.ike());
        world.run(PATIENCE);
        world.checkAgreement();
        assertEquals(List.of(), pool.online());
        assertEquals(Map.of(), laptop.kernel().addresses());
    }

    @Test
    void bothFamiliesAtOnce() {
        meet("0.0.0.0", "::");
        initiates();
        assertEquals(
                "[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop).replace(", fec3::1/128", ""));
        assertEquals(
                addresses("10.3.0.1", "fec3::1"), laptop.views().getFirst().virtualIps().local());
        world.checkAgreement();
    }

    @Test
    void theNextOneOfTheSameIdentityHasTheAddressAgain() {
        meet("0.0.0.0");
        initiates();
        var desktop = world.peer("desktop", "192.0.2.3");
        desktop.configured(
                List.of(
                        SimConnection.between("desktop.test", "gateway.test")
                                .vips("0.0.0.0")
                                .build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        gateway.configured(
                List.of(
                        giving().build(),
                        SimConnection.between("desktop.test", "gateway.test")
                                .mirrored()
                                .named("other")
                                .pools("pool")
                                .build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        laptop.terminates(laptop.ike());
        world.run(SECOND);
        desktop.initiates("office", "net", gateway.address());
        world.run(SECOND);
        initiates();
        assertEquals(addresses("10.3.0.1"), desktop.views().getFirst().virtualIps().local());
        assertEquals(addresses("10.3.0.2"), laptop.views().getFirst().virtualIps().local());
        assertEquals(List.of("10.3.0.1 desktop.test", "10.3.0.2 laptop.test"), pool.online());
        world.checkAgreement();
    }

    @Test
    void whenThereIsNoneTheIkeSaStaysWithoutAChild() {
        meet("::", "::");
        pool = gateway.gives(List.of(DNS));
        var outcome = laptop.outcome(initiates()).orElseThrow();
        assertEquals(
                "peer refused IKE_AUTH with INTERNAL_ADDRESS_FAILURE (it has no virtual IP for"
                        + " us)",
                outcome.orElseThrow().toString());
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(List.of(), gateway.children("net"));
        assertTrue(log(gateway).contains("no virtual IP found for %any6 requested by"));
        assertEquals(
                List.of("no virtual IP: the pool is full"),
                gateway.events().stream()
                        .filter(Event.ChildFailed.class::isInstance)
                        .map(e -> ((Event.ChildFailed) e).reason().toString())
                        .toList());
        assertTrue(log(gateway).contains("keeping IKE_SA: no virtual IP: the pool is full"));
        world.checkAgreement();
        // nor does it get one by asking for a CHILD_SA later
        laptop.initiates("office", "net", gateway.address());
        world.run(SECOND);
        assertEquals(List.of(), gateway.children("net"));
        world.checkAgreement();
    }

    @Test
    void whoIsServedInPartIsServed() {
        meet("0.0.0.0", "::");
        pool = gateway.gives(List.of(), "10.3.0.1");
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(initiates()));
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        world.checkAgreement();
    }

    @Test
    void whoHasToAskAndDoesNotGetsNoChild() {
        meet(
                1,
                SimConnection.between("laptop.test", "gateway.test"),
                giving(),
                EngineSettings.defaults());
        var outcome = laptop.outcome(initiates()).orElseThrow();
        assertEquals(
                "peer refused IKE_AUTH with FAILED_CP_REQUIRED (it wants us to ask for a virtual"
                        + " IP: set vips)",
                outcome.orElseThrow().toString());
        assertEquals(1, gateway.established());
        assertEquals(List.of(), gateway.children("net"));
        world.checkAgreement();
    }

    @Test
    void rekeyingKeepsTheAddress() {
        meet("0.0.0.0");
        initiates();
        int former = laptop.ike();
        laptop.rekeysIke(former);
        world.run(PATIENCE);
        gateway.rekeysIke(gateway.ike());
        world.run(PATIENCE);
        laptop.rekeysChild(laptop.child("net"));
        world.run(PATIENCE);
        gateway.rekeysChild(gateway.child("net"));
        world.run(PATIENCE);
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        assertEquals(List.of("10.3.0.1 laptop.test"), pool.online());
        world.checkAgreement();
        gateway.terminates(gateway.ike());
        world.run(PATIENCE);
        world.checkAgreement();
        assertEquals(List.of(), pool.online());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void reauthenticationKeepsTheAddress(boolean makeBeforeBreak) {
        var renewal = new Renewal(makeBeforeBreak, Duration.ofSeconds(5), true);
        meet(1, asking("0.0.0.0"), giving(), EngineSettings.defaults().with(renewal));
        initiates();
        laptop.reauthenticates(laptop.ike());
        world.run(Duration.ofMillis(150));
        if (makeBeforeBreak) {
            world.checkAgreement();
        }
        world.run(PATIENCE);
        assertEquals(1, laptop.established());
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        assertEquals(List.of("10.3.0.1 laptop.test"), pool.online());
        assertEquals(Map.of(IpAddress.parse("10.3.0.1"), 1), laptop.kernel().addresses());
        world.checkAgreement();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void nothingIsLeftBehindWhenMessagesAreLost(long seed) {
        meet(
                seed,
                asking("0.0.0.0", "::"),
                giving().unique(UniquePolicy.REPLACE),
                EngineSettings.defaults());
        world.network().loss(0.3).duplication(0.2);
        for (int i = 0; i < 5; i++) {
            laptop.initiates("office", "net", gateway.address());
            world.run(Duration.ofSeconds(20));
            laptop.views().forEach(view -> laptop.terminates(view.uniqueId()));
            world.run(Duration.ofSeconds(7));
        }
        world.network().loss(0).duplication(0);
        world.run(Duration.ofMinutes(10));
        gateway.views().forEach(view -> gateway.terminates(view.uniqueId(), true));
        laptop.views().forEach(view -> laptop.terminates(view.uniqueId(), true));
        world.run(Duration.ofMinutes(10));
        world.checkAgreement();
        assertEquals(List.of(), pool.online());
        assertEquals(Map.of(), laptop.kernel().addresses());
        initiates();
        assertEquals(1, laptop.children("net").size());
    }

    @Test
    void anAnswerThatComesTooLateGoesBack() {
        meet("0.0.0.0");
        gateway.findsAddressesIn(Duration.ofSeconds(3));
        laptop.initiates("office", "net", gateway.address());
        world.run(SECOND);
        gateway.views().forEach(view -> gateway.terminates(view.uniqueId(), true));
        world.run(PATIENCE);
        assertEquals(List.of(), pool.online());
        world.checkAgreement();
    }

    @Test
    void aClientThatLostEverythingHasItsAddressAgain() {
        meet("0.0.0.0");
        initiates();
        laptop.crashes();
        initiates();
        assertEquals(List.of("10.3.0.1 laptop.test"), pool.online());
        world.run(PATIENCE);
        world.checkAgreement();
    }

    @Test
    void anAddressThatTheKernelRefusesLeavesNoTrace() {
        meet("0.0.0.0");
        laptop.kernel().refusesNextAddress();
        var outcome = laptop.outcome(initiates()).orElseThrow();
        assertEquals("kernel refused: simulated refusal (EPERM)", outcome.orElseThrow().toString());
        world.run(PATIENCE);
        assertEquals(List.of(), gateway.children("net"));
        assertEquals(Map.of(), laptop.kernel().addresses());
    }

    @Test
    void aRecordOfAnSaHoldsTheAddresses() {
        meet("0.0.0.0");
        initiates();
        assertEquals(1, laptop.restartsFromSnapshots());
        assertEquals(1, gateway.restartsFromSnapshots());
        assertEquals(List.of("10.3.0.1 laptop.test"), pool.online());
        world.checkAgreement();
        laptop.rekeysChild(laptop.child("net"));
        world.run(PATIENCE);
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        laptop.terminates(laptop.ike());
        world.run(PATIENCE);
        world.checkAgreement();
        assertEquals(List.of(), pool.online());
    }

    @Test
    void aPeerThatIsNotToldAnAddressKeepsItsOwn() {
        meet(
                1,
                asking("0.0.0.0"),
                SimConnection.between("laptop.test", "gateway.test")
                        .mirrored()
                        .selectors("10.2.0.0/16", "0.0.0.0/0"),
                EngineSettings.defaults());
        pool = gateway.gives(List.of());
        var outcome = laptop.outcome(initiates()).orElseThrow();
        assertTrue(outcome.orElseThrow().toString().contains("INTERNAL_ADDRESS_FAILURE"));
    }

    /// It is the initiator of what it has rekeyed, but cannot ask for the peer's addresses.
    @Test
    void norDoesWhoRekeyedBeginAfterTheLifetime() {
        meet("0.0.0.0");
        initiates();
        gateway.rekeysIke(gateway.ike());
        world.run(SECOND);
        laptop.sleeps(Duration.ofDays(1));
        gateway.limitsSession(gateway.ike(), Duration.ofSeconds(30));
        world.run(Duration.ofDays(1));
        assertTrue(log(gateway).contains("it was not replaced in its lifetime"));
        assertFalse(log(gateway).contains("initiating IKE_SA"), log(gateway));
        assertEquals(0, gateway.views().size());
    }

    /// Nobody gives this side addresses in an IKE_SA that the other end began.
    @Test
    void anIkeSaOfThePeersIsNotTakenForWhatNeedsAddresses() {
        meet("0.0.0.0");
        gateway.initiates("office", null, laptop.address());
        world.run(SECOND);
        assertEquals(1, laptop.established());
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(initiates()));
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
    }

    /// By rekeying just before the end, time after time: it does not hear that it should.
    @Test
    void aClientThatDoesNotAuthenticateAgainInTimeCannotStay() {
        meet(
                1,
                asking("0.0.0.0"),
                giving().ikeLifetime(Duration.ofHours(4), Duration.ofMinutes(1), Duration.ZERO),
                EngineSettings.defaults());
        initiates();
        world.network().losesOf("gateway > laptop  INFORMATIONAL request", 1);
        gateway.limitsSession(gateway.ike(), Duration.ofSeconds(30));
        hearsNothingFor(40);
        assertTrue(log(gateway).contains("initiator did not reauthenticate as requested"));
        laptop.rekeysIke(laptop.ike());
        hearsNothingFor(40);
        assertEquals(1, gateway.established());
        laptop.rekeysIke(laptop.ike());
        hearsNothingFor(200); // until the gateway gives up
        assertEquals(0, gateway.established());
        assertTrue(log(gateway).contains("it was not replaced in its lifetime"));
    }

    private void hearsNothingFor(int seconds) {
        for (int i = 0; i < seconds; i++) {
            world.network().losesOf("gateway > laptop  INFORMATIONAL request", 1);
            world.run(SECOND);
        }
    }

    @Test
    void whoGaveAddressesWaitsForThePeerToComeBack() {
        meet(
                1,
                asking("0.0.0.0"),
                giving().dpd(Duration.ofSeconds(30)).whenDead(Action.START),
                EngineSettings.defaults());
        initiates();
        gateway.reauthenticates(gateway.ike());
        world.run(SECOND);
        assertEquals(1, gateway.views().size());
        assertTrue(log(gateway).contains("initiator did not reauthenticate as requested"));
        laptop.crashes();
        world.run(Duration.ofMinutes(10));
        assertEquals(0, gateway.views().size());
        assertEquals(List.of(), pool.online());
        assertTrue(log(gateway).contains("unable to reestablish IKE_SA due to asymmetric setup"));
    }

    @Test
    void aClientThatIsCutOffComesBackToItsAddress() {
        meet(
                1,
                asking("0.0.0.0").dpd(Duration.ofSeconds(30)).whenDead(Action.START),
                giving(),
                EngineSettings.defaults());
        initiates();
        gateway.crashes();
        world.run(Duration.ofMinutes(10));
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        assertEquals(List.of("10.3.0.1 laptop.test"), pool.online());
        world.checkAgreement();
    }

    @Test
    void aClientWhoseNatMovedItReauthenticatesWithItsAddress() {
        meet(
                1,
                asking("0.0.0.0").withoutMobike(),
                giving().withoutMobike(),
                EngineSettings.defaults());
        SimNat nat = world.network().nat(laptop, "192.0.2.77");
        initiates();
        nat.rebind();
        laptop.rekeysChild(laptop.child("net"));
        world.run(PATIENCE);
        laptop.reauthenticates(laptop.ike());
        world.run(PATIENCE);
        assertEquals("[10.3.0.1/32] === [10.2.0.0/16]", selectors(laptop));
        assertEquals(List.of("10.3.0.1 laptop.test"), pool.online());
        world.checkAgreement();
    }
}
