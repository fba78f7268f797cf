package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.wire.IpAddress;

/// A tunnel that had to go over TCP, and a network in which UDP passes again (RFC 9329 §7.1).
class BackToUdpTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final IpAddress GATEWAY = IpAddress.parse("192.0.2.2");

    private final SimWorld world;
    private final SimPeer laptop;
    private final SimPeer gateway;
    private boolean nat;

    BackToUdpTest() {
        world = SimWorld.seeded(4);
        laptop = world.peer("laptop", "192.0.2.1");
        gateway = world.peer("gateway", "192.0.2.2");
        world.network().streams().listens("192.0.2.2", TcpUse.PORT);
    }

    private static SimConnection connection() {
        return SimConnection.between("laptop.example.org", "gateway.example.org")
                .tcp(TcpUse.When.FALLBACK)
                .dpd(Duration.ofSeconds(10));
    }

    private void up(SimConnection connection) {
        var secret = List.of(SimConnection.secret("ike", "a lantern for the ferryman"));
        laptop.configured(List.of(connection.build()), secret);
        gateway.configured(List.of(connection.mirrored().build()), secret);
        long request = laptop.initiates("office", "net", GATEWAY);
        world.run(Duration.ofSeconds(20));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
    }

    private void comesBehindANat() {
        world.network().nat(laptop, "203.0.113.9");
        nat = true;
    }

    private void upOverTcp(SimConnection connection) {
        world.network().blocksUdp(true);
        up(connection);
        assertOver(true);
    }

    /// Both ends agree, and so do both kernels.
    private void assertOver(boolean tcp) {
        assertAgreed(tcp);
        for (SimPeer peer : List.of(laptop, gateway)) {
            for (var child : peer.views().getFirst().children()) {
                assertTrue(child.installation().encap(), "UDP is what was seen to pass");
            }
        }
    }

    private void assertAgreed(boolean tcp) {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        world.checkAgreement();
        var atLaptop = laptop.views().getFirst();
        var atGateway = gateway.views().getFirst();
        assertEquals(tcp, atLaptop.remote().tcp(), atLaptop.remote().toString());
        if (!nat) {
            assertEquals(atLaptop.local(), atGateway.remote());
        }
        assertEquals(atLaptop.remote(), atGateway.local());
        for (SimPeer peer : List.of(laptop, gateway)) {
            var view = peer.views().getFirst();
            for (var child : view.children()) {
                assertEquals(view.local(), child.installation().local());
                assertEquals(view.remote(), child.installation().remote());
                boolean encap = child.installation().encap();
                int id = child.installation().childUniqueId();
                assertEquals(encap, peer.kernel().isEncapsulated(id));
            }
        }
        assertEquals(tcp ? 1 : 0, world.network().streams().count());
    }

    private long moves() {
        return laptop.events().stream().filter(Event.IkeMoved.class::isInstance).count();
    }

    private long lines(String text) {
        return world.transcript().stream().filter(line -> line.contains(text)).count();
    }

    private long logged(String text) {
        return laptop.events().stream()
                .filter(e -> e instanceof Event.Logged logged && logged.text().contains(text))
                .count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whenUdpPassesAgainItIsUsed(boolean fromTheStart) {
        if (fromTheStart) {
            upOverTcp(connection());
        } else {
            up(connection());
            world.network().blocksUdp(true);
            world.run(MINUTE);
        }
        assertOver(true);
        world.network().blocksUdp(false);
        world.run(MINUTE.multipliedBy(4));
        assertOver(false);
        assertEquals(4500, laptop.views().getFirst().remote().port());
        long moved = moves();
        world.run(HOUR.multipliedBy(3));
        assertOver(false);
        assertEquals(moved, moves());
    }

    /// The request that tries it, the update, and nothing by TCP in between.
    @Test
    void itIsProvedBeforeAnythingMoves() {
        upOverTcp(connection().dpd(Duration.ZERO));
        world.network().blocksUdp(false);
        int before = world.transcript().size();
        world.run(MINUTE.multipliedBy(2));
        assertEquals(
                List.of(
                        "laptop > gateway  INFORMATIONAL request 2",
                        "gateway > laptop  INFORMATIONAL response 2",
                        "laptop > gateway  INFORMATIONAL request 3",
                        "gateway > laptop  INFORMATIONAL response 3"),
                world.transcript().subList(before, world.transcript().size()).stream()
                        .map(line -> line.replaceFirst("^ *\\S+ ", ""))
                        .toList());
        assertOver(false);
    }

    /// Nobody notices: the tunnel stays, and what is asked meanwhile is answered by TCP.
    @Test
    void aTryThatFailsCostsNothing() {
        upOverTcp(connection().dpd(Duration.ZERO));
        long moved = moves();
        while (logged("trying whether UDP passes") == 0) {
            world.run(Duration.ofMillis(100));
        }
        long request = laptop.rekeysChild(laptop.child("net"));
        long other = gateway.rekeysChild(gateway.child("net"));
        world.run(Duration.ofSeconds(5));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(other));
        assertEquals(moved, moves());
        assertEquals(1, logged("UDP does not pass to 192.0.2.2[4500]"));
        assertEquals(3, lines("INFORMATIONAL request 2 lost"));
        assertEquals(1, lines("INFORMATIONAL request 2 by TCP"));
        assertOver(true);
    }

    /// Once an hour in the end.
    @Test
    void triesBecomeRare() {
        upOverTcp(connection().dpd(Duration.ZERO));
        world.run(HOUR);
        long tries = logged("trying whether UDP passes");
        assertTrue(tries >= 5 && tries <= 7, tries + " tries in the first hour");
        world.run(HOUR.multipliedBy(24));
        long later = logged("trying whether UDP passes") - tries;
        assertTrue(later >= 23 && later <= 34, later + " tries in the next 24");
        assertOver(true);
        world.network().blocksUdp(false);
        world.run(HOUR.plus(MINUTE));
        assertOver(false);
    }

    /// UDP passes for a while, and then does not, and so on: the tunnel is not moved all the time.
    @Test
    void aNetworkThatFlapsDoesNotFlapTheTunnel() {
        upOverTcp(connection());
        for (int i = 0; i < 24 * 6; i++) {
            world.network().blocksUdp(i % 2 == 1);
            world.run(MINUTE.multipliedBy(10));
        }
        assertTrue(moves() > 2, moves() + " moves in a day");
        assertTrue(moves() <= 2 * 32, moves() + " moves in a day");
        world.network().blocksUdp(false);
        world.run(HOUR.plus(MINUTE));
        assertOver(false);
    }

    /// It answers the question, and is gone before the move.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void udpThatIsGoneAtOnce(int answers) {
        upOverTcp(connection());
        world.network().blocksUdp(false);
        long before = lines("INFORMATIONAL response");
        while (logged("leaving TCP") == 0) {
            world.run(Duration.ofMillis(1));
        }
        assertTrue(lines("INFORMATIONAL response") > before);
        world.run(Duration.ofMillis(15L * answers));
        world.network().blocksUdp(true);
        world.run(MINUTE.multipliedBy(2));
        assertOver(true);
    }

    /// Each of the messages is lost once.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void lossOnTheWayBack(int number) {
        upOverTcp(connection().dpd(Duration.ZERO));
        world.network().blocksUdp(false).losesOf("INFORMATIONAL", number);
        world.run(MINUTE.multipliedBy(3));
        assertOver(false);
    }

    @Test
    void anotherAddressIsTriedSoon() {
        upOverTcp(connection().dpd(Duration.ZERO));
        world.run(HOUR.multipliedBy(4));
        world.network().blocksUdp(false);
        laptop.movesTo("192.0.2.77");
        world.run(Duration.ofSeconds(10));
        assertOver(false);
        assertEquals("192.0.2.77", gateway.views().getFirst().remote().address().toString());
    }

    /// Whoever changes networks all the time tries once a minute at most.
    @Test
    void changesOfNetworksDoNotMakeTriesMany() {
        upOverTcp(connection().dpd(Duration.ZERO));
        long before = logged("trying whether UDP passes");
        for (int i = 0; i < 60; i++) {
            laptop.movesTo(i % 2 == 0 ? "192.0.2.77" : "192.0.2.1");
            world.run(Duration.ofSeconds(10));
        }
        long tries = logged("trying whether UDP passes") - before;
        assertTrue(tries >= 5 && tries <= 11, tries + " tries in ten minutes");
        assertOver(true);
    }

    @Test
    void behindANat() {
        comesBehindANat();
        upOverTcp(connection());
        world.network().blocksUdp(false);
        world.run(MINUTE.multipliedBy(2));
        assertFalse(laptop.views().getFirst().remote().tcp());
        assertEquals(0, world.network().streams().count());
        world.checkAgreement();
    }

    @Test
    void theSuccessorOfARekeyedIkeSaGoesOn() {
        upOverTcp(connection().dpd(Duration.ZERO));
        world.run(MINUTE);
        laptop.rekeysIke(laptop.ike());
        world.run(Duration.ofSeconds(10));
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofSeconds(10));
        world.network().blocksUdp(false);
        world.run(MINUTE.multipliedBy(5));
        assertOver(false);
        laptop.rekeysIke(laptop.ike());
        laptop.rekeysChild(laptop.child("net"));
        world.run(MINUTE.multipliedBy(3));
        assertOver(false);
    }

    @Test
    void whoWantsTcpKeepsIt() {
        upOverTcp(connection().tcp(TcpUse.When.YES));
        world.network().blocksUdp(false);
        world.run(HOUR);
        assertOver(true);
        assertEquals(0, logged("trying whether UDP passes"));
    }

    /// Without MOBIKE the next reauthentication begins with UDP, the tunnel being up meanwhile.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutMobikeReauthenticationTries(boolean passes) {
        upOverTcp(connection().withoutMobike());
        world.network().blocksUdp(!passes);
        world.run(HOUR);
        assertEquals(0, logged("trying whether UDP passes"));
        assertTrue(laptop.views().getFirst().remote().tcp());
        laptop.reauthenticates(laptop.ike());
        world.run(MINUTE);
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(!passes, laptop.views().getFirst().remote().tcp());
        assertEquals(passes ? 0 : 1, world.network().streams().count());
        world.checkAgreement();
    }

    /// Whatever happens whenever: in the end there is one tunnel, by UDP, and both ends agree.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void anythingAtAnyTime(long seed) {
        upOverTcp(connection());
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 60; i++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (laptop.established() == 1) {
                        laptop.rekeysIke(laptop.views().getFirst().uniqueId());
                    }
                }
                case 1 -> {
                    if (!gateway.children("net").isEmpty()) {
                        gateway.rekeysChild(
                                gateway.children("net").getFirst().installation().childUniqueId());
                    }
                }
                case 2 -> world.network().streams().breakAll();
                case 3 -> laptop.movesTo("192.0.2." + (70 + random.nextInt(3)));
                default -> world.network().blocksUdp(random.nextBoolean());
            }
            world.run(Duration.ofMillis(random.nextInt(80_000)));
        }
        world.network().blocksUdp(false);
        world.run(HOUR.plus(MINUTE.multipliedBy(2)));
        assertAgreed(false); // at another address both ends look for NATs anew
    }

    /// Nothing reminds the NAT while the tunnel is over TCP, but afterwards something has to.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepalivesGoOnAfterwards(boolean fromTheStart) {
        comesBehindANat();
        var connection = connection().dpd(Duration.ZERO);
        if (fromTheStart) {
            upOverTcp(connection);
        } else {
            up(connection);
            world.network().blocksUdp(true);
            laptop.rekeysChild(laptop.child("net"));
            world.run(MINUTE.multipliedBy(2));
        }
        assertTrue(laptop.views().getFirst().remote().tcp());
        world.network().blocksUdp(false);
        world.run(MINUTE.multipliedBy(4));
        assertFalse(laptop.views().getFirst().remote().tcp());
        long before = laptop.keepalives() + lines("laptop > gateway  INFORMATIONAL request");
        world.run(MINUTE.multipliedBy(5));
        long after = laptop.keepalives() + lines("laptop > gateway  INFORMATIONAL request");
        assertTrue(after >= before + 3, "not often enough");
    }
}
