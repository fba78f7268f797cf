package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.Event;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Peers that change their addresses (RFC 4555).
class MobikeTest {
    private static final String HOME = "10.0.0.1";
    private static final String PHONE = "10.9.0.1";
    private static final String GATE = "192.0.2.2";
    private static final String BACK_GATE = "198.51.100.2";

    private SimWorld world;
    private SimPeer laptop;
    private SimPeer gateway;

    private void tunnel(long seed, SimConnection connection) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE);
        bringUp(connection);
    }

    private void bringUp(SimConnection connection) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(5));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private static Endpoint at(String address) {
        return new Endpoint(IpAddress.parse(address), 4500);
    }

    private static IkeView ike(SimPeer peer) {
        var up = peer.views();
        assertEquals(1, up.size(), "one IKE_SA, never a second one");
        return up.getFirst();
    }

    private static ChildInstallation child(SimPeer peer) {
        return peer.children("net").getFirst().installation();
    }

    /// Both engines and both kernels have everything between these addresses.
    private void expectBetween(String laptopAt, String gatewayAt) {
        for (SimPeer peer : List.of(laptop, gateway)) {
            boolean isLaptop = peer == laptop;
            Endpoint local = at(isLaptop ? laptopAt : gatewayAt);
            Endpoint remote = at(isLaptop ? gatewayAt : laptopAt);
            assertEquals(local, ike(peer).local(), peer.name());
            assertEquals(remote, ike(peer).remote(), peer.name());
            assertEquals(local, child(peer).local(), peer.name());
            assertEquals(remote, child(peer).remote(), peer.name());
            int id = child(peer).childUniqueId();
            assertEquals(Optional.of(local), peer.kernel().local(id), peer.name());
            assertEquals(Optional.of(remote), peer.kernel().remote(id), peer.name());
        }
        world.checkAgreement();
        expectAlive();
    }

    /// Exchanges work in both directions, and no request is repeated for that.
    private void expectAlive() {
        for (SimPeer peer : List.of(laptop, gateway)) {
            long request = peer.rekeysChild(peer.child("net"));
            world.run(Duration.ofSeconds(8));
            assertEquals(Optional.of(Optional.empty()), peer.outcome(request), peer.name());
        }
        world.checkAgreement();
    }

    @Test
    void theInitiatorTakesTheTunnelAlong() {
        tunnel(1, office());
        int childId = laptop.child("net");
        laptop.movesTo(PHONE);
        world.run(Duration.ofMillis(100));
        assertEquals(childId, laptop.child("net"), "the same CHILD_SA");
        expectBetween(PHONE, GATE);
    }

    /// One round trip: address known, request, answer, both kernels.
    @Test
    void aMoveTakesOneRoundTrip() {
        tunnel(2, office());
        laptop.movesTo(PHONE);
        world.run(Duration.ofMillis(45));
        int id = child(laptop).childUniqueId();
        assertEquals(Optional.of(at(PHONE)), laptop.kernel().local(id));
        assertEquals(
                Optional.of(at(PHONE)), gateway.kernel().remote(child(gateway).childUniqueId()));
    }

    @Test
    void clientsHearOfItWithTheFormerAddresses() {
        tunnel(3, office());
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(1));
        var moved =
                laptop.events().stream()
                        .filter(Event.IkeMoved.class::isInstance)
                        .map(Event.IkeMoved.class::cast)
                        .toList();
        assertEquals(1, moved.size());
        assertEquals(at(PHONE), moved.getFirst().local());
        assertEquals(at(GATE), moved.getFirst().remote());
        assertEquals(at(HOME), moved.getFirst().former().local());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void lossDelaysAMoveOnly(long seed) {
        tunnel(seed, office());
        world.network().loss(0.3).duplication(0.1).jitter(Duration.ofMillis(50));
        for (String next : List.of(PHONE, HOME, "10.7.7.7", PHONE)) {
            laptop.movesTo(next);
            world.run(Duration.ofSeconds(60));
        }
        world.network().loss(0).duplication(0);
        world.run(Duration.ofSeconds(60));
        expectBetween(PHONE, GATE);
    }

    /// The last one counts, also while an update is under way.
    @ParameterizedTest
    @ValueSource(longs = {0, 5, 15, 25, 35, 45, 70})
    void addressesThatChangeAgainDuringAMove(long millis) {
        tunnel(4, office());
        laptop.movesTo(PHONE);
        world.run(Duration.ofMillis(millis));
        laptop.movesTo("10.7.7.7");
        world.run(Duration.ofMillis(millis));
        laptop.movesTo(HOME);
        world.run(Duration.ofSeconds(30));
        expectBetween(HOME, GATE);
    }

    @Test
    void aRequestUnderWayGoesOnFromTheNewAddress() {
        tunnel(5, office());
        world.network().losesNext(1);
        long rekeying = laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofMillis(500));
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(2));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(rekeying));
        world.run(Duration.ofSeconds(10));
        expectBetween(PHONE, GATE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 20, 22, 40, 44, 60, 80})
    void aRekeyingOfTheIkeSaAndAMoveCross(long millis) {
        tunnel(6, office());
        long rekeying = laptop.rekeysIke(laptop.ike());
        world.run(Duration.ofMillis(millis));
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(60));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(rekeying));
        expectBetween(PHONE, GATE);
    }

    /// What the responder asks for meanwhile is repeated where the peer is by then.
    @ParameterizedTest
    @ValueSource(longs = {0, 3, 20, 22, 40, 44, 60, 80})
    void aRekeyingByTheResponderAndAMoveCross(long millis) {
        tunnel(7, office());
        long rekeying = gateway.rekeysChild(gateway.child("net"));
        world.run(Duration.ofMillis(millis));
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(60));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(rekeying));
        expectBetween(PHONE, GATE);
    }

    /// As a laptop without network: nothing is given up, and all goes on when there is one.
    @Test
    void aHostWithoutNetworkWaits() {
        tunnel(8, office().dpd(Duration.ofSeconds(10)));
        laptop.movesTo();
        world.run(Duration.ofMinutes(20));
        assertEquals("ESTABLISHED", ike(laptop).state());
        assertEquals(0, gateway.established(), "which has given the peer up");
        tunnel(8, office());
        laptop.movesTo();
        world.run(Duration.ofMinutes(20));
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(1));
        expectBetween(PHONE, GATE);
    }

    @Test
    void aTunnelMayGoFromIpv4ToIpv6AndBack() {
        world = SimWorld.seeded(9);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE).movesTo(GATE, "2001:db8::2");
        bringUp(office());
        laptop.movesTo("2001:db8:1::1");
        world.run(Duration.ofSeconds(10));
        expectBetween("2001:db8:1::1", "2001:db8::2");
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(10));
        expectBetween(PHONE, GATE);
    }

    @Test
    void theResponderMayMoveToAnAddressThatItHadTold() {
        world = SimWorld.seeded(10);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE).movesTo(GATE, BACK_GATE);
        bringUp(office());
        gateway.movesTo(BACK_GATE);
        world.run(Duration.ofSeconds(10));
        expectBetween(HOME, BACK_GATE);
    }

    @Test
    void theResponderMayMoveToAnAddressThatNobodyKnew() {
        tunnel(11, office());
        gateway.movesTo(BACK_GATE);
        world.run(Duration.ofSeconds(10));
        expectBetween(HOME, BACK_GATE);
    }

    /// Each knows of the other's second address, and has only that one left.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void bothMoveAtOnce(long seed) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", HOME).movesTo(HOME, PHONE);
        gateway = world.peer("gateway", GATE).movesTo(GATE, BACK_GATE);
        bringUp(office());
        world.network().loss(seed > 3 ? 0.2 : 0);
        laptop.movesTo(PHONE);
        gateway.movesTo(BACK_GATE);
        world.run(Duration.ofSeconds(40));
        world.network().loss(0);
        world.run(Duration.ofSeconds(60));
        expectBetween(PHONE, BACK_GATE);
    }

    /// An address more or less is told, and nothing moves.
    @Test
    void theListOfAddressesIsKeptUpToDate() {
        tunnel(12, office());
        gateway.movesTo(GATE, BACK_GATE);
        world.run(Duration.ofSeconds(10));
        expectBetween(HOME, GATE);
        world.network().cuts(HOME, GATE);
        long rekeying = laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofSeconds(40));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(rekeying));
        expectBetween(HOME, BACK_GATE);
    }

    /// The path is dead, and no address or route tells.
    @Test
    void livenessChecksFindAnotherPath() {
        world = SimWorld.seeded(13);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE).movesTo(GATE, BACK_GATE);
        bringUp(office().dpd(Duration.ofSeconds(10)));
        world.network().cuts(HOME, GATE);
        world.run(Duration.ofSeconds(35));
        assertEquals(at(BACK_GATE), ike(laptop).remote());
        expectBetween(HOME, BACK_GATE);
    }

    @Test
    void aPeerThatIsReallyGoneIsGivenUp() {
        world = SimWorld.seeded(14);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE).movesTo(GATE, BACK_GATE);
        bringUp(office().dpd(Duration.ofSeconds(10)));
        world.network().cuts(HOME, GATE).cuts(HOME, BACK_GATE);
        world.run(Duration.ofMinutes(5));
        assertEquals(List.of(), laptop.views());
        assertEquals(List.of(), laptop.kernel().states().stream().toList());
    }

    @Test
    void intoANatAndOutOfItAgain() {
        tunnel(15, office());
        assertFalse(child(laptop).encap());
        world.network().nat(PHONE, "203.0.113.7");
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(10));
        assertTrue(ike(laptop).natLocal());
        assertTrue(ike(gateway).natRemote());
        assertEquals("203.0.113.7", ike(gateway).remote().address().toString());
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertTrue(child(peer).encap());
            assertTrue(peer.kernel().isEncapsulated(child(peer).childUniqueId()));
        }
        world.run(Duration.ofMinutes(20));
        assertTrue(laptop.keepalives() >= 2);
        expectAlive();
        laptop.movesTo(HOME);
        world.run(Duration.ofSeconds(10));
        assertFalse(ike(laptop).natLocal() || ike(gateway).natRemote());
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertFalse(child(peer).encap());
            assertFalse(peer.kernel().isEncapsulated(child(peer).childUniqueId()));
        }
        int keepalives = laptop.keepalives();
        world.run(Duration.ofSeconds(60));
        assertEquals(keepalives, laptop.keepalives());
        expectBetween(HOME, GATE);
    }

    /// The NAT has forgotten us: a liveness check sees it (§3.8).
    @Test
    void aNewMappingIsNoticedByTheLivenessCheck() {
        world = SimWorld.seeded(16);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE);
        SimNat nat = world.network().nat(laptop, "203.0.113.7");
        bringUp(office().dpd(Duration.ofSeconds(10)));
        world.run(Duration.ofSeconds(30));
        Endpoint before = ike(gateway).remote();
        nat.rebind();
        world.run(Duration.ofSeconds(30));
        assertFalse(before.equals(ike(gateway).remote()));
        assertEquals(ike(gateway).remote(), child(gateway).remote());
        expectAlive();
    }

    /// Selectors that are the host itself follow it, with a reqid of their own.
    @Test
    void selectorsThatAreTheHostsFollow() {
        tunnel(17, office().hosts());
        int reqid = child(laptop).reqid();
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(5));
        assertEquals("[10.9.0.1/32]", child(laptop).localTs().toString());
        assertEquals("[10.9.0.1/32]", child(gateway).remoteTs().toString());
        assertEquals("[192.0.2.2/32]", child(gateway).localTs().toString());
        assertFalse(reqid == child(laptop).reqid());
        assertEquals(1, laptop.reqidsInUse());
        expectBetween(PHONE, GATE);
    }

    @Test
    void withoutMobikeTheInitiatorSetsUpAnew() {
        tunnel(18, office().withoutMobike());
        int ike = laptop.ike();
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(60));
        assertFalse(ike == laptop.ike());
        assertEquals(PHONE, ike(laptop).local().address().toString());
        assertEquals(PHONE, child(gateway).remote().address().toString());
        world.checkAgreement();
    }

    /// One side without it is enough.
    @Test
    void itTakesBothSides() {
        world = SimWorld.seeded(19);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE);
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(office().build()), List.of(key));
        gateway.configured(List.of(office().mirrored().withoutMobike().build()), List.of(key));
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(5));
        int ike = laptop.ike();
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(60));
        assertFalse(ike == laptop.ike());
        world.checkAgreement();
    }

    @Test
    void aSnapshotKnowsWhatWasAgreed() {
        tunnel(20, office());
        assertEquals(1, laptop.restartsFromSnapshots());
        assertEquals(1, gateway.restartsFromSnapshots());
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(5));
        expectBetween(PHONE, GATE);
    }

    /// The peer rekeys the IKE_SA, and the answer to the update gets lost with the former one.
    @ParameterizedTest
    @ValueSource(longs = {0, 3, 10, 20, 22, 40})
    void anUpdateOutlivesARekeyingByTheResponder(long millis) {
        tunnel(21, office());
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofMillis(millis));
        laptop.movesTo(PHONE);
        world.network().losesOf("gateway > laptop  INFORMATIONAL response", 1);
        world.run(Duration.ofMinutes(5));
        expectBetween(PHONE, GATE);
    }

    /// What is asked meanwhile does not go along paths alone that are not there any more.
    @Test
    void anAddressThatComesBackWhileOthersAreTried() {
        world = SimWorld.seeded(22);
        laptop = world.peer("laptop", HOME);
        gateway = world.peer("gateway", GATE).movesTo(GATE, BACK_GATE);
        bringUp(office());
        world.network().cuts(PHONE, GATE).cuts(PHONE, BACK_GATE);
        laptop.movesTo(PHONE);
        world.run(Duration.ofSeconds(1));
        laptop.movesTo(HOME);
        world.run(Duration.ofMinutes(10));
        expectBetween(HOME, GATE);
    }
}
