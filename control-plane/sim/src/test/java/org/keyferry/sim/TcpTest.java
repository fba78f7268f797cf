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
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// IKE and ESP over TCP (RFC 9329), from both ends.
class TcpTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final IpAddress GATEWAY = IpAddress.parse("192.0.2.2");

    private final SimWorld world;
    private final SimPeer laptop;
    private final SimPeer gateway;

    TcpTest() {
        world = SimWorld.seeded(1);
        laptop = world.peer("laptop", "192.0.2.1");
        gateway = world.peer("gateway", "192.0.2.2");
        world.network().streams().listens("192.0.2.2", TcpUse.PORT);
    }

    private static SimConnection connection() {
        return SimConnection.between("laptop.example.org", "gateway.example.org");
    }

    private void configured(SimConnection connection) {
        var secret = List.of(SimConnection.secret("ike", "a lantern for the ferryman"));
        laptop.configured(List.of(connection.build()), secret);
        gateway.configured(List.of(connection.mirrored().build()), secret);
    }

    private void up(SimConnection connection) {
        configured(connection);
        long request = laptop.initiates("office", "net", GATEWAY);
        world.run(MINUTE);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertBothUp();
    }

    private void assertBothUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        world.checkAgreement();
    }

    /// Both IKE_SAs, and the CHILD_SAs in both kernels, are where the only connection is.
    private void assertOverTcp() {
        var atLaptop = laptop.views().getFirst();
        var atGateway = gateway.views().getFirst();
        assertTrue(atLaptop.remote().tcp(), atLaptop.remote().toString());
        assertEquals(atLaptop.local(), atGateway.remote());
        assertEquals(atLaptop.remote(), atGateway.local());
        for (SimPeer peer : List.of(laptop, gateway)) {
            var view = peer.views().getFirst();
            for (var child : view.children()) {
                assertEquals(view.local(), child.installation().local());
                assertEquals(view.remote(), child.installation().remote());
                assertTrue(child.installation().encap());
                assertTrue(peer.kernel().isEncapsulated(child.installation().childUniqueId()));
            }
        }
        assertEquals(1, world.network().streams().count());
    }

    private long lines(String text) {
        return world.transcript().stream().filter(line -> line.contains(text)).count();
    }

    @Test
    void overTcpFromTheFirstMessage() {
        up(connection().tcp(TcpUse.When.YES));
        assertOverTcp();
        assertEquals(world.transcript().size() - 1, lines(" by TCP"));
        assertTrue(world.network().streams().kept() > 0);
        laptop.terminates(laptop.ike());
        world.run(MINUTE);
        assertEquals(0, world.network().streams().count());
        assertEquals(0, gateway.views().size());
    }

    @Test
    void nothingIsTriedByTcpUnlessToldSo() {
        configured(connection());
        world.network().blocksUdp(true);
        long request = laptop.initiates("office", "net", GATEWAY);
        world.run(MINUTE.multipliedBy(10));
        assertTrue(laptop.outcome(request).orElseThrow().orElseThrow() instanceof Reason.Timeout);
        assertEquals(0, world.network().streams().opened());
    }

    @Test
    void tcpIsTriedWhenUdpStaysSilent() {
        world.network().blocksUdp(true);
        up(connection().tcp(TcpUse.When.FALLBACK));
        assertOverTcp();
        assertEquals(3, lines("IKE_SA_INIT request 0 lost")); // at 0, 4 and 11.2 seconds
        assertEquals(1, lines("IKE_SA_INIT request 0 by TCP"));
    }

    @Test
    void tcpIsNotTriedWhereUdpPasses() {
        up(connection().tcp(TcpUse.When.FALLBACK));
        assertEquals(0, world.network().streams().opened());
        assertFalse(laptop.views().getFirst().remote().tcp());
    }

    @Test
    void anAnswerByUdpThatComesWhileTheConnectionIsOpenedCounts() {
        world.network().oneWayDelay(Duration.ofMillis(500)).blocksUdp(true);
        configured(connection().tcp(TcpUse.When.FALLBACK));
        long request = laptop.initiates("office", "net", GATEWAY);
        world.run(Duration.ofSeconds(11));
        world.network().blocksUdp(false);
        world.run(MINUTE);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, laptop.established());
        world.checkAgreement();
    }

    @Test
    void whereNobodyListensUdpIsStillTried() {
        world.network().streams().listensNoMore();
        world.network().blocksUdp(true);
        configured(connection().tcp(TcpUse.When.FALLBACK));
        long request = laptop.initiates("office", "net", GATEWAY);
        world.run(Duration.ofSeconds(20));
        world.network().blocksUdp(false);
        world.run(MINUTE);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertFalse(laptop.views().getFirst().remote().tcp());
    }

    @Test
    void aRefusedConnectionEndsTheSetUpThatNeedsIt() {
        world.network().streams().listensNoMore();
        configured(connection().tcp(TcpUse.When.YES));
        long request = laptop.initiates("office", "net", GATEWAY);
        world.run(MINUTE);
        assertEquals(
                "no TCP connection to 192.0.2.2[4500/tcp]: refused",
                laptop.outcome(request).orElseThrow().orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokenConnectionIsOpenedAgain(boolean mobike) {
        var wanted = connection().tcp(TcpUse.When.YES);
        up(mobike ? wanted : wanted.withoutMobike());
        Endpoint before = laptop.views().getFirst().local();
        world.network().streams().breakAll();
        world.run(Duration.ofSeconds(2));
        assertEquals(2, world.network().streams().opened());
        assertFalse(laptop.views().getFirst().local().equals(before));
        assertBothUp();
        assertOverTcp();
    }

    @Test
    void aConnectionThatCannotBeOpenedAgainIsTriedUntilItCan() {
        up(connection().tcp(TcpUse.When.YES));
        world.network().streams().listensNoMore().breakAll();
        world.run(MINUTE.multipliedBy(2));
        assertEquals(0, world.network().streams().count());
        world.network().streams().listens("192.0.2.2", TcpUse.PORT);
        world.run(Duration.ofSeconds(31));
        assertBothUp();
        assertOverTcp();
    }

    /// A request of either end that was under way when the connection broke is sent again over the
    /// next one, and only then.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsUnderWayIsSentAgainOverTheNextConnection(boolean byLaptop) {
        up(connection().tcp(TcpUse.When.YES));
        SimPeer asker = byLaptop ? laptop : gateway;
        long sent = lines(asker.name() + " >");
        long request = asker.rekeysChild(asker.child("net"));
        world.run(Duration.ofMillis(10));
        world.network().streams().breakAll();
        world.run(Duration.ofSeconds(3));
        assertEquals(Optional.of(Optional.empty()), asker.outcome(request));
        assertTrue(lines(asker.name() + " >") > sent);
        assertBothUp();
        assertOverTcp();
    }

    @Test
    void nothingIsSentTwiceOverOneConnection() {
        up(connection().tcp(TcpUse.When.YES));
        world.network().streams().mute(true);
        gateway.rekeysChild(gateway.child("net"));
        world.run(Duration.ofSeconds(100));
        assertEquals(1, lines("gateway > laptop  CREATE_CHILD_SA request"));
    }

    @Test
    void aConnectionThatSwallowsEverythingIsReplaced() {
        up(connection().tcp(TcpUse.When.YES));
        world.network().streams().swallowAll();
        long request = laptop.rekeysChild(laptop.child("net"));
        world.run(MINUTE);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertBothUp();
        assertOverTcp();
    }

    @Test
    void theSuccessorOfARekeyedIkeSaKeepsTheConnection() {
        up(connection().tcp(TcpUse.When.YES));
        Endpoint before = laptop.views().getFirst().local();
        gateway.rekeysIke(gateway.ike());
        world.run(MINUTE);
        laptop.rekeysIke(laptop.ike());
        world.run(MINUTE.multipliedBy(3));
        assertEquals(1, world.network().streams().opened());
        assertEquals(before, laptop.views().getFirst().local());
        world.network().streams().breakAll();
        world.run(MINUTE);
        assertBothUp();
        assertOverTcp();
    }

    /// What has been found out about the network need not be found out again.
    @Test
    void reauthenticationBeginsWithTcpWhereUdpDidNotPass() {
        world.network().blocksUdp(true);
        up(connection().tcp(TcpUse.When.FALLBACK));
        long lost = lines("IKE_SA_INIT request 0 lost");
        laptop.reauthenticates(laptop.ike());
        world.run(MINUTE);
        assertEquals(lost, lines("IKE_SA_INIT request 0 lost"));
        assertEquals(2, world.network().streams().opened());
        assertBothUp();
        assertOverTcp();
    }

    /// Somebody walks from a network where UDP passes into one where it does not (§7.1).
    @Test
    void mobikeMovesAnSaFromUdpToTcp() {
        up(connection().tcp(TcpUse.When.FALLBACK).dpd(Duration.ofSeconds(10)));
        assertFalse(laptop.views().getFirst().remote().tcp());
        world.network().blocksUdp(true);
        world.run(MINUTE);
        assertBothUp();
        assertOverTcp();
    }

    @Test
    void whatTheResponderAskedByUdpIsAskedAgainByTcp() {
        up(connection().tcp(TcpUse.When.FALLBACK).dpd(Duration.ofSeconds(10)));
        world.network().blocksUdp(true);
        long request = gateway.rekeysChild(gateway.child("net"));
        world.run(MINUTE.multipliedBy(2));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(request));
        assertBothUp();
        assertOverTcp();
    }

    @Test
    void anSaOverTcpFollowsItsHostToAnotherAddress() {
        up(connection().tcp(TcpUse.When.YES));
        laptop.movesTo("192.0.2.77");
        world.run(MINUTE);
        assertEquals("192.0.2.77", gateway.views().getFirst().remote().address().toString());
        assertBothUp();
        assertOverTcp();
    }

    /// Cookies are for peers who may not be where they say they are (§6.3).
    @Test
    void cookiesAreNotAskedFor() {
        var d = EngineSettings.defaults();
        var suspicious =
                new EngineSettings(
                        d.retransmitTimeout(),
                        d.retransmitBase(),
                        d.retransmitTries(),
                        d.retransmitJitter(),
                        d.retransmitLimit(),
                        d.halfOpenTimeout(),
                        1,
                        0,
                        0,
                        d.keepAlive(),
                        d.preferConfiguredProposals(),
                        d.acceptPrivateAlgs(),
                        d.port(),
                        d.portNatT(),
                        d.logLevel());
        SimPeer wary = world.peer("wary", "192.0.2.3", suspicious);
        SimPeer other = world.peer("other", "192.0.2.4");
        world.network().streams().listens("192.0.2.3", TcpUse.PORT);
        configured(connection().tcp(TcpUse.When.YES));
        var secret = List.of(SimConnection.secret("ike", "a lantern for the ferryman"));
        wary.configured(List.of(connection().mirrored().build()), secret);
        other.configured(List.of(connection().build()), secret);
        other.initiates("office", "net", wary.address());
        world.run(Duration.ofMillis(25));
        world.network().cuts("192.0.2.3", "192.0.2.4");
        assertEquals(1, wary.engine().halfOpenCount());
        long request = laptop.initiates("office", "net", wary.address());
        world.run(MINUTE);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, lines("laptop > wary  IKE_SA_INIT request"));
    }

    /// Whatever breaks whenever: in the end there is one tunnel, and both ends agree on it.
    @ParameterizedTest
    @ValueSource(longs = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37})
    void connectionsBreakAtAnyTime(long seed) {
        up(connection().tcp(TcpUse.When.YES).dpd(Duration.ofSeconds(30)));
        var random = new java.util.SplittableRandom(seed);
        for (int i = 0; i < 40; i++) {
            if (random.nextInt(3) == 0 && laptop.established() == 1) {
                laptop.rekeysIke(laptop.views().getFirst().uniqueId());
            } else if (random.nextBoolean()) {
                gateway.rekeysChild(
                        gateway.children("net").getFirst().installation().childUniqueId());
            }
            world.run(Duration.ofMillis(random.nextInt(150)));
            world.network().streams().breakAll();
            world.run(Duration.ofMillis(random.nextInt(20_000)));
        }
        world.run(MINUTE.multipliedBy(5));
        assertBothUp();
        assertOverTcp();
    }
}
