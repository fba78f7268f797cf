package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// CREATE_CHILD_SA as responder (RFC 7296 §1.3).
class CreateChildTest {
    private static final int PER_CHILD = 3; // two states and a pair of selectors
    private static final ChildSpi FIRST = new ChildSpi(0xcafe0001);
    private static final ChildSpi SECOND = new ChildSpi(0xcafe0002);

    private final SimWorld world = SimWorld.seeded(11);
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private final HandMadePeer peer = new HandMadePeer(world, "192.0.2.1", gateway, 11);

    @BeforeEach
    void up() throws PeerViolation {
        var connection =
                SimConnection.between("laptop.test", "gateway.test")
                        .esp(offer(0, SimConnection.X25519))
                        .mirrored();
        gateway.configured(
                List.of(connection.build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        peer.begins().authenticates("laptop.test");
    }

    /// An ESP proposal with these methods for a key exchange of its own, 0 for none.
    private static Proposal offer(int... methods) {
        var transforms =
                new ArrayList<>(SimConnection.espProposal(SimConnection.AES_GCM_16).transforms());
        for (int method : methods) {
            transforms.add(new Transform(TransformType.KE, method, 0));
        }
        return new Proposal(1, ProtocolId.ESP, Bytes.EMPTY, transforms);
    }

    private static List<Payload> request(Proposal offer, ChildSpi spi, String remoteNet) {
        return new ArrayList<>(
                List.of(
                        new Payload.SecurityAssociation(List.of(offer.withSpi(spi.bytes()))),
                        new Payload.Nonce(Bytes.of(new byte[32])),
                        new Payload.TsInitiator(
                                List.of(TrafficSelector.of(AddressRange.parse("10.1.0.0/16")))),
                        new Payload.TsResponder(
                                List.of(TrafficSelector.of(AddressRange.parse(remoteNet))))));
    }

    private List<Payload> asks(int messageId, List<Payload> payloads) throws PeerViolation {
        return peer.asks(ExchangeType.CREATE_CHILD_SA, messageId, payloads.toArray(Payload[]::new));
    }

    private List<Payload> create(int messageId, ChildSpi spi) throws PeerViolation {
        return asks(messageId, request(offer(), spi, "10.2.0.0/16"));
    }

    private static Payload rekeyOf(ChildSpi spi) {
        return new Payload.Notify(ProtocolId.ESP, spi.bytes(), NotifyType.REKEY_SA, Bytes.EMPTY);
    }

    @Test
    void aFurtherChildComesUp() throws PeerViolation {
        List<Payload> answer = create(2, FIRST);
        var chosen =
                IkeMessage.first(answer, Payload.SecurityAssociation.class)
                        .orElseThrow()
                        .proposals();
        assertEquals(1, chosen.size());
        var child = gateway.views().getFirst().children().getFirst().installation();
        assertEquals(child.spiIn().bytes(), chosen.getFirst().spi());
        assertEquals(FIRST, child.spiOut());
        assertEquals(PER_CHILD, gateway.kernel().objectCount());
        assertTrue(IkeMessage.first(answer, Payload.Nonce.class).isPresent());
    }

    @Test
    void aRekeyedChildWaitsBehindTheOldOneUntilThatIsDeleted() throws PeerViolation {
        create(2, FIRST);
        var request = request(offer(), SECOND, "10.2.0.0/16");
        request.addFirst(rekeyOf(FIRST));
        asks(3, request);
        var children = gateway.views().getFirst().children();
        assertEquals(2, children.size());
        assertEquals(
                children.getFirst().installation().reqid(),
                children.getLast().installation().reqid());
        assertTrue(children.getLast().installation().patient());
        List<Payload> answer =
                peer.asks(
                        ExchangeType.INFORMATIONAL,
                        4,
                        new Payload.Delete(ProtocolId.ESP, 4, List.of(FIRST.bytes())));
        assertEquals(1, IkeMessage.all(answer, Payload.Delete.class).size());
        assertEquals(PER_CHILD + 1, gateway.kernel().objectCount(), "late packets are taken");
        world.run(Duration.ofSeconds(6));
        assertEquals(PER_CHILD, gateway.kernel().objectCount());
        var left = gateway.views().getFirst().children().getFirst().installation();
        assertEquals(SECOND, left.spiOut());
    }

    @Test
    void aKeyExchangeOfItsOwnIsDone() throws PeerViolation {
        var method = KeyExchangeMethod.of(SimConnection.X25519).orElseThrow();
        var local = method.initiate(new byte[method.entropyBytes()]);
        var request = request(offer(SimConnection.X25519), FIRST, "10.2.0.0/16");
        request.add(new Payload.KeyExchange(SimConnection.X25519, local.publicValue()));
        List<Payload> answer = asks(2, request);
        assertEquals(
                SimConnection.X25519,
                IkeMessage.first(answer, Payload.KeyExchange.class).orElseThrow().methodId());
        assertEquals(PER_CHILD, gateway.kernel().objectCount());
    }

    @Test
    void aMissingPublicValueIsAskedFor() throws PeerViolation {
        var answer = asks(2, request(offer(SimConnection.X25519), FIRST, "10.2.0.0/16"));
        assertTrue(HandMadePeer.has(answer, NotifyType.INVALID_KE_PAYLOAD));
        assertEquals(0, gateway.kernel().objectCount());
    }

    @Test
    void rekeyingWhatIsNotThereIsRefusedWithItsSpi() throws PeerViolation {
        var request = request(offer(), SECOND, "10.2.0.0/16");
        request.addFirst(rekeyOf(FIRST));
        var notify =
                IkeMessage.notify(asks(2, request), NotifyType.CHILD_SA_NOT_FOUND).orElseThrow();
        assertEquals(FIRST.bytes(), notify.spi());
    }

    @Test
    void selectorsThatNoChildHasAreRefused() throws PeerViolation {
        var answer = asks(2, request(offer(), FIRST, "10.99.0.0/16"));
        assertTrue(HandMadePeer.has(answer, NotifyType.TS_UNACCEPTABLE));
    }

    @Test
    void aNewIkeSaWithoutKeyExchangeIsRefused() throws PeerViolation {
        var ike = SimConnection.ikeProposal(SimConnection.AES_GCM_16, SimConnection.X25519);
        var answer =
                asks(
                        2,
                        List.of(
                                new Payload.SecurityAssociation(
                                        List.of(ike.withSpi(Bytes.of(new byte[8])))),
                                new Payload.Nonce(Bytes.of(new byte[32]))));
        assertTrue(HandMadePeer.has(answer, NotifyType.INVALID_SYNTAX));
        assertEquals(1, gateway.established());
    }

    @Test
    void aKernelThatRefusesLeavesTheIkeSa() throws PeerViolation {
        gateway.kernel().refusesNextInstall("ENOSYS");
        assertTrue(HandMadePeer.has(create(2, FIRST), NotifyType.NO_PROPOSAL_CHOSEN));
        assertEquals(0, gateway.kernel().objectCount());
        assertEquals(1, gateway.established());
        assertTrue(create(3, SECOND).size() > 1, "the next one may work");
    }

    @Test
    void deletingTheIkeSaMeanwhileLeavesNothing() {
        var wanted =
                peer.sealed(
                        ExchangeType.CREATE_CHILD_SA,
                        false,
                        2,
                        request(offer(), FIRST, "10.2.0.0/16"));
        world.network()
                .injects(
                        new org.keyferry.wire.Endpoint(
                                org.keyferry.wire.IpAddress.parse("192.0.2.1"), 500),
                        new org.keyferry.wire.Endpoint(gateway.address(), 500),
                        wanted);
        world.run(Duration.ofMillis(21));
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofMinutes(5));
        assertEquals(0, gateway.kernel().objectCount());
        assertEquals(0, gateway.engine().size());
    }
}
