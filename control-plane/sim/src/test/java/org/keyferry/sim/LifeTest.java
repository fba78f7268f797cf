package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.UniquePolicy;

/// What happens to tunnels that are up: DELETE, liveness, crashes, restarts from records.
class LifeTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final SimWorld world = SimWorld.seeded(9);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    @BeforeEach
    void up() {
        up(office());
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test").dpd(Duration.ofSeconds(30));
    }

    private void up(SimConnection connection) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        assertEquals(1, laptop.established());
        world.checkAgreement();
    }

    private void assertAllGone() {
        assertEquals(0, laptop.views().size() + gateway.views().size());
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
        world.run(LONG);
        assertEquals(0, laptop.engine().size() + gateway.engine().size());
    }

    @Test
    void deleteFromTheInitiator() {
        long request = laptop.terminates(laptop.views().getFirst().uniqueId());
        world.run(Duration.ofSeconds(1));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertAllGone();
    }

    @Test
    void deleteFromTheResponder() {
        long request = gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofSeconds(1));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(request));
        assertAllGone();
    }

    @Test
    void deleteFromBothAtOnce() {
        laptop.terminates(laptop.views().getFirst().uniqueId());
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofSeconds(1));
        assertAllGone();
    }

    @Test
    void aLostAnswerToDeleteIsGivenAgain() {
        laptop.terminates(laptop.views().getFirst().uniqueId());
        world.run(Duration.ofMillis(10));
        world.network().losesNext(1);
        world.run(Duration.ofSeconds(5));
        assertEquals(0, laptop.engine().size(), "one retransmission was enough");
    }

    @Test
    void deletingTheChildKeepsTheIkeSa() {
        int child = gateway.views().getFirst().children().getFirst().installation().childUniqueId();
        long request = gateway.terminatesChild(child);
        world.run(Duration.ofSeconds(1));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(request));
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
    }

    @Test
    void bothDeletingTheChildAtOnceAgree() {
        laptop.terminatesChild(childId(laptop));
        gateway.terminatesChild(childId(gateway));
        world.run(Duration.ofSeconds(1));
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
        assertEquals(1, laptop.established());
        world.checkAgreement();
    }

    private static int childId(SimPeer peer) {
        return peer.views().getFirst().children().getFirst().installation().childUniqueId();
    }

    @Test
    void shutdownTellsThePeer() {
        gateway.shutsDown();
        world.run(Duration.ofSeconds(1));
        assertEquals(0, gateway.engine().liveCount());
        assertAllGone();
    }

    @Test
    void livenessAsksOnlyAfterSilence() {
        var probing = office();
        var key = SimConnection.secret("ike-1", "correct horse");
        var prober = world.peer("prober", "192.0.2.7");
        var quiet = world.peer("quiet", "192.0.2.8");
        prober.configured(List.of(probing.build()), List.of(key));
        quiet.configured(List.of(probing.mirrored().dpd(Duration.ZERO).build()), List.of(key));
        prober.initiates("office", "net", quiet.address());
        world.run(Duration.ofSeconds(95));
        assertEquals(3, probes("prober > quiet"));
        assertEquals(0, probes("quiet > prober"));
    }

    private long probes(String path) {
        return world.transcript().stream()
                .filter(line -> line.contains(path + "  INFORMATIONAL request"))
                .count();
    }

    @Test
    void aSilentPeerIsGivenUp() {
        world.network().loss(1);
        world.run(Duration.ofSeconds(200));
        assertEquals(0, laptop.engine().size() + gateway.engine().size());
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
    }

    @Test
    void aPeerThatCrashedReplacesItsFormerSa() {
        laptop.crashes();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        assertEquals(1, gateway.established(), "INITIAL_CONTACT ended the former SA");
        world.checkAgreement();
    }

    @Test
    void anEngineRebuiltFromRecordsGoesOn() {
        assertEquals(1, gateway.restartsFromSnapshots());
        assertEquals(1, laptop.restartsFromSnapshots());
        world.run(Duration.ofMinutes(2)); // liveness works in both directions
        world.checkAgreement();
        assertEquals(1, gateway.established());
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofSeconds(1));
        assertAllGone();
    }

    @Test
    void uniqueReplaceDeletesTheOlderSa() {
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(LONG);
        up(office().unique(UniquePolicy.REPLACE));
        var other = world.peer("laptop2", "192.0.2.9");
        var key = SimConnection.secret("ike-1", "correct horse");
        other.configured(List.of(office().unique(UniquePolicy.NEVER).build()), List.of(key));
        other.initiates("office", "net", gateway.address());
        world.run(LONG);
        assertEquals(1, gateway.established());
        assertEquals(0, laptop.established(), "it was told by DELETE");
        world.checkAgreement();
    }

    @Test
    void uniqueKeepRefusesTheNewerSa() {
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(LONG);
        up(office().unique(UniquePolicy.KEEP));
        var other = world.peer("laptop2", "192.0.2.9");
        var key = SimConnection.secret("ike-1", "correct horse");
        other.configured(List.of(office().unique(UniquePolicy.NEVER).build()), List.of(key));
        long request = other.initiates("office", "net", gateway.address());
        world.run(LONG);
        assertEquals(
                "peer refused IKE_AUTH with AUTHENTICATION_FAILED",
                other.outcome(request).orElseThrow().orElseThrow().toString());
        assertEquals(1, laptop.established());
        world.checkAgreement();
    }
}
