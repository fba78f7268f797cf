package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.ChildHandling;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;

/// How many CHILD_SAs a peer may have over one IKE_SA, and what it may do with them.
class ChildLimitTest {
    private static final int LIMIT = 4;

    private final SimWorld world = SimWorld.seeded(21);
    private final SimPeer gateway =
            world.peer(
                    "gateway",
                    "192.0.2.2",
                    EngineSettings.defaults().with(ChildHandling.DEFAULT.withChildrenLimit(LIMIT)));
    private final SimConnection connection =
            SimConnection.between("laptop.test", "gateway.test").unique(UniquePolicy.NEVER);
    private HandMadePeer peer;
    private int messageId = 1;

    @BeforeEach
    void configured() {
        gateway.configured(
                List.of(connection.mirrored().build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
    }

    private void up() throws PeerViolation {
        peer = new HandMadePeer(world, "192.0.2.1", gateway, 11);
        peer.begins().authenticates("laptop.test");
    }

    private static ChildSpi spi(int i) {
        return new ChildSpi(0xcafe0000 + i);
    }

    private List<Payload> asks(ChildSpi own, Payload... before) throws PeerViolation {
        var payloads = new ArrayList<Payload>(List.of(before));
        var offer = SimConnection.espProposal(SimConnection.AES_GCM_16).withSpi(own.bytes());
        payloads.add(new Payload.SecurityAssociation(List.of(offer)));
        payloads.add(new Payload.Nonce(Bytes.of(new byte[32])));
        payloads.add(
                new Payload.TsInitiator(
                        List.of(TrafficSelector.of(AddressRange.parse("10.1.0.0/16")))));
        payloads.add(
                new Payload.TsResponder(
                        List.of(TrafficSelector.of(AddressRange.parse("10.2.0.0/16")))));
        return peer.asks(
                ExchangeType.CREATE_CHILD_SA, ++messageId, payloads.toArray(Payload[]::new));
    }

    private boolean rekeys(ChildSpi former, ChildSpi next) throws PeerViolation {
        var rekey =
                new Payload.Notify(
                        ProtocolId.ESP, former.bytes(), NotifyType.REKEY_SA, Bytes.EMPTY);
        List<Payload> answer = asks(next, rekey);
        assertFalse(HandMadePeer.has(answer, NotifyType.NO_ADDITIONAL_SAS));
        return isUp(answer);
    }

    private static boolean isUp(List<Payload> answer) {
        return IkeMessage.first(answer, Payload.SecurityAssociation.class).isPresent();
    }

    private void deletes(ChildSpi own) throws PeerViolation {
        peer.asks(
                ExchangeType.INFORMATIONAL,
                ++messageId,
                Payload.Delete.child(ProtocolId.ESP, List.of(own)));
    }

    private int children() {
        return gateway.views().getFirst().children().size();
    }

    private List<String> logged() {
        return gateway.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(event -> ((Event.Logged) event).text())
                .filter(text -> text.contains("children_limit"))
                .toList();
    }

    @Test
    void whoHasEnoughGetsNoMore() throws PeerViolation {
        up();
        for (int i = 1; i <= LIMIT; i++) {
            assertTrue(isUp(asks(spi(i))));
        }
        assertEquals(List.of(), logged());
        for (int i = 0; i < 100; i++) {
            assertTrue(HandMadePeer.has(asks(spi(100 + i)), NotifyType.NO_ADDITIONAL_SAS));
        }
        assertEquals(LIMIT, children());
        assertEquals(
                List.of(
                        "peer 'laptop.test' has 4 CHILD_SAs, no more are accepted over this IKE_SA"
                                + " (children_limit)"),
                logged());
        peer.asks(ExchangeType.INFORMATIONAL, ++messageId, HandMadePeer.deleteIke());
        assertEquals(
                "100 requests of peer 'laptop.test' for more CHILD_SAs were refused"
                        + " (children_limit)",
                logged().getLast());
        assertEquals(2, logged().size());
    }

    @Test
    void whereOneWentThereIsRoomForAnother() throws PeerViolation {
        up();
        for (int i = 1; i <= LIMIT; i++) {
            asks(spi(i));
        }
        deletes(spi(2));
        assertTrue(isUp(asks(spi(50))));
        assertFalse(isUp(asks(spi(51))));
    }

    /// Rekeying goes on at the limit, all of them one after the other and at once.
    @Test
    void whatIsThereMayAlwaysBeRekeyed() throws PeerViolation {
        up();
        for (int i = 1; i <= LIMIT; i++) {
            asks(spi(i));
        }
        for (int round = 0; round < 5; round++) {
            for (int i = 1; i <= LIMIT; i++) {
                assertTrue(rekeys(spi(round * 10 + i), spi(round * 10 + 10 + i)));
            }
            assertFalse(isUp(asks(spi(500 + round))));
            for (int i = 1; i <= LIMIT; i++) {
                deletes(spi(round * 10 + i));
            }
        }
        world.run(Duration.ofMinutes(1));
        assertEquals(LIMIT, children());
    }

    /// Nor do they become more and more by rekeying without ever deleting.
    @Test
    void whoKeepsWhatIsReplacedIsStopped() throws PeerViolation {
        up();
        asks(spi(1));
        int last = 1;
        for (int i = 2; i < 100; i++) {
            if (rekeys(spi(last), spi(i))) {
                last = i;
            }
        }
        assertEquals(LIMIT + 1, children());
        deletes(spi(1));
        assertTrue(rekeys(spi(last), spi(200)), "and goes on when it has deleted one");
    }

    /// The other end, as initiator: a further IKE_SA (RFC 7296 §1.3).
    @Test
    void aKeyferryThatIsRefusedTakesAnotherIkeSa() {
        var laptop = world.peer("laptop", "192.0.2.1");
        SimConnection many = connection;
        for (int i = 1; i <= LIMIT; i++) {
            many = many.child("net" + i, "10.1.%d.0/24".formatted(i), "10.2.%d.0/24".formatted(i));
        }
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(many.build()), List.of(key));
        gateway.configured(List.of(many.mirrored().build()), List.of(key));
        var requests = new ArrayList<Long>();
        requests.add(laptop.initiates("office", "net", gateway.address()));
        world.run(Duration.ofSeconds(1));
        for (int i = 1; i <= LIMIT; i++) {
            requests.add(laptop.initiates("office", "net" + i, gateway.address()));
            world.run(Duration.ofSeconds(1));
        }
        for (long request : requests) {
            assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        }
        assertEquals(2, laptop.established());
        assertEquals(1, logged().size());
        assertTrue(
                laptop.events().stream()
                        .filter(Event.Logged.class::isInstance)
                        .anyMatch(
                                e ->
                                        ((Event.Logged) e)
                                                .text()
                                                .equals(
                                                        "peer takes no more CHILD_SAs, using a"
                                                                + " further IKE_SA")));
        world.checkAgreement();
    }
}
