package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Messages that no well-behaved peer sends, and messages of somebody who is no peer at all.
class HostilePeerTest {
    private static final int DELETE_TYPE = 42;
    private static final Bytes JUNK = Bytes.ofHex("0304");

    private final SimWorld world = SimWorld.seeded(11);
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private final HandMadePeer peer = new HandMadePeer(world, "192.0.2.1", gateway, 5);

    @BeforeEach
    void configured() {
        configured(SimConnection.between("laptop.test", "gateway.test").mirrored());
    }

    private void configured(SimConnection connection) {
        gateway.configured(
                List.of(connection.build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
    }

    private void up() throws PeerViolation {
        peer.begins().authenticates("laptop.test");
        assertEquals(1, gateway.established());
    }

    private void assertGone() {
        assertEquals(0, gateway.views().size());
        assertEquals(0, gateway.kernel().objectCount());
        world.run(Duration.ofMinutes(1));
        assertEquals(0, gateway.engine().size());
    }

    @Test
    void anIkeSaWithoutAChild() throws PeerViolation {
        up();
        assertEquals(0, gateway.kernel().objectCount());
        assertTrue(peer.asks(ExchangeType.INFORMATIONAL, 2).isEmpty(), "it is alive");
        assertTrue(peer.asks(ExchangeType.INFORMATIONAL, 3, HandMadePeer.deleteIke()).isEmpty());
        assertGone();
    }

    @Test
    void aMalformedProtectedRequestEndsTheSa() throws PeerViolation {
        up();
        var answer =
                peer.asks(
                        ExchangeType.INFORMATIONAL,
                        2,
                        new Payload.Unrecognized(DELETE_TYPE, false, JUNK));
        assertTrue(HandMadePeer.refusesSyntax(answer));
        assertGone();
    }

    @Test
    void aMalformedIkeAuthEndsTheSetUp() throws PeerViolation {
        peer.begins();
        var answer =
                peer.asks(
                        ExchangeType.IKE_AUTH,
                        1,
                        new Payload.Unrecognized(DELETE_TYPE, false, JUNK));
        assertTrue(HandMadePeer.refusesSyntax(answer));
        assertGone();
    }

    @Test
    void anUnknownCriticalPayloadIsRefusedAndTheSaStays() throws PeerViolation {
        up();
        var answer =
                peer.asks(
                        ExchangeType.INFORMATIONAL,
                        2,
                        new Payload.Unrecognized(200, true, Bytes.EMPTY));
        var notify =
                IkeMessage.notify(answer, NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD).orElseThrow();
        assertEquals(Bytes.ofU8(200), notify.data());
        assertEquals(1, gateway.established());
        assertTrue(
                peer.asks(
                                ExchangeType.INFORMATIONAL,
                                3,
                                new Payload.Unrecognized(200, false, Bytes.EMPTY))
                        .isEmpty(),
                "an uncritical one is skipped");
    }

    @Test
    void theLastRequestIsAnsweredAgainAndOlderOnesAreNot() throws PeerViolation {
        up();
        Bytes two = peer.sealed(ExchangeType.INFORMATIONAL, false, 2, List.of());
        Bytes three = peer.sealed(ExchangeType.INFORMATIONAL, false, 3, List.of());
        Bytes answer = peer.sends(two).getFirst();
        assertEquals(List.of(answer), peer.sends(two), "the same bytes");
        assertEquals(1, peer.sends(three).size());
        assertEquals(List.of(), peer.sends(two));
        assertEquals(
                List.of(),
                peer.sends(peer.sealed(ExchangeType.INFORMATIONAL, false, 5, List.of())),
                "no gaps");
        assertEquals(1, gateway.established());
    }

    @Test
    void whatIsNotProtectedDoesNothing() throws PeerViolation {
        up();
        List<List<Payload>> plain =
                List.of(
                        List.of(),
                        List.of(HandMadePeer.deleteIke()),
                        List.of(Payload.Notify.of(NotifyType.AUTHENTICATION_FAILED)),
                        List.of(new Payload.Unrecognized(200, true, Bytes.EMPTY)),
                        List.of(new Payload.Unrecognized(DELETE_TYPE, false, JUNK)),
                        List.of(new Payload.Encrypted(0, Bytes.EMPTY)),
                        List.of(new Payload.Encrypted(0, JUNK)),
                        List.of(new Payload.EncryptedFragment(0, 1, 2, JUNK)));
        for (List<Payload> payloads : plain) {
            for (boolean response : new boolean[] {false, true}) {
                Bytes datagram =
                        IkeMessage.encode(
                                peer.spi(),
                                peer.gatewaySpi(),
                                ExchangeType.INFORMATIONAL,
                                true,
                                response,
                                2,
                                payloads);
                assertEquals(List.of(), peer.sends(datagram), payloads::toString);
                assertEquals(List.of(), peer.sends(datagram.slice(0, 28)));
            }
        }
        assertEquals(1, gateway.established());
        assertTrue(peer.asks(ExchangeType.INFORMATIONAL, 2).isEmpty());
    }

    @Test
    void anUnprotectedAnswerToOurDeleteIsNone() throws PeerViolation {
        up();
        gateway.terminates(gateway.views().getFirst().uniqueId());
        for (Payload payload :
                List.of(
                        new Payload.Unrecognized(DELETE_TYPE, false, JUNK),
                        Payload.Notify.of(NotifyType.INVALID_SYNTAX))) {
            peer.sends(
                    IkeMessage.encode(
                            peer.spi(),
                            peer.gatewaySpi(),
                            ExchangeType.INFORMATIONAL,
                            true,
                            true,
                            0,
                            List.of(payload)));
        }
        assertEquals("DELETING", gateway.views().getFirst().state());
        peer.sends(peer.sealed(ExchangeType.INFORMATIONAL, true, 0, List.of()));
        assertGone();
    }

    @Test
    void theWrongInitiatorFlagFindsNoSa() throws PeerViolation {
        up();
        byte[] datagram =
                peer.sealed(ExchangeType.INFORMATIONAL, false, 2, List.of(HandMadePeer.deleteIke()))
                        .toArray();
        datagram[19] ^= 0x08; // the initiator flag (RFC 7296 §3.1)
        assertEquals(List.of(), peer.sends(Bytes.of(datagram)));
        assertEquals(1, gateway.established());
    }

    @Test
    void nothingNewBeginsInAnSaThatIsBeingDeleted() throws PeerViolation {
        up();
        gateway.terminates(gateway.views().getFirst().uniqueId());
        world.run(Duration.ofMillis(60));
        List<Bytes> answers =
                peer.sends(peer.sealed(ExchangeType.CREATE_CHILD_SA, false, 2, List.of()));
        assertTrue(HandMadePeer.has(peer.opened(answers.getFirst()), NotifyType.TEMPORARY_FAILURE));
    }

    @Test
    void aPeerThatCallsItselfEverybodyIsNobody() throws PeerViolation {
        peer.begins();
        var answer =
                peer.asks(
                        ExchangeType.IKE_AUTH,
                        1,
                        peer.credentials(new Identification(IdType.FQDN, Bytes.utf8("*")))
                                .toArray(Payload[]::new));
        assertTrue(HandMadePeer.has(answer, NotifyType.AUTHENTICATION_FAILED));
        assertGone();
    }

    @Test
    void anUnusablePublicValueIsAnswered() throws PeerViolation {
        List<Bytes> answers = peer.sends(peer.initRequest(Bytes.of(new byte[32])));
        assertEquals(NotifyType.INVALID_SYNTAX, HandMadePeer.onlyNotify(answers.getFirst()));
        assertEquals(0, gateway.engine().size());
    }

    @Test
    void aFloodFromOneAddressIsAskedForCookiesThenIgnored() throws PeerViolation {
        var kinds = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            var stranger = new HandMadePeer(world, "192.0.2.66", gateway, 100 + i);
            Bytes request = stranger.initRequest(Bytes.of(new byte[] {9}).concat(zeros(31)));
            kinds.add(kind(stranger.sends(request)));
        }
        assertEquals(List.of("answered", "answered", "answered", "cookie"), kinds);
        assertEquals(3, gateway.engine().halfOpenCount());
        peer.begins(); // others are not concerned
        world.run(Duration.ofSeconds(31));
        assertEquals(0, gateway.engine().halfOpenCount());
        assertEquals(0, gateway.engine().size());
    }

    @Test
    void beyondTheBlockThresholdNothingIsAnswered() throws PeerViolation {
        var d = org.keyferry.engine.EngineSettings.defaults();
        var strict =
                world.peer(
                        "strict",
                        "192.0.2.3",
                        new org.keyferry.engine.EngineSettings(
                                d.retransmitTimeout(),
                                d.retransmitBase(),
                                d.retransmitTries(),
                                d.retransmitJitter(),
                                d.retransmitLimit(),
                                d.halfOpenTimeout(),
                                0,
                                0,
                                2,
                                d.keepAlive(),
                                true,
                                false,
                                500,
                                4500,
                                1));
        strict.configured(
                List.of(SimConnection.between("gateway.test", "laptop.test").build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        var kinds = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            var stranger = new HandMadePeer(world, "192.0.2.66", strict, 100 + i);
            Bytes request = stranger.initRequest(Bytes.of(new byte[] {9}).concat(zeros(31)));
            kinds.add(kind(stranger.sends(request)));
        }
        assertEquals(List.of("answered", "answered", "silence", "silence"), kinds);
        new HandMadePeer(world, "192.0.2.67", strict, 200).begins();
        world.run(Duration.ofSeconds(31));
        assertEquals(0, strict.engine().halfOpenCount());
        new HandMadePeer(world, "192.0.2.66", strict, 300).begins();
    }

    private static Bytes zeros(int count) {
        return Bytes.of(new byte[count]);
    }

    private static String kind(List<Bytes> answers) throws PeerViolation {
        if (answers.isEmpty()) {
            return "silence";
        }
        Payload first = IkeMessage.decode(answers.getFirst()).payloads().getFirst();
        return first instanceof Payload.Notify n && n.notifyType() == NotifyType.COOKIE
                ? "cookie"
                : "answered";
    }

    /// Any chain of payloads with any content, with the right protection.
    @Test
    void nothingInsideAProtectedMessageThrows() throws PeerViolation {
        var random = new SplittableRandom(77);
        for (int i = 0; i < 400; i++) {
            var guest = new HandMadePeer(world, "192.0.2." + (100 + i % 100), gateway, 1_000 + i);
            guest.begins();
            int id = 1;
            var inner = new ArrayList<Payload>();
            if (random.nextBoolean()) {
                inner.addAll(guest.credentials(Identification.parse("laptop.test")));
            }
            noise(random, inner);
            guest.sends(guest.sealed(ExchangeType.IKE_AUTH, false, id++, inner));
            for (int more = 0; more < 3; more++) {
                var next = new ArrayList<Payload>();
                noise(random, next);
                int exchange = ExchangeType.IKE_AUTH + random.nextInt(4);
                guest.sends(guest.sealed(exchange, false, id++, next));
            }
        }
        gateway.views().forEach(view -> gateway.terminates(view.uniqueId(), true));
        world.run(Duration.ofMinutes(10));
        assertEquals(0, gateway.engine().size());
        assertEquals(0, gateway.kernel().objectCount());
        assertEquals(0, gateway.reqidsInUse());
    }

    private static void noise(SplittableRandom random, List<Payload> payloads) {
        for (int n = random.nextInt(4); n >= 0; n--) {
            byte[] body = new byte[random.nextInt(random.nextBoolean() ? 12 : 60)];
            random.nextBytes(body);
            for (int k = 0; k < body.length; k++) {
                if (random.nextInt(3) > 0) {
                    body[k] = (byte) random.nextInt(10); // small numbers look like fields
                }
            }
            int type = 33 + random.nextInt(13); // SA to TSr
            payloads.add(new Payload.Unrecognized(type, random.nextInt(8) == 0, Bytes.of(body)));
        }
    }
}
