package org.keyferry.sim;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Prf;
import org.keyferry.crypto.PskAuth;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.SkProtection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Proposal;

/// An initiator that says whatever a test wants, with correct keys.
final class HandMadePeer {
    private static final String KEY = "correct horse";

    private final SimWorld world;
    private final SimPeer gateway;
    private final Endpoint own;
    private final SplittableRandom random;
    private final List<Bytes> received = new ArrayList<>();
    private final Proposal proposal =
            SimConnection.ikeProposal(SimConnection.AES_GCM_16, SimConnection.X25519);
    private final IkeSpi spi;
    private final Bytes nonce;
    private IkeSpi gatewaySpi = IkeSpi.ZERO;
    private Bytes request;
    private Bytes response;
    private Bytes gatewayNonce;
    private IkeKeys keys;

    HandMadePeer(SimWorld world, String address, SimPeer gateway, long seed) {
        this.world = world;
        this.gateway = gateway;
        this.own = new Endpoint(IpAddress.parse(address), 500);
        this.random = new SplittableRandom(seed);
        this.spi = new IkeSpi(random.nextLong() | 1);
        this.nonce = randomBytes(32);
        world.network().listens(own.address(), received::add);
    }

    private Bytes randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return Bytes.wrapOwned(bytes);
    }

    List<Bytes> received() {
        return received;
    }

    IkeSpi spi() {
        return spi;
    }

    IkeSpi gatewaySpi() {
        return gatewaySpi;
    }

    /// Sends bytes as they are and returns what came back.
    List<Bytes> sends(Bytes datagram) {
        return sendsFrom(own.port(), datagram);
    }

    List<Bytes> sendsFrom(int port, Bytes datagram) {
        received.clear();
        var source = new Endpoint(own.address(), port);
        world.network().injects(source, new Endpoint(gateway.address(), 500), datagram);
        world.run(Duration.ofMillis(60));
        return List.copyOf(received);
    }

    Bytes initRequest(Bytes publicValue) {
        return initRequest(publicValue, List.of());
    }

    /// @param before what stands in front of the rest
    Bytes initRequest(Bytes publicValue, List<Payload> before) {
        var payloads = new ArrayList<>(before);
        payloads.add(new Payload.SecurityAssociation(List.of(proposal)));
        payloads.add(new Payload.KeyExchange(SimConnection.X25519, publicValue));
        payloads.add(new Payload.Nonce(nonce));
        return IkeMessage.encode(
                spi, IkeSpi.ZERO, ExchangeType.IKE_SA_INIT, true, false, 0, payloads);
    }

    /// IKE_SA_INIT up to the keys.
    HandMadePeer begins() throws PeerViolation {
        var method = KeyExchangeMethod.of(SimConnection.X25519).orElseThrow();
        var local = method.initiate(randomBytes(method.entropyBytes()).toArray());
        request = initRequest(local.publicValue());
        response = sends(request).getFirst();
        IkeMessage answer = IkeMessage.decode(response);
        gatewaySpi = answer.header().responderSpi();
        gatewayNonce =
                IkeMessage.first(answer.payloads(), Payload.Nonce.class).orElseThrow().data();
        var key = IkeMessage.first(answer.payloads(), Payload.KeyExchange.class).orElseThrow();
        try (Secret shared = local.complete(key.publicValue())) {
            keys =
                    IkeKeys.derive(
                            IkeSuite.of(proposal), shared, nonce, gatewayNonce, spi, gatewaySpi);
        }
        return this;
    }

    /// IKE_SESSION_RESUME up to the keys, with what a client keeps.
    HandMadePeer resumes(Bytes ticket, byte[] skD) throws PeerViolation {
        request =
                IkeMessage.encode(
                        spi,
                        IkeSpi.ZERO,
                        ExchangeType.IKE_SESSION_RESUME,
                        true,
                        false,
                        0,
                        List.of(
                                new Payload.Nonce(nonce),
                                Payload.Notify.of(NotifyType.TICKET_OPAQUE, ticket)));
        response = sends(request).getFirst();
        IkeMessage answer = IkeMessage.decode(response);
        gatewaySpi = answer.header().responderSpi();
        gatewayNonce =
                IkeMessage.first(answer.payloads(), Payload.Nonce.class).orElseThrow().data();
        keys =
                IkeKeys.deriveResumed(
                        IkeSuite.of(proposal), skD, nonce, gatewayNonce, spi, gatewaySpi);
        return this;
    }

    /// IDi and AUTH for IKE_AUTH after that.
    List<Payload> credentialsOfSession(Identification id) {
        Bytes auth =
                PskAuth.resumed(
                        Prf.of(IkeSuite.of(proposal).prfId()),
                        keys.skP(true),
                        request,
                        gatewayNonce,
                        id);
        return List.of(new Payload.IdInitiator(id), new Payload.Authentication(2, auth));
    }

    Bytes initRequest() {
        return request;
    }

    /// A protected message of ours.
    Bytes sealed(int exchangeType, boolean response, int messageId, List<Payload> inner) {
        return SkProtection.of(IkeSuite.of(proposal))
                .seal(
                        keys,
                        true,
                        spi,
                        gatewaySpi,
                        exchangeType,
                        response,
                        messageId,
                        inner,
                        random);
    }

    /// Sends a protected request and opens the answer.
    List<Payload> asks(int exchangeType, int messageId, Payload... inner) throws PeerViolation {
        List<Bytes> answers = sends(sealed(exchangeType, false, messageId, List.of(inner)));
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers");
        }
        return opened(answers.getFirst());
    }

    List<Payload> opened(Bytes datagram) throws PeerViolation {
        return SkProtection.of(IkeSuite.of(proposal)).open(keys, false, datagram);
    }

    /// IDi and AUTH with the right key, for IKE_AUTH.
    List<Payload> credentials(Identification id) {
        Bytes auth =
                PskAuth.compute(
                        Prf.of(IkeSuite.of(proposal).prfId()),
                        KEY.getBytes(StandardCharsets.UTF_8),
                        keys.skP(true),
                        request,
                        gatewayNonce,
                        id);
        return List.of(new Payload.IdInitiator(id), new Payload.Authentication(2, auth));
    }

    /// IDi and AUTH as RFC 7619 wants them of somebody who is nobody: anybody can make them.
    List<Payload> nobody(Identification id) {
        Bytes auth =
                PskAuth.compute(
                        Prf.of(IkeSuite.of(proposal).prfId()),
                        keys.skP(true),
                        keys.skP(true),
                        request,
                        gatewayNonce,
                        id);
        return List.of(new Payload.IdInitiator(id), new Payload.Authentication(13, auth));
    }

    /// An IKE_SA without a child.
    HandMadePeer authenticates(String id) throws PeerViolation {
        List<Payload> answer =
                asks(
                        ExchangeType.IKE_AUTH,
                        1,
                        credentials(Identification.parse(id)).toArray(Payload[]::new));
        if (IkeMessage.first(answer, Payload.Authentication.class).isEmpty()) {
            throw new AssertionError("refused: " + answer);
        }
        return this;
    }

    static boolean has(List<Payload> payloads, int notifyType) {
        return IkeMessage.notify(payloads, notifyType).isPresent();
    }

    /// The type of the only notify in an unprotected answer.
    static int onlyNotify(Bytes datagram) throws PeerViolation {
        return ((Payload.Notify) IkeMessage.decode(datagram).payloads().getFirst()).notifyType();
    }

    static Payload deleteIke() {
        return new Payload.Delete(1, 0, List.of());
    }

    static boolean refusesSyntax(List<Payload> answer) {
        return has(answer, NotifyType.INVALID_SYNTAX);
    }
}
