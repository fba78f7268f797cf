package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.PskAuth;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SkProtection;
import org.keyferry.engine.Event;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Peers that prove nothing, in the right way (RFC 7619 §2.1): nobody lets them in.
class NullAuthTest {
    private static final Identification LAPTOP = id(IdType.FQDN, "laptop.test");
    private static final String REFUSED =
            "did not authenticate itself (NULL authentication, RFC 7619)";

    private final SimWorld world = SimWorld.seeded(12);

    private static Identification id(int type, String text) {
        return new Identification(type, Bytes.utf8(text));
    }

    private static boolean told(SimPeer peer) {
        return peer.events().stream().map(Event::toString).anyMatch(e -> e.contains(REFUSED));
    }

    @ParameterizedTest
    @CsvSource({"false, laptop.test", "true, laptop.test", "false, %any", "true, %any"})
    void nobodyIsLetInByAGateway(boolean publicKey, String remote) throws PeerViolation {
        SimPeer gateway = world.peer("gateway", "192.0.2.2");
        var peer = new HandMadePeer(world, "192.0.2.1", gateway, 5);
        var connection = SimConnection.between("gateway.test", remote).to("192.0.2.1");
        gateway.configured(
                List.of(
                        (publicKey ? connection.peersKey(PublicKeyTerms.NONE) : connection)
                                .build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        peer.begins();
        var id = remote.equals("%any") ? new Identification(IdType.NULL, Bytes.EMPTY) : LAPTOP;
        var answer = peer.asks(ExchangeType.IKE_AUTH, 1, peer.nobody(id).toArray(Payload[]::new));
        assertTrue(HandMadePeer.has(answer, NotifyType.AUTHENTICATION_FAILED));
        assertEquals(0, gateway.established());
        assertTrue(told(gateway), gateway.events().toString());
    }

    @Test
    void aGatewayThatIsNobodyIsNotBelieved() {
        SimPeer laptop = world.peer("laptop", "192.0.2.1");
        laptop.configured(
                List.of(
                        SimConnection.between("laptop.test", "gateway.test")
                                .named("office")
                                .build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        var gateway = new Nobody(IpAddress.parse("192.0.2.2"), laptop);
        long request = laptop.initiates("office", "net", gateway.own.address());
        world.run(Duration.ofMinutes(5));
        assertTrue(
                laptop.outcome(request).orElseThrow().orElseThrow().toString().contains(REFUSED));
        assertEquals(0, laptop.established());
    }

    /// A responder with correct keys that calls itself gateway.test.
    private final class Nobody {
        private final Endpoint own;
        private final Endpoint peer;
        private final SplittableRandom random = new SplittableRandom(3);
        private final IkeSpi spi = new IkeSpi(77);
        private final IkeSuite suite;
        private IkeKeys keys;
        private Bytes response;
        private Bytes nonceI;

        Nobody(IpAddress address, SimPeer laptop) {
            this.own = new Endpoint(address, 500);
            this.peer = new Endpoint(laptop.address(), 500);
            this.suite =
                    IkeSuite.of(
                            SimConnection.ikeProposal(
                                    SimConnection.AES_GCM_16, SimConnection.X25519));
            world.network().listens(address, this::take);
        }

        private void take(Bytes datagram) {
            try {
                IkeMessage message = IkeMessage.decode(datagram);
                IkeSpi initiator = message.header().initiatorSpi();
                Bytes answer = keys == null ? init(message, initiator) : auth(initiator);
                world.network().injects(own, peer, answer);
            } catch (PeerViolation e) {
                throw new AssertionError(e);
            }
        }

        private Bytes bytes(int count) {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return Bytes.of(bytes);
        }

        private Bytes init(IkeMessage request, IkeSpi initiator) throws PeerViolation {
            var method = KeyExchangeMethod.of(SimConnection.X25519).orElseThrow();
            var key = IkeMessage.first(request.payloads(), Payload.KeyExchange.class).orElseThrow();
            var offer =
                    IkeMessage.first(request.payloads(), Payload.SecurityAssociation.class)
                            .orElseThrow();
            nonceI = IkeMessage.first(request.payloads(), Payload.Nonce.class).orElseThrow().data();
            var agreed = method.respond(bytes(method.entropyBytes()).toArray(), key.publicValue());
            Bytes nonceR = bytes(32);
            try (Secret shared = agreed.shared()) {
                keys = IkeKeys.derive(suite, shared, nonceI, nonceR, initiator, spi);
            }
            response =
                    IkeMessage.encode(
                            initiator,
                            spi,
                            ExchangeType.IKE_SA_INIT,
                            false,
                            true,
                            0,
                            List.of(
                                    new Payload.SecurityAssociation(
                                            List.of(offer.proposals().getFirst())),
                                    new Payload.KeyExchange(
                                            SimConnection.X25519, agreed.publicValue()),
                                    new Payload.Nonce(nonceR)));
            return response;
        }

        private Bytes auth(IkeSpi initiator) {
            Identification id = id(IdType.FQDN, "gateway.test");
            Bytes auth =
                    PskAuth.compute(
                            Prf.of(suite.prfId()),
                            keys.skP(false),
                            keys.skP(false),
                            response,
                            nonceI,
                            id);
            return SkProtection.of(suite)
                    .seal(
                            keys,
                            false,
                            initiator,
                            spi,
                            ExchangeType.IKE_AUTH,
                            true,
                            1,
                            List.of(
                                    new Payload.IdResponder(id),
                                    new Payload.Authentication(13, auth)),
                            random);
        }
    }
}
