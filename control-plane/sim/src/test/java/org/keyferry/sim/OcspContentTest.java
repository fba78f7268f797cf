package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.OcspExchange;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.wire.Bytes;

/// Answers of OCSP responders that come in IKE_AUTH (RFC 4806).
class OcspContentTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String SENDING = "sending ocsp response (";

    private final SimWorld world = SimWorld.seeded(9);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private final SimCa ca = SimCa.root("CN=Root");
    private final SimCa.Host laptopHost = ca.host("laptop.test", SimCa.ecdsa());
    private final SimCa.Host gatewayHost = ca.host("gateway.test", SimCa.ecdsa());
    private Supplier<Optional<Bytes>> laptopsAnswer = Optional::empty;
    private Supplier<Optional<Bytes>> gatewaysAnswer = Optional::empty;
    private Set<Bytes> trustedByPeer = Set.of();
    private List<Certificate> laptopsResponders = List.of();

    OcspContentTest() throws Exception {}

    /// Knows of a host's own certificate what a test says, of others what they bring.
    private final class Answers implements Revocations {
        private final Supplier<Optional<Bytes>> own;
        private final List<Certificate> responders;

        Answers(Supplier<Optional<Bytes>> own, List<Certificate> responders) {
            this.own = own;
            this.responders = responders;
        }

        @Override
        public Inquiry begin(Instant at, List<Bytes> stapled, Consumer<String> notes) {
            return new LoadedCrls(List.of()).begin(at, stapled, notes);
        }

        @Override
        public List<Certificate> responders() {
            return responders;
        }

        @Override
        public Own ofOwn(Set<Bytes> trusted, Instant at, Consumer<String> notes) {
            trustedByPeer = trusted;
            return (_, _) -> own.get();
        }
    }

    private Credentials credentials(SimCa.Host own, Revocations revocations) {
        return new Credentials(
                List.of(ca.certificate()),
                List.of(own.certificate()),
                Map.of(own.certificate().keyId(), own::key),
                revocations);
    }

    private Optional<Reason> comesUp(
            OcspExchange laptops,
            boolean laptopStrict,
            OcspExchange gateways,
            boolean gatewayStrict) {
        PublicKeyTerms strict = SimCa.revocation(Revocation.STRICT);
        var office = SimConnection.between("laptop.test", "gateway.test");
        laptop.configured(
                List.of(
                        office.ocsp(laptops)
                                .publicKeys(
                                        laptopHost.terms(),
                                        laptopStrict ? strict : PublicKeyTerms.NONE)
                                .build()),
                List.of(),
                credentials(laptopHost, new Answers(() -> laptopsAnswer.get(), laptopsResponders)));
        gateway.configured(
                List.of(
                        office.mirrored()
                                .ocsp(gateways)
                                .publicKeys(
                                        gatewayHost.terms(),
                                        gatewayStrict ? strict : PublicKeyTerms.NONE)
                                .build()),
                List.of(),
                credentials(gatewayHost, new Answers(() -> gatewaysAnswer.get(), List.of())));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        return laptop.outcome(request).orElseThrow();
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    private Supplier<Optional<Bytes>> says(SimCa.Host about, CertificateStatus status) {
        return () -> {
            try {
                return Optional.of(ca.ocsp(about, status));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
    }

    /// Neither could know otherwise.
    @Test
    void bothSidesShowWhatTheirResponderSays() {
        laptopsAnswer = says(laptopHost, CertificateStatus.GOOD);
        gatewaysAnswer = says(gatewayHost, CertificateStatus.GOOD);
        assertEquals(Optional.empty(), comesUp(OcspExchange.BOTH, true, OcspExchange.BOTH, true));
        assertEquals(1, gateway.established());
        for (SimPeer peer : List.of(laptop, gateway)) {
            assertTrue(logged(peer, SENDING));
            assertTrue(logged(peer, "certificate status of"));
        }
    }

    @Test
    void whoCannotShowAnythingIsRefusedWhereThatIsDemanded() {
        gatewaysAnswer = says(gatewayHost, CertificateStatus.GOOD);
        String outcome =
                comesUp(OcspExchange.BOTH, true, OcspExchange.BOTH, true).orElseThrow().toString();
        assertTrue(outcome.contains("AUTHENTICATION_FAILED"), outcome);
        assertTrue(
                logged(gateway, "whether certificate 'CN=laptop.test' was revoked is not known"));
    }

    @Test
    void whoIsRevokedIsRefused() throws Exception {
        gatewaysAnswer =
                says(
                        gatewayHost,
                        new RevokedStatus(
                                java.util.Date.from(Instant.parse("2025-12-31T00:00:00Z")), 1));
        String outcome =
                comesUp(OcspExchange.REQUEST, false, OcspExchange.REPLY, false)
                        .orElseThrow()
                        .toString();
        assertTrue(outcome.contains("is revoked"), outcome);
    }

    @Test
    void anotherHostsAnswerTellsNothing() {
        gatewaysAnswer = says(laptopHost, CertificateStatus.GOOD);
        String outcome =
                comesUp(OcspExchange.REQUEST, true, OcspExchange.REPLY, false)
                        .orElseThrow()
                        .toString();
        assertTrue(outcome.contains("was revoked is not known"), outcome);
        assertTrue(logged(laptop, "ocsp response of the peer is not usable"));
    }

    @Test
    void junkTellsNothing() {
        gatewaysAnswer = () -> Optional.of(Bytes.wrapOwned(new byte[9_000]));
        assertEquals(
                Optional.empty(), comesUp(OcspExchange.REQUEST, false, OcspExchange.REPLY, false));
        assertTrue(logged(laptop, "not usable: malformed ocsp response"));
    }

    @Test
    void whatIsTooLargeStaysHere() {
        gatewaysAnswer = () -> Optional.of(Bytes.wrapOwned(new byte[17_000]));
        assertEquals(
                Optional.empty(), comesUp(OcspExchange.REQUEST, false, OcspExchange.REPLY, false));
        assertTrue(logged(gateway, "not sent: 17000 bytes are too many"));
        assertFalse(logged(laptop, "ocsp response of the peer"));
    }

    /// The default: answers for those who ask.
    @Test
    void whoDoesNotAskGetsNone() {
        laptopsAnswer = says(laptopHost, CertificateStatus.GOOD);
        gatewaysAnswer = says(gatewayHost, CertificateStatus.GOOD);
        assertEquals(
                Optional.empty(), comesUp(OcspExchange.REPLY, false, OcspExchange.REPLY, false));
        assertFalse(logged(laptop, SENDING) || logged(gateway, SENDING));
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotReplyShowsNone(OcspExchange gateways) {
        gatewaysAnswer = says(gatewayHost, CertificateStatus.GOOD);
        assertEquals(Optional.empty(), comesUp(OcspExchange.REQUEST, false, gateways, false));
        assertEquals(gateways.replies(), logged(gateway, SENDING));
    }

    @Test
    void respondersThatAreTrustedByThemselvesAreNamed() throws Exception {
        Certificate responder = SimCa.root("CN=Responder").certificate();
        laptopsResponders = List.of(responder);
        comesUp(OcspExchange.REQUEST, false, OcspExchange.REPLY, false);
        assertEquals(Set.of(responder.keyInfoSha1()), trustedByPeer);
    }
}
