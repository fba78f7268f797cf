package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Set-ups that are ended at any moment, and wishes that cross each other.
class BreakOffTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int SET_UP_MILLIS = 90;

    private SimWorld world = SimWorld.seeded(21);
    private SimPeer laptop;
    private SimPeer gateway;

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test").dpd(Duration.ofSeconds(30));
    }

    private void begin(long seed, SimConnection own, SimConnection theirs) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", "192.0.2.1");
        gateway = world.peer("gateway", "192.0.2.2");
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(own.build()), List.of(key));
        gateway.configured(List.of(theirs.build()), List.of(key));
    }

    private void begin() {
        begin(21, office(), office().mirrored());
    }

    private void assertNothingLeft(String when) {
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertEquals(0, peer.kernel().objectCount(), when);
            assertEquals(0, peer.engine().size(), when);
            assertEquals(0, peer.reqidsInUse(), when);
        }
    }

    @ParameterizedTest
    @CsvSource({"true,false", "true,true", "false,false", "false,true"})
    void endingASetUpAtAnyMomentLeavesNothing(boolean byInitiator, boolean force) {
        for (int millis = 0; millis <= SET_UP_MILLIS; millis++) {
            begin();
            var asked = new ArrayList<Long>();
            long up = laptop.initiates("office", "net", gateway.address());
            world.run(Duration.ofMillis(millis));
            SimPeer ender = byInitiator ? laptop : gateway;
            ender.views().forEach(v -> asked.add(ender.terminates(v.uniqueId(), force)));
            world.run(LONG);
            // a responder that had not answered yet is simply asked again
            laptop.views().forEach(v -> laptop.terminates(v.uniqueId()));
            world.run(LONG);
            String when = "after " + millis + " ms";
            assertNothingLeft(when);
            assertTrue(laptop.outcome(up).isPresent(), when);
            for (long request : asked) {
                assertEquals(Optional.of(Optional.empty()), ender.outcome(request), when);
            }
        }
    }

    @Test
    void shuttingDownAtAnyMomentLeavesNothing() {
        for (int millis = 0; millis <= SET_UP_MILLIS; millis += 3) {
            begin();
            long up = laptop.initiates("office", "net", gateway.address());
            world.run(Duration.ofMillis(millis));
            laptop.shutsDown();
            gateway.shutsDown();
            world.run(LONG);
            assertNothingLeft("after " + millis + " ms");
            assertTrue(laptop.outcome(up).isPresent());
        }
    }

    @Test
    void aRefusedInstallOfAnEndedSetUpGivesTheSpiBack() {
        begin();
        laptop.kernel().refusesNextInstall("ENOSYS");
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMillis(86));
        laptop.terminates(laptop.views().getFirst().uniqueId(), true);
        world.run(LONG);
        assertNothingLeft("refused");
    }

    @Test
    void everyWishIsAnswered() {
        begin();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        world.network().loss(1);
        world.run(Duration.ofSeconds(31)); // a liveness check is in flight and stays there
        int ike = laptop.views().getFirst().uniqueId();
        int child = childId(laptop);
        long one = laptop.terminatesChild(child);
        long two = laptop.terminatesChild(child);
        long three = laptop.terminates(ike);
        long four = laptop.terminates(ike);
        world.run(LONG);
        for (long request : List.of(one, two, three, four)) {
            assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        }
        assertNothingLeft("peer lost");
    }

    private static int childId(SimPeer peer) {
        return peer.views().getFirst().children().getFirst().installation().childUniqueId();
    }

    @Test
    void aChildOfARestoredSaCanBeDeleted() {
        begin();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        laptop.restartsFromSnapshots();
        gateway.restartsFromSnapshots();
        long request = laptop.terminatesChild(childId(laptop));
        world.run(Duration.ofSeconds(1));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, laptop.established());
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
        assertEquals(0, laptop.reqidsInUse() + gateway.reqidsInUse());
    }

    @Test
    void theirDeleteCrossesOurs() {
        begin();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        long child = laptop.terminatesChild(childId(laptop));
        long ike = gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofSeconds(60));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(child));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(ike));
        assertNothingLeft("crossed");
    }

    @ParameterizedTest
    @CsvSource({"0", "5", "19", "20", "25", "41", "60", "64", "80"})
    void bothEndsInitiate(int millisLater) {
        begin();
        long mine = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMillis(millisLater));
        long theirs = gateway.initiates("office", "net", laptop.address());
        world.run(LONG); // liveness finds what INITIAL_CONTACT ended on one side alone
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(mine));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(theirs));
        assertTrue(laptop.established() >= 1);
        assertEquals(laptop.established(), gateway.established());
        world.checkAgreement();
    }

    @Test
    void copiesOfADetourChangeNothing() {
        int gcm = SimConnection.AES_GCM_16;
        var own =
                office().ike(
                                SimConnection.ikeProposal(
                                        gcm, SimConnection.X25519, SimConnection.ECP_256));
        var theirs = office().ike(SimConnection.ikeProposal(gcm, SimConnection.ECP_256)).mirrored();
        for (long seed = 0; seed < 20; seed++) {
            begin(seed, own, theirs);
            world.network().duplication(1).jitter(Duration.ofMillis(50));
            long request = laptop.initiates("office", "net", gateway.address());
            world.run(LONG);
            assertEquals(Optional.of(Optional.empty()), laptop.outcome(request), "seed " + seed);
        }
    }

    @Test
    void anExactAddressAndAnExactNameTieSoTheFirstLoadedServes() {
        for (boolean addressFirst : new boolean[] {true, false}) {
            begin();
            var byAddress =
                    SimConnection.between("gateway.test", "%any")
                            .named("by-address")
                            .to("192.0.2.1")
                            .build();
            var byName =
                    SimConnection.between("gateway.test", "laptop.test").named("by-name").build();
            var byNothing =
                    SimConnection.between("gateway.test", "%any").named("by-nothing").build();
            gateway.configured(
                    addressFirst
                            ? List.of(byNothing, byAddress, byName)
                            : List.of(byNothing, byName, byAddress),
                    List.of(SimConnection.secret("ike-1", "correct horse")));
            laptop.initiates("office", "net", gateway.address());
            world.run(Duration.ofSeconds(1));
            assertEquals(
                    addressFirst ? "by-address" : "by-name",
                    gateway.views().getFirst().connection().name());
        }
    }
}
