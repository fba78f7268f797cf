package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.Renewal;

/// IKE_SAs that are replaced, by rekeying (RFC 7296 §1.3.2, §2.8.2, §2.18, §2.25.2) and by
/// reauthentication (§2.8.3).
class RekeyIkeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private SimWorld world;
    private SimPeer laptop;
    private SimPeer gateway;

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test")
                .child("voice", "10.3.0.0/16", "10.4.0.0/16");
    }

    private void up(long seed, SimConnection mine, SimConnection theirs, EngineSettings settings) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", "192.0.2.1", settings);
        gateway = world.peer("gateway", "192.0.2.2", settings);
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(mine.build()), List.of(key));
        gateway.configured(List.of(theirs.build()), List.of(key));
        laptop.initiates("office", "net", gateway.address());
        laptop.initiates("office", "voice", gateway.address());
        world.run(SECOND);
        world.checkAgreement();
        world.traffic().flows(2);
    }

    private void up(long seed) {
        up(seed, office(), office().mirrored(), EngineSettings.defaults());
    }

    private void assertOneEach(Supplier<String> where) {
        world.checkAgreement();
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertEquals(1, peer.views().size(), where);
            assertEquals(1, peer.established(), where);
            assertEquals(1, peer.children("net").size(), where);
            assertEquals(1, peer.children("voice").size(), where);
            assertEquals(6, peer.kernel().objectCount(), where);
        }
        assertEquals(List.of(), world.traffic().lost(), where);
    }

    private static long count(SimPeer peer, Class<? extends Event> type) {
        return peer.events().stream().filter(type::isInstance).count();
    }

    /// RFC 4478: the responder says when, the initiator authenticates again before that.
    @Test
    void aSessionThatIsLimitedIsAuthenticatedAgainInTime() {
        up(3);
        int former = gateway.ike();
        int before = world.transcript().size();
        world.traffic().stops();
        gateway.limitsSession(former, Duration.ofHours(1));
        world.run(SECOND);
        assertEquals(
                """
                1.000 gateway > laptop  INFORMATIONAL request 0
                1.020 laptop > gateway  INFORMATIONAL response 0
                """,
                String.join("\n", world.transcript().subList(before, before + 2)) + "\n");
        world.run(Duration.ofMinutes(59));
        assertOneEach(() -> "");
        assertNotEquals(former, gateway.ike());
        assertEquals(2, count(gateway, Event.IkeUp.class));
    }

    /// An initiator that does not hear of it, or does not care, is out some time later.
    @Test
    void aSessionThatIsLimitedEndsIfNobodyAuthenticatesAgain() {
        up(3);
        int former = gateway.ike();
        world.traffic().stops();
        laptop.crashes();
        gateway.limitsSession(former, Duration.ofMinutes(10));
        world.run(Duration.ofHours(1));
        assertEquals(0, gateway.established());
    }

    @Test
    void othersSeeThatTheIkeSaIsRekeyed() {
        up(4);
        laptop.rekeysIke(laptop.ike());
        laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofMillis(10)); // the request is on its way
        var busy = laptop.views().getFirst();
        assertEquals("REKEYING", busy.state());
        assertEquals(List.of("IKE_REKEY"), busy.tasks().active());
        assertEquals(List.of("CHILD_REKEY"), busy.tasks().queued());
        world.run(SECOND);
        var idle = laptop.views().getFirst();
        assertEquals("ESTABLISHED", idle.state());
        assertEquals(List.of(), idle.tasks().active());
        assertTrue(idle.rekeyAt().isAfter(world.now()), "by its own rekey_time");
    }

    @Test
    void theNewIkeSaHasTheChildrenAndTheOldOneIsDeleted() {
        up(3);
        int former = laptop.ike();
        int child = laptop.child("net");
        int before = world.transcript().size();
        long request = laptop.rekeysIke(former);
        world.run(SECOND);
        assertEquals(
                """
                1.001 laptop > gateway  CREATE_CHILD_SA request 3
                1.022 gateway > laptop  CREATE_CHILD_SA response 3
                1.043 laptop > gateway  INFORMATIONAL request 4
                1.063 gateway > laptop  INFORMATIONAL response 4
                """,
                String.join("\n", world.transcript().subList(before, before + 4)) + "\n");
        assertEquals(before + 4, world.transcript().size());
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertNotEquals(former, laptop.ike());
        assertEquals(child, laptop.child("net"));
        world.run(PATIENCE);
        assertOneEach(() -> "");
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertEquals(1, count(peer, Event.IkeRekeyed.class));
            assertEquals(1, count(peer, Event.IkeUp.class));
            assertEquals(0, count(peer, Event.IkeDown.class));
            assertEquals(0, count(peer, Event.ChildDown.class));
            assertEquals(1, peer.engine().size());
        }
        gateway.rekeysChild(gateway.child("net"));
        world.run(SECOND);
        assertTrue(
                world.transcript().getLast().contains("INFORMATIONAL response 1"),
                "message ids start again");
        laptop.rekeysIke(laptop.ike());
        world.run(PATIENCE);
        gateway.rekeysIke(gateway.ike());
        world.run(PATIENCE);
        assertOneEach(() -> "");
        laptop.terminates(laptop.ike());
        world.traffic().stops();
        world.run(PATIENCE);
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
    }

    @Test
    void aPeerThatNeverDeletesTheOldOneIsWaitedForOnlySoLong() {
        up(3);
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofMillis(30));
        world.network().loss(1);
        world.run(Duration.ofSeconds(100));
        assertEquals(1, laptop.engine().size());
        world.network().loss(0);
        world.run(PATIENCE);
        assertOneEach(() -> "");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bothAtOnceLeaveOne(long seed) {
        up(seed);
        laptop.rekeysIke(laptop.ike());
        gateway.rekeysIke(gateway.ike());
        world.run(SECOND);
        var lines = world.transcript();
        assertEquals(3, lines.stream().filter(l -> l.contains("CREATE_CHILD_SA req")).count());
        assertEquals(2, lines.stream().filter(l -> l.contains("INFORMATIONAL req")).count());
        world.run(PATIENCE);
        assertOneEach(() -> "seed " + seed);
        assertEquals(1, laptop.engine().size());
        assertEquals(1, gateway.engine().size());
    }

    /// The other end's request is on its way at any moment of ours, and messages get lost.
    @Test
    void anyOverlapOfTwoRekeyingsLeavesOne() {
        overlap(() -> gateway.rekeysIke(gateway.ike()));
    }

    @Test
    void anyOverlapWithAChildsRekeyingLeavesOne() {
        overlap(() -> gateway.rekeysChild(gateway.child("net")));
    }

    @Test
    void anyOverlapWithAFurtherChildLeavesOne() {
        overlap(
                () -> {
                    world.traffic().stops();
                    gateway.terminatesChild(gateway.child("voice"));
                    gateway.initiates("office", "voice", laptop.address());
                });
    }

    private void overlap(Runnable theirs) {
        for (int millis = 0; millis < 90; millis += 3) {
            for (int loss = 0; loss < 4; loss++) {
                up(100 + millis);
                int lossy = loss;
                int when = millis;
                laptop.rekeysIke(laptop.ike());
                world.run(Duration.ofMillis(millis));
                world.network().losesNext(lossy == 3 ? 2 : lossy & 1);
                if (gateway.established() == 1) {
                    theirs.run();
                }
                world.network().losesNext(lossy == 2 ? 1 : 0);
                world.run(Duration.ofMinutes(4));
                assertOneEach(() -> when + " ms, loss " + lossy);
            }
        }
    }

    @Test
    void anyOverlapOfRekeyingAndDeletionLeavesNone() {
        for (int millis = 0; millis < 90; millis += 3) {
            up(300 + millis);
            world.traffic().stops();
            laptop.rekeysIke(laptop.ike());
            world.run(Duration.ofMillis(millis));
            gateway.views().forEach(view -> gateway.terminates(view.uniqueId()));
            world.run(PATIENCE);
            gateway.views().forEach(view -> gateway.terminates(view.uniqueId()));
            world.run(PATIENCE);
            assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
            assertEquals(0, laptop.engine().size() + gateway.engine().size());
            assertEquals(0, laptop.reqidsInUse() + gateway.reqidsInUse());
        }
    }

    @Test
    void itHappensByItselfBeforeTheLifetimeEnds() {
        up(5);
        world.run(Duration.ofHours(13));
        assertOneEach(() -> "");
        assertTrue(count(laptop, Event.IkeRekeyed.class) >= 3);
        assertEquals(0, count(laptop, Event.IkeDown.class));
    }

    @Test
    void whatDoesNotComeInItsLifetimeIsSetUpAnew() {
        up(5);
        world.traffic().stops();
        world.run(Duration.ofHours(3));
        var stubborn = office().ike(SimConnection.ikeProposal(12, SimConnection.ECP_256));
        assertEquals(1, laptop.established());
        gateway.crashes();
        world.run(Duration.ofMinutes(1));
        gateway.configured(List.of(stubborn.mirrored().build()), List.of());
        world.run(Duration.ofHours(3));
        assertEquals(0, laptop.established());
        assertEquals(0, laptop.kernel().objectCount());
    }

    private static SimConnection reauthenticating() {
        return office().reauth(Duration.ofHours(1))
                .ikeLifetime(Duration.ZERO, Duration.ofMinutes(6), Duration.ofMinutes(6));
    }

    @Test
    void reauthenticationMakesBeforeItBreaks() {
        up(6);
        int former = laptop.ike();
        world.traffic().stops();
        laptop.reauthenticates(former);
        world.run(Duration.ofSeconds(10));
        assertNotEquals(former, laptop.ike());
        assertOneEach(() -> "");
        int up = indexOfEvent(laptop, Event.IkeUp.class, 2);
        assertTrue(up < indexOfEvent(laptop, Event.IkeDown.class, 1), "the new one came first");
    }

    private static int indexOfEvent(SimPeer peer, Class<? extends Event> type, int nth) {
        int seen = 0;
        for (int i = 0; i < peer.events().size(); i++) {
            if (type.isInstance(peer.events().get(i)) && ++seen == nth) {
                return i;
            }
        }
        throw new AssertionError(nth + " " + type);
    }

    @Test
    void reauthenticationCanBreakBeforeItMakes() {
        var settings =
                EngineSettings.defaults().with(new Renewal(false, Duration.ofSeconds(5), true));
        up(6, office(), office().mirrored(), settings);
        world.traffic().stops();
        laptop.reauthenticates(laptop.ike());
        world.run(Duration.ofSeconds(10));
        assertOneEach(() -> "");
        int up = indexOfEvent(laptop, Event.IkeUp.class, 2);
        assertTrue(up > indexOfEvent(laptop, Event.IkeDown.class, 1), "the old one went first");
    }

    @Test
    void reauthenticationHappensByItself() {
        up(6, reauthenticating(), office().mirrored(), EngineSettings.defaults());
        world.traffic().stops();
        world.run(Duration.ofHours(5));
        assertOneEach(() -> "");
        assertTrue(count(laptop, Event.IkeUp.class) >= 5);
        assertEquals(0, count(laptop, Event.IkeRekeyed.class));
    }

    @Test
    void bothReauthenticatingAtOnceComeToRest() {
        up(6, reauthenticating(), reauthenticating().mirrored(), EngineSettings.defaults());
        world.traffic().stops();
        laptop.reauthenticates(laptop.ike());
        gateway.reauthenticates(gateway.ike());
        world.run(Duration.ofMinutes(5));
        world.checkAgreement();
        assertTrue(laptop.established() >= 1);
        assertEquals(laptop.established(), gateway.established());
    }

    @Test
    void aReauthenticationThatFailsLeavesTheOldOneAndComesAgain() {
        up(6);
        int former = laptop.ike();
        world.traffic().stops();
        var key = SimConnection.secret("ike-1", "correct horse");
        gateway.configured(List.of(office().mirrored().build()), List.of());
        laptop.reauthenticates(former);
        world.run(Duration.ofSeconds(5));
        assertEquals(former, laptop.ike());
        assertEquals(6, laptop.kernel().objectCount());
        gateway.configured(List.of(office().mirrored().build()), List.of(key));
        world.run(Duration.ofSeconds(30));
        assertNotEquals(former, laptop.ike());
        assertOneEach(() -> "");
    }
}
