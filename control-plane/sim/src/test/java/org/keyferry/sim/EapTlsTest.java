package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapOptions.TlsLimits;
import org.keyferry.settings.model.EapOptions.TlsMethod;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// The EAP methods with TLS, alone and with others inside.
class EapTlsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Identification LAPTOP = Identification.parse("laptop.test");
    private static final Identification GATEWAY = Identification.parse("gateway.test");
    private static final Identification USER = Identification.parse("carol@keyferry.test");

    private final SimWorld world = SimWorld.seeded(12);
    private final SimCa ca;
    private SimCa.Host laptopHost;
    private SimCa.Host gatewayHost;
    private SimPeer laptop;
    private SimPeer gateway;

    EapTlsTest() throws Exception {
        ca = SimCa.root("CN=Root");
        laptopHost = ca.host("laptop.test", SimCa.rsa(2048));
        gatewayHost = ca.host("gateway.test", SimCa.ecdsa());
    }

    private static EapOptions options(
            int minVersion, int maxVersion, EapType inner, int fragmentSize, boolean askClient) {
        return options(minVersion, maxVersion, inner, fragmentSize, askClient, false);
    }

    private static EapOptions options(
            int minVersion,
            int maxVersion,
            EapType inner,
            int fragmentSize,
            boolean askClient,
            boolean legacyServers) {
        var method = new TlsMethod(fragmentSize, 64, true, inner, false, askClient);
        var peap = new TlsMethod(fragmentSize, 64, false, inner, false, askClient);
        return new EapOptions(
                true,
                false,
                List.of(),
                false,
                method,
                method,
                peap,
                new TlsLimits(
                        minVersion,
                        maxVersion,
                        List.of(),
                        List.of(),
                        true,
                        fragmentSize == 100,
                        legacyServers,
                        Duration.ofHours(8)),
                EapOptions.Sim.DEFAULT);
    }

    private void peers(EapOptions laptops, EapOptions gateways) {
        laptop = world.peer("laptop", "192.0.2.1", EngineSettings.defaults().with(laptops));
        gateway = world.peer("gateway", "192.0.2.2", EngineSettings.defaults().with(gateways));
    }

    private void peers(EapOptions both) {
        peers(both, both);
    }

    private static AuthRound eap(Identification id, PublicKeyTerms terms, EapType type) {
        return new AuthRound(AuthMethod.EAP, id, terms, new EapTerms(new Method.Typed(type)));
    }

    private static AuthRound eap(Identification id, EapType type, Identification eapId) {
        return new AuthRound(
                AuthMethod.EAP,
                id,
                PublicKeyTerms.NONE,
                new EapTerms(
                        new Method.Typed(type),
                        Optional.ofNullable(eapId),
                        Optional.empty(),
                        List.of()));
    }

    private static SharedSecret password(String value) {
        return SimConnection.password("eap-1", value);
    }

    private void configure(
            AuthRound laptopsOwn,
            AuthRound laptopsPeer,
            AuthRound gatewaysOwn,
            AuthRound gatewaysPeer,
            Credentials laptops,
            Credentials gateways,
            String laptopsPassword) {
        var office = SimConnection.between("laptop.test", "gateway.test");
        laptop.configured(
                List.of(office.rounds(List.of(laptopsOwn), List.of(laptopsPeer)).build()),
                List.of(password(laptopsPassword)),
                laptops);
        gateway.configured(
                List.of(
                        office.mirrored()
                                .rounds(List.of(gatewaysOwn), List.of(gatewaysPeer))
                                .build()),
                List.of(password("Ar3etTnp")),
                gateways);
    }

    /// Both sides by EAP-TLS alone.
    private void eapOnly(Certificate laptopTrusts, Certificate gatewayTrusts) {
        configure(
                eap(LAPTOP, laptopHost.terms(), EapType.TLS),
                eap(GATEWAY, PublicKeyTerms.NONE, EapType.TLS),
                eap(GATEWAY, gatewayHost.terms(), EapType.TLS),
                eap(Identification.ANY, PublicKeyTerms.NONE, EapType.TLS),
                SimCa.credentials(laptopHost, laptopTrusts),
                SimCa.credentials(gatewayHost, gatewayTrusts),
                "-");
    }

    /// The gateway by its certificate, in TLS alone; the laptop by a password inside.
    private void tunnelled(EapType outer, String password, Identification name) {
        configure(
                eap(LAPTOP, outer, name),
                eap(GATEWAY, outer, null),
                eap(GATEWAY, gatewayHost.terms(), outer),
                eap(LAPTOP, outer, name == null ? null : Identification.ANY),
                new Credentials(
                        List.of(ca.certificate()),
                        List.of(),
                        java.util.Map.of(),
                        org.keyferry.crypto.cert.Revocations.NONE),
                SimCa.credentials(gatewayHost, ca.certificate()),
                password);
    }

    private Optional<Reason> comesUp() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        return laptop.outcome(request).orElseThrow();
    }

    private void assertUp() {
        assertEquals(Optional.empty(), comesUp());
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
    }

    private void assertRefused(String reason) {
        String text = comesUp().orElseThrow().toString();
        assertTrue(text.contains(reason), text);
        assertEquals(0, laptop.kernel().objectCount());
        assertEquals(0, gateway.kernel().objectCount());
        assertEquals(0, laptop.established());
        assertEquals(0, gateway.established());
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    @ParameterizedTest
    @CsvSource({"0x0303, 1.2", "0x0304, 1.3"})
    void certificatesOfBothSides(String version, String name) {
        peers(options(0x0303, Integer.decode(version), EapType.MD5, 1024, false));
        eapOnly(ca.certificate(), ca.certificate());
        assertUp();
        assertTrue(logged(laptop, "negotiated TLS " + name + " using suite TLS_"));
        assertTrue(logged(laptop, "allow mutual EAP-only authentication"));
        assertTrue(logged(gateway, "EAP method EAP_TLS succeeded, MSK established"));
    }

    /// Both sign without seeing their keys: RSA the client's, ECDSA the server's.
    @ParameterizedTest
    @CsvSource({"0x0303", "0x0304"})
    void keysOnTokens(String version) {
        laptopHost = HeldKey.holding(laptopHost);
        gatewayHost = HeldKey.holding(gatewayHost);
        peers(options(Integer.decode(version), Integer.decode(version), EapType.MD5, 1024, true));
        eapOnly(ca.certificate(), ca.certificate());
        assertUp();
    }

    /// The client's last message is of several packets, and no message of the server's follows.
    @Test
    void theLastMessageInSmallParts() {
        peers(options(0x0304, 0x0304, EapType.MD5, 150, true));
        eapOnly(ca.certificate(), ca.certificate());
        assertUp();
    }

    @ParameterizedTest
    @CsvSource({"0x0303", "0x0304"})
    void inSmallParts(String version) {
        peers(options(0x0303, Integer.decode(version), EapType.MD5, 100, false));
        eapOnly(ca.certificate(), ca.certificate());
        assertUp();
    }

    /// Servers take the key that charon 5.9.8 makes, too; a server that tells success has the new.
    @ParameterizedTest
    @CsvSource({"1024, true", "100, false"})
    void aClientOfLegacyServers(int fragmentSize, boolean legacy) {
        peers(options(0x0304, 0x0304, EapType.MD5, fragmentSize, false, true));
        eapOnly(ca.certificate(), ca.certificate());
        assertUp();
        assertEquals(legacy, logged(laptop, "key of TLS 1.3 from before RFC 9190"));
    }

    @ParameterizedTest
    @CsvSource({"21, 0x0304, true", "25, 0x0304, true", "21, 0x0303, false"})
    void aClientOfLegacyServersWithAPassword(int outer, String version, boolean legacy) {
        peers(options(0x0303, Integer.decode(version), EapType.MSCHAPV2, 1024, false, true));
        tunnelled(EapType.ietf(outer), "Ar3etTnp", null);
        assertUp();
        assertEquals(legacy, logged(laptop, "key of TLS 1.3 from before RFC 9190"));
    }

    @Test
    void tooManyMessages() {
        var method = new TlsMethod(100, 4, true, EapType.MD5, false, false);
        var few =
                new EapOptions(
                        true,
                        false,
                        List.of(),
                        false,
                        method,
                        method,
                        method,
                        EapOptions.DEFAULT.limits(),
                        EapOptions.Sim.DEFAULT);
        peers(EapOptions.DEFAULT, few);
        eapOnly(ca.certificate(), ca.certificate());
        assertRefused("EAP authentication failed");
        assertTrue(logged(gateway, "EAP_TLS packet count exceeded (5 > 4)"));
    }

    @ParameterizedTest
    @CsvSource({"0x0303", "0x0304"})
    void aServerOfAnotherCaIsRefused(String version) throws Exception {
        peers(options(0x0303, Integer.decode(version), EapType.MD5, 1024, false));
        eapOnly(SimCa.root("CN=Other").certificate(), ca.certificate());
        assertRefused("EAP authentication failed");
        assertTrue(logged(laptop, "no TLS public key found for 'gateway.test'"));
        assertTrue(logged(gateway, "EAP method EAP_TLS failed for peer laptop.test"));
    }

    @ParameterizedTest
    @CsvSource({"0x0303", "0x0304"})
    void aClientOfAnotherCaIsRefused(String version) throws Exception {
        peers(options(0x0303, Integer.decode(version), EapType.MD5, 1024, false));
        eapOnly(ca.certificate(), SimCa.root("CN=Other").certificate());
        assertRefused("EAP");
        assertTrue(logged(gateway, "no TLS public key found for 'laptop.test'"));
    }

    @Test
    void aCertificateForSomebodyElseIsRefused() throws Exception {
        peers(EapOptions.DEFAULT);
        var other = ca.host("phone.test", SimCa.ecdsa());
        configure(
                eap(LAPTOP, other.terms(), EapType.TLS),
                eap(GATEWAY, PublicKeyTerms.NONE, EapType.TLS),
                eap(GATEWAY, gatewayHost.terms(), EapType.TLS),
                eap(Identification.ANY, PublicKeyTerms.NONE, EapType.TLS),
                SimCa.credentials(other, ca.certificate()),
                SimCa.credentials(gatewayHost, ca.certificate()),
                "-");
        assertRefused("EAP");
        assertTrue(logged(gateway, "certificate 'CN=phone.test' is not for 'laptop.test'"));
    }

    @ParameterizedTest
    @CsvSource({
        "21, 0x0303, 4", "21, 0x0304, 4", "21, 0x0303, 26", "21, 0x0304, 6",
        "25, 0x0303, 26", "25, 0x0304, 26", "25, 0x0303, 4", "25, 0x0303, 6"
    })
    void passwordsInside(int outer, String version, int inner) {
        peers(options(0x0303, Integer.decode(version), EapType.ietf(inner), 1024, false));
        tunnelled(EapType.ietf(outer), "Ar3etTnp", null);
        assertUp();
        String method = EapType.ietf(outer).toString();
        assertTrue(logged(laptop, "EAP method " + method + " succeeded, MSK established"));
        assertTrue(
                logged(
                        gateway,
                        method
                                + " phase2 authentication of 'laptop.test' with "
                                + EapType.ietf(inner)
                                + " successful"));
    }

    @ParameterizedTest
    @CsvSource({"21, 4", "21, 26", "25, 26", "25, 4"})
    void wrongPasswordsInside(int outer, int inner) {
        peers(options(0x0303, 0x0304, EapType.ietf(inner), 1024, false));
        tunnelled(EapType.ietf(outer), "Ar3etTnq", null);
        assertRefused("EAP authentication failed");
        String method = inner == 4 ? "EAP-MD5" : "EAP-MSCHAPv2";
        assertTrue(logged(gateway, method + " response of 'laptop.test' is wrong"));
    }

    @Test
    void theNameInsideIsTheOneThatCounts() {
        peers(options(0x0303, 0x0304, EapType.MSCHAPV2, 1024, false));
        tunnelled(EapType.TTLS, "Ar3etTnp", USER);
        assertUp();
        assertEquals(Optional.of(USER), gateway.views().getFirst().login().eapIdentity());
    }

    @ParameterizedTest
    @CsvSource({"21, 0x0303", "25, 0x0304"})
    void theServerMayAskForACertificateToo(int outer, String version) {
        peers(options(0x0303, Integer.decode(version), EapType.MSCHAPV2, 1024, true));
        tunnelled(EapType.ietf(outer), "Ar3etTnp", null);
        assertRefused("EAP");
        assertTrue(logged(gateway, "peer sent no TLS certificate"));
    }
}
