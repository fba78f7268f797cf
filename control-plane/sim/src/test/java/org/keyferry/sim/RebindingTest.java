package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Input;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// A NAT gives the peer behind it another port, or another address (RFC 7296 2.23).
class RebindingTest {
    private static final Endpoint ELSEWHERE = new Endpoint(IpAddress.parse("203.0.113.9"), 4500);

    private final SimWorld world = SimWorld.seeded(23);
    private final SimPeer laptop = world.peer("laptop", "10.0.0.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private SimNat nat;

    @BeforeEach
    void tunnelThroughTheNat() {
        nat = world.network().nat(laptop, "192.0.2.77");
        var key = SimConnection.secret("ike-1", "correct horse");
        var connection = SimConnection.between("laptop.test", "gateway.test").withoutMobike();
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(5));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
    }

    private Endpoint peerOfGateway() {
        return gateway.views().getFirst().remote();
    }

    private ChildInstallation childOfGateway() {
        return gateway.children("net").getFirst().installation();
    }

    private void expectAllAt(Endpoint remote) {
        assertEquals(remote, peerOfGateway());
        assertEquals(remote, childOfGateway().remote());
        assertEquals(
                Optional.of(remote), gateway.kernel().remote(childOfGateway().childUniqueId()));
        world.checkAgreement();
    }

    @Test
    void anAuthenticRequestFromTheNewPortMovesAllThatGoesToThePeer() {
        Endpoint before = peerOfGateway();
        nat.rebind();
        long request = laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertNotEquals(before, peerOfGateway());
        expectAllAt(peerOfGateway());
        long back = gateway.rekeysChild(gateway.child("net"));
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(back), "the new path works");
        expectAllAt(peerOfGateway());
    }

    @Test
    void genuineEspFromElsewhereMovesThePeerTo() {
        ChildInstallation child = childOfGateway();
        gateway.give(
                new Input.PeerSeen(
                        child.local().address(), child.protocolId(), child.spiIn(), ELSEWHERE));
        world.run(Duration.ofSeconds(1));
        expectAllAt(ELSEWHERE);
    }

    /// Neither a message that fails its check, nor a copy of a genuine one, moves anything.
    @Test
    void junkAndCopiesFromElsewhereMoveNothing() {
        var seen = new ArrayList<Bytes>();
        world.network().listens(gateway.address(), seen::add);
        long request = laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        Endpoint before = peerOfGateway();
        for (Bytes genuine : List.copyOf(seen)) {
            byte[] junk = genuine.toArray();
            junk[junk.length - 1] ^= 1;
            junk[23]++; // the next message id
            Endpoint gate = gateway.views().getFirst().local();
            world.network().injects(ELSEWHERE, gate, Bytes.wrapOwned(junk));
            world.network().injects(ELSEWHERE, gate, genuine);
        }
        world.run(Duration.ofSeconds(1));
        assertEquals(2, seen.size() / 3, "the copies arrived");
        expectAllAt(before);
    }

    /// What is not behind a NAT has one address, and keeps it without MOBIKE.
    @Test
    void aPeerWithoutANatIsNotFollowed() {
        ChildInstallation child = laptop.children("net").getFirst().installation();
        Endpoint before = laptop.views().getFirst().remote();
        laptop.give(
                new Input.PeerSeen(
                        child.local().address(), child.protocolId(), child.spiIn(), ELSEWHERE));
        world.run(Duration.ofSeconds(1));
        assertEquals(before, laptop.views().getFirst().remote());
    }
}
