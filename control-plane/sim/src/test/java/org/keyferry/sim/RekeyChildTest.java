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
import org.keyferry.engine.Event;
import org.keyferry.wire.Proposal;

/// CHILD_SAs that are added to an IKE_SA and replaced (RFC 7296 §1.3.1, §1.3.3, §2.8, §2.25.1).
class RekeyChildTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int GCM = SimConnection.AES_GCM_16;

    private SimWorld world;
    private SimPeer laptop;
    private SimPeer gateway;

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test")
                .child("voice", "10.3.0.0/16", "10.4.0.0/16");
    }

    private void up(long seed, SimConnection mine, SimConnection theirs) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", "192.0.2.1");
        gateway = world.peer("gateway", "192.0.2.2");
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(mine.build()), List.of(key));
        gateway.configured(List.of(theirs.build()), List.of(key));
        laptop.initiates("office", "net", gateway.address());
        world.run(SECOND);
        world.checkAgreement();
        world.traffic().flows(1);
    }

    private void up(long seed) {
        up(seed, office(), office().mirrored());
    }

    /// What was on the wire since some moment, which is at 0.000.
    private List<String> during(Runnable story, Duration time) {
        int before = world.transcript().size();
        story.run();
        world.run(time);
        return world.transcript().subList(before, world.transcript().size());
    }

    private void assertOneEach(Supplier<String> seed) {
        world.checkAgreement();
        assertEquals(1, laptop.children("net").size(), seed);
        assertEquals(1, gateway.children("net").size(), seed);
        assertEquals(1, laptop.established(), seed);
        assertEquals(1, gateway.established(), seed);
        assertEquals(List.of(), world.traffic().lost(), seed);
        assertTrue(world.traffic().sent() > 0);
        assertEquals(3, laptop.kernel().objectCount(), seed);
        assertEquals(3, gateway.kernel().objectCount(), seed);
    }

    private static long count(SimPeer peer, Class<? extends Event> type) {
        return peer.events().stream().filter(type::isInstance).count();
    }

    @Test
    void aRekeyingIsMadeBeforeTheOldOneBreaks() {
        up(7);
        int former = laptop.child("net");
        int reqid = laptop.children("net").getFirst().installation().reqid();
        var request = new long[1];
        var lines = during(() -> request[0] = laptop.rekeysChild(former), SECOND);
        assertEquals(
                """
                1.001 laptop > gateway  CREATE_CHILD_SA request 2
                1.023 gateway > laptop  CREATE_CHILD_SA response 2
                1.044 laptop > gateway  INFORMATIONAL request 3
                1.064 gateway > laptop  INFORMATIONAL response 3
                """,
                String.join("\n", lines) + "\n");
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request[0]));
        assertEquals(4, laptop.kernel().objectCount(), "the old one still takes packets");
        world.run(Duration.ofSeconds(5));
        assertOneEach(() -> "");
        assertNotEquals(former, laptop.child("net"));
        assertEquals(reqid, laptop.children("net").getFirst().installation().reqid());
        assertEquals(1, laptop.reqidsInUse());
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertEquals(1, count(peer, Event.ChildRekeyed.class));
            assertEquals(1, count(peer, Event.ChildUp.class));
            assertEquals(0, count(peer, Event.ChildDown.class));
        }
    }

    @Test
    void aLostAnswerCostsOneRetransmissionAndNoTraffic() {
        up(7);
        var lines =
                during(
                        () -> {
                            laptop.rekeysChild(laptop.child("net"));
                            world.run(Duration.ofMillis(10));
                            world.network().losesNext(1);
                        },
                        Duration.ofSeconds(12));
        assertEquals(
                """
                1.001 laptop > gateway  CREATE_CHILD_SA request 2
                1.023 gateway > laptop  CREATE_CHILD_SA response 2 lost
                5.001 laptop > gateway  CREATE_CHILD_SA request 2
                5.021 gateway > laptop  CREATE_CHILD_SA response 2
                5.042 laptop > gateway  INFORMATIONAL request 3
                5.062 gateway > laptop  INFORMATIONAL response 3
                """,
                String.join("\n", lines) + "\n");
        assertOneEach(() -> "");
    }

    @Test
    void theResponderRekeysToo() {
        up(8);
        gateway.rekeysChild(gateway.child("net"));
        world.run(Duration.ofSeconds(7));
        assertOneEach(() -> "");
    }

    @Test
    void itHappensByItselfBeforeTheLifetimeEnds() {
        up(9);
        world.run(Duration.ofHours(3));
        assertOneEach(() -> "");
        assertTrue(count(laptop, Event.ChildRekeyed.class) >= 3);
        assertEquals(0, count(laptop, Event.ChildDown.class));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bothAtOnceLeaveOne(long seed) {
        up(seed);
        laptop.rekeysChild(laptop.child("net"));
        gateway.rekeysChild(gateway.child("net"));
        world.run(SECOND);
        var lines = world.transcript();
        assertEquals(2, lines.stream().filter(l -> l.contains("CREATE_CHILD_SA req")).count());
        assertEquals(2, lines.stream().filter(l -> l.contains("INFORMATIONAL req")).count());
        world.run(Duration.ofSeconds(6));
        assertOneEach(() -> "seed " + seed);
    }

    /// The other end's request is on its way at any moment of ours, and messages get lost.
    @Test
    void anyOverlapOfTwoRekeyingsLeavesOne() {
        for (int millis = 0; millis < 90; millis += 3) {
            for (int loss = 0; loss < 4; loss++) {
                up(100 + millis);
                int lossy = loss;
                laptop.rekeysChild(laptop.child("net"));
                int last = gateway.child("net");
                world.run(Duration.ofMillis(millis));
                world.network().losesNext(lossy == 3 ? 2 : lossy & 1);
                gateway.rekeysChild(last);
                world.network().losesNext(lossy == 2 ? 1 : 0);
                world.run(Duration.ofSeconds(60));
                int when = millis;
                assertOneEach(() -> when + " ms, loss " + lossy);
            }
        }
    }

    @Test
    void anyOverlapOfRekeyingAndDeletionLeavesNone() {
        for (int millis = 0; millis < 90; millis += 3) {
            up(300 + millis);
            world.traffic().stops();
            laptop.rekeysChild(laptop.child("net"));
            int last = gateway.child("net");
            world.run(Duration.ofMillis(millis));
            gateway.terminatesChild(last);
            world.run(Duration.ofSeconds(60));
            gateway.children("net")
                    .forEach(c -> gateway.terminatesChild(c.installation().childUniqueId()));
            world.run(Duration.ofSeconds(60));
            int when = millis;
            world.checkAgreement();
            assertEquals(0, laptop.kernel().objectCount(), () -> when + " ms");
            assertEquals(0, gateway.kernel().objectCount(), () -> when + " ms");
            assertEquals(1, laptop.established());
        }
    }

    @Test
    void aFurtherChildGoesOverTheSameIkeSa() {
        up(7);
        laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofSeconds(10));
        world.traffic().stops();
        long request = laptop.initiates("office", "voice", gateway.address());
        world.run(SECOND);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.children("voice").size());
        long again = gateway.initiates("office", "voice", laptop.address());
        world.run(SECOND);
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(again));
        assertEquals(1, gateway.children("voice").size());
        gateway.terminatesChild(gateway.child("voice"));
        world.run(SECOND);
        assertOneEach(() -> "");
        gateway.initiates("office", "voice", laptop.address());
        world.run(SECOND);
        assertEquals(1, laptop.children("voice").size(), "from the other end, too");
        assertEquals(1, laptop.established());
    }

    @Test
    void twoChildrenAskedForAtOnceShareTheIkeSa() {
        up(7);
        laptop.terminates(laptop.views().getFirst().uniqueId());
        world.traffic().stops();
        world.run(SECOND);
        long one = laptop.initiates("office", "net", gateway.address());
        long two = laptop.initiates("office", "voice", gateway.address());
        world.run(SECOND);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(one));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(two));
        assertEquals(1, laptop.established());
        assertEquals(2, gateway.views().getFirst().children().size());
        world.checkAgreement();
    }

    @Test
    void whoWaitsForAFurtherChildLearnsThatTheSetUpFailed() {
        up(7);
        laptop.terminates(laptop.views().getFirst().uniqueId());
        world.traffic().stops();
        world.run(SECOND);
        world.network().loss(1);
        laptop.initiates("office", "net", gateway.address());
        long two = laptop.initiates("office", "voice", gateway.address());
        world.run(Duration.ofMinutes(5));
        assertTrue(laptop.outcome(two).orElseThrow().isPresent());
    }

    private static Proposal pfs(int... methods) {
        return SimConnection.espProposal(GCM, methods);
    }

    @Test
    void aKeyExchangeOfItsOwnAndTheDetourToTheMethodThatThePeerWants() {
        up(
                7,
                office().esp(pfs(SimConnection.X25519, SimConnection.ECP_256)),
                office().esp(pfs(SimConnection.ECP_256)).mirrored());
        var lines = during(() -> laptop.rekeysChild(laptop.child("net")), SECOND);
        assertEquals(6, lines.size(), "refused, repeated, deleted: " + lines);
        world.run(Duration.ofSeconds(5));
        assertOneEach(() -> "");
    }

    @Test
    void aProposalWithoutKeyExchangeMakesKeysOfNonces() {
        up(7, office().esp(pfs(), pfs(SimConnection.X25519)), office().esp(pfs()).mirrored());
        var lines = during(() -> laptop.rekeysChild(laptop.child("net")), SECOND);
        assertEquals(4, lines.size());
        world.run(Duration.ofSeconds(5));
        assertOneEach(() -> "");
    }

    @Test
    void aRefusalIsTriedAgainUntilItWorks() {
        up(7);
        gateway.kernel().refusesNextInstall("ENOSYS");
        long request = laptop.rekeysChild(laptop.child("net"));
        world.run(SECOND);
        assertEquals(
                "peer refused CREATE_CHILD_SA with NO_PROPOSAL_CHOSEN",
                laptop.outcome(request)
                        .orElseThrow()
                        .orElseThrow()
                        .toString()
                        .replaceAll(" \\(.*", ""));
        world.run(Duration.ofSeconds(25));
        assertOneEach(() -> "");
        assertEquals(1, count(laptop, Event.ChildRekeyed.class));
    }

    @Test
    void anOwnKernelThatRefusesTellsThePeer() {
        up(7);
        laptop.kernel().refusesNextInstall("ENOSYS");
        laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofSeconds(30));
        assertOneEach(() -> "");
        assertEquals(1, count(laptop, Event.ChildRekeyed.class));
    }

    @Test
    void deletingTheIkeSaMeanwhileLeavesNothing() {
        for (int millis = 0; millis < 80; millis++) {
            up(7);
            world.traffic().stops();
            long request = laptop.rekeysChild(laptop.child("net"));
            world.run(Duration.ofMillis(millis));
            SimPeer ender = millis % 2 == 0 ? laptop : gateway;
            ender.terminates(ender.views().getFirst().uniqueId());
            world.run(Duration.ofMinutes(5));
            assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
            assertEquals(0, laptop.engine().size() + gateway.engine().size());
            assertEquals(0, laptop.reqidsInUse() + gateway.reqidsInUse());
            assertTrue(laptop.outcome(request).isPresent());
        }
    }

    @Test
    void aRestartFromRecordsKeepsDeadlines() {
        up(7);
        world.run(Duration.ofMinutes(30));
        assertEquals(1, laptop.restartsFromSnapshots());
        assertEquals(1, gateway.restartsFromSnapshots());
        world.run(Duration.ofMinutes(40));
        assertOneEach(() -> "");
        assertTrue(
                laptop.children("net")
                        .getFirst()
                        .installed()
                        .isAfter(world.now().minus(Duration.ofMinutes(40))));
    }
}
