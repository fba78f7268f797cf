package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Acquire;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Ids;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.settings.model.Action;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.TrafficSelector;

/// Tunnels that come back by themselves: close_action, dpd_action, keyingtries, start_action, and
/// those that packets ask for.
class ComebackTest {
    private final SimWorld world = SimWorld.seeded(11);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test").dpd(Duration.ofSeconds(30));
    }

    private void configured(SimConnection connection) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
    }

    private void up(SimConnection connection) {
        configured(connection);
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofMinutes(1));
        assertUp();
    }

    private void assertUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(1, children(laptop).size());
        world.checkAgreement();
    }

    private static List<ChildView> children(SimPeer peer) {
        return peer.views().stream().flatMap(v -> v.children().stream()).toList();
    }

    private static int childId(SimPeer peer) {
        return children(peer).getFirst().installation().childUniqueId();
    }

    private long initiations(SimPeer peer) {
        return world.transcript().stream()
                .filter(line -> line.contains(peer.name() + " > "))
                .filter(line -> line.contains("IKE_SA_INIT request"))
                .count();
    }

    @Test
    void aChildThatThePeerClosedComesBack() {
        up(office().whenClosed(Action.START));
        int first = childId(laptop);
        gateway.terminatesChild(childId(gateway));
        world.run(Duration.ofSeconds(1));
        assertEquals(1, children(laptop).size());
        assertNotEquals(first, childId(laptop));
        world.checkAgreement();
    }

    @Test
    void aChildThatThisEndClosedStaysDown() {
        up(office().whenClosed(Action.START));
        laptop.terminatesChild(childId(laptop));
        world.run(Duration.ofMinutes(2));
        assertEquals(0, children(laptop).size());
    }

    @Test
    void aTrapIsAskedForWhenThePeerClosesTheChild() {
        up(office().whenClosed(Action.TRAP));
        gateway.terminatesChild(childId(gateway));
        world.run(Duration.ofSeconds(1));
        assertEquals(List.of("net"), laptop.trapsAskedFor());
        assertEquals(0, children(laptop).size());
    }

    @Test
    void anIkeSaThatThePeerClosedComesBackWithItsChildren() {
        up(office().whenClosed(Action.START));
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofSeconds(1));
        assertUp();
    }

    @Test
    void aPeerThatCrashedGetsTheTunnelBack() {
        up(office().whenDead(Action.START));
        gateway.crashes();
        world.run(Duration.ofMinutes(4));
        assertUp();
    }

    @Test
    void aTrapIsAskedForWhenThePeerIsDead() {
        up(office().whenDead(Action.TRAP));
        gateway.crashes();
        world.run(Duration.ofMinutes(4));
        assertEquals(List.of("net"), laptop.trapsAskedFor());
        assertEquals(0, laptop.views().size());
    }

    @Test
    void withoutActionsALostTunnelStaysDown() {
        up(office());
        gateway.crashes();
        world.run(Duration.ofMinutes(30));
        assertEquals(0, laptop.views().size());
        assertEquals(List.of(), laptop.trapsAskedFor());
    }

    @Test
    void twoEndsThatCloseAtOnceDoNotChaseEachOther() {
        up(office().whenClosed(Action.START));
        for (int i = 0; i < 1_000; i++) {
            gateway.views().forEach(view -> gateway.terminates(view.uniqueId()));
            world.run(Duration.ofMillis(200));
        }
        assertTrue(initiations(laptop) < 8, () -> initiations(laptop) + " set-ups in 200 s");
    }

    @Test
    void whatTheConfigurationWantsIsTriedAgainUntilThePeerIsThere() {
        configured(office());
        gateway.configured(List.of(), List.of());
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofHours(3));
        long tries = initiations(laptop);
        // after 1, 2, 4 and 8 minutes, then every 10, each less up to a quarter
        assertTrue(tries >= 20 && tries <= 28, () -> tries + " tries in three hours");
        configured(office());
        world.run(Duration.ofMinutes(10));
        assertUp();
    }

    @Test
    void aUsersWishEndsWithKeyingtries() {
        configured(office().keyingTries(2));
        world.network().loss(1);
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofHours(3));
        assertTrue(laptop.outcome(request).orElseThrow().isPresent());
        assertEquals(0, laptop.engine().size());
        assertEquals(2 * 6, initiations(laptop), "two sequences of six transmissions");
    }

    @Test
    void severalPacketsMakeOneTunnelWithTheTrapsNumber() {
        configured(office());
        var local = TrafficSelector.parse("10.1.0.0/16");
        var remote = TrafficSelector.parse("10.2.0.0/16");
        var key = Ids.ReqidKey.of(ChildTags.NONE, List.of(local), List.of(remote), Bytes.EMPTY);
        int other = laptop.ids().reqid(new Ids.ReqidKey(List.of(), List.of(), List.of()));
        int reqid = laptop.ids().reqid(key);
        assertNotEquals(other, reqid);
        laptop.ids().trapped("office", "net", new Ids.Trap(key, ChildTags.NONE));
        for (int i = 1; i <= 5; i++) {
            var packet =
                    new Acquire(
                            40 + i,
                            TrafficSelector.parse("10.1.0." + i + "/32[udp/5000]"),
                            TrafficSelector.parse("10.2.0.9/32[udp/53]"));
            laptop.initiates("office", "net", gateway.address(), Attempt.of(packet));
            world.run(Duration.ofMillis(3));
        }
        world.run(Duration.ofSeconds(5));
        assertUp();
        var child = children(laptop).getFirst().installation();
        assertEquals(reqid, child.reqid());
        assertEquals(41, child.acquireSequence(), "of the packet that came first");
        assertEquals(List.of(local), child.localTs());
        assertEquals(1, initiations(laptop));
    }

    @Test
    void thePacketsSelectorsComeFirst() {
        configured(office());
        // the gateway's child takes only part of what the laptop asks for
        var narrow = office().selectors("10.1.0.0/16", "10.2.7.0/24").mirrored();
        gateway.configured(
                List.of(narrow.build()), List.of(SimConnection.secret("ike-1", "correct horse")));
        var packet =
                new Acquire(
                        7,
                        TrafficSelector.parse("10.1.0.1/32[tcp/40000]"),
                        TrafficSelector.parse("10.2.7.1/32[tcp/443]"));
        laptop.initiates("office", "net", gateway.address(), Attempt.of(packet));
        world.run(Duration.ofSeconds(5));
        assertEquals(
                List.of(TrafficSelector.parse("10.2.7.0/24")),
                children(laptop).getFirst().installation().remoteTs());
    }
}
