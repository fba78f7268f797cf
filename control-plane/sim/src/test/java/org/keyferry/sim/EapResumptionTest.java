package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapOptions.TlsLimits;
import org.keyferry.settings.model.EapOptions.TlsMethod;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Logins by EAP with TLS that resume the session of the one before (RFC 5216 §2.1.2).
class EapResumptionTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration LIFETIME = Duration.ofHours(8);
    private static final Identification LAPTOP = Identification.parse("laptop.test");
    private static final Identification GATEWAY = Identification.parse("gateway.test");

    private final SimWorld world = SimWorld.seeded(12);
    private final SimCa ca = SimCa.root("CN=Root");
    private final SimCa.Host laptopHost = ca.host("laptop.test", SimCa.ecdsa());
    private final SimCa.Host gatewayHost = ca.host("gateway.test", SimCa.ecdsa());
    private SimPeer laptop;
    private SimPeer gateway;

    EapResumptionTest() throws Exception {}

    private static EapOptions options(int maxVersion, EapType inner, Duration lifetime) {
        var method = new TlsMethod(1024, 64, true, inner, false, false);
        return new EapOptions(
                true,
                false,
                List.of(),
                false,
                method,
                method,
                method,
                new TlsLimits(
                        0x0303, maxVersion, List.of(), List.of(), true, false, false, lifetime),
                EapOptions.Sim.DEFAULT);
    }

    private void peers(EapOptions both) {
        peers(both, both);
    }

    private void peers(EapOptions laptops, EapOptions gateways) {
        laptop = world.peer("laptop", "192.0.2.1", EngineSettings.defaults().with(laptops));
        gateway = world.peer("gateway", "192.0.2.2", EngineSettings.defaults().with(gateways));
    }

    private static AuthRound eap(Identification id, PublicKeyTerms terms, EapType type) {
        return new AuthRound(AuthMethod.EAP, id, terms, new EapTerms(new Method.Typed(type)));
    }

    private static SharedSecret password(String value) {
        return SimConnection.password("eap-1", value);
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private void laptopHas(EapType type, String password, Certificate trusted) {
        boolean tls = type.equals(EapType.TLS);
        laptop.configured(
                List.of(
                        office().rounds(
                                        List.of(
                                                eap(
                                                        LAPTOP,
                                                        tls
                                                                ? laptopHost.terms()
                                                                : PublicKeyTerms.NONE,
                                                        type)),
                                        List.of(eap(GATEWAY, PublicKeyTerms.NONE, type)))
                                .build()),
                List.of(password(password)),
                tls ? SimCa.credentials(laptopHost, trusted) : trusting(trusted));
    }

    private static Credentials trusting(Certificate ca) {
        return new Credentials(List.of(ca), List.of(), Map.of(), Revocations.NONE);
    }

    private void gatewayHas(
            EapType type, Identification laptops, String password, Certificate trusted) {
        gateway.configured(
                List.of(gatewaysConnection(type, laptops)),
                List.of(password(password)),
                SimCa.credentials(gatewayHost, trusted));
    }

    private Connection gatewaysConnection(EapType type, Identification laptops) {
        return office().mirrored()
                .rounds(
                        List.of(eap(GATEWAY, gatewayHost.terms(), type)),
                        List.of(eap(laptops, PublicKeyTerms.NONE, type)))
                .ppk("ppk@test", false)
                .build();
    }

    private void configured(EapType type) {
        laptopHas(type, "Ar3etTnp", ca.certificate());
        gatewayHas(type, LAPTOP, "Ar3etTnp", ca.certificate());
    }

    private Optional<Reason> comesUp() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        return laptop.outcome(request).orElseThrow();
    }

    /// A login from the first request on, and its end.
    ///
    /// @return round trips of IKE_AUTH
    private long login() {
        int before = world.transcript().size();
        assertEquals(Optional.empty(), comesUp());
        long trips =
                world.transcript().stream()
                        .skip(before)
                        .filter(line -> line.contains("IKE_AUTH request"))
                        .count();
        assertEquals(1, laptop.established());
        laptop.terminates(laptop.ike());
        world.run(LONG);
        assertEquals(0, gateway.established());
        return trips;
    }

    private boolean resumed(SimPeer peer) {
        return logged(peer, "resumed a session of TLS 1.2");
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    private void assertNotResumed() {
        assertFalse(resumed(laptop));
        assertFalse(resumed(gateway));
    }

    /// In full: the start, two round trips of the handshake, one that acknowledges it unless the
    /// client begins what is inside, and AUTH. PEAP tells its result in a round trip of its own.
    @ParameterizedTest
    @CsvSource({"13, 0, 5, 4", "21, 4, 6, 4", "21, 26, 7, 4", "25, 4, 8, 5", "25, 26, 9, 5"})
    void aResumedLoginIsShorter(int outer, int inner, long full, long shorter) {
        peers(options(0x0303, EapType.ietf(inner), LIFETIME));
        configured(EapType.ietf(outer));
        assertEquals(full, login());
        assertNotResumed();
        assertEquals(shorter, login());
        assertTrue(resumed(laptop) && resumed(gateway));
        assertEquals(shorter, login());
    }

    @Test
    void withoutALifetimeNothingIsResumed() {
        peers(options(0x0303, EapType.MD5, Duration.ZERO));
        configured(EapType.TTLS);
        login();
        assertEquals(6, login());
        assertNotResumed();
        assertEquals(0, laptop.ids().tlsSessions().size() + gateway.ids().tlsSessions().size());
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void oneSideMayNotWantIt(boolean gatewayWants) {
        var wants = options(0x0303, EapType.MD5, LIFETIME);
        var doesNot = options(0x0303, EapType.MD5, Duration.ZERO);
        peers(gatewayWants ? doesNot : wants, gatewayWants ? wants : doesNot);
        configured(EapType.TTLS);
        login();
        assertEquals(6, login());
        assertNotResumed();
    }

    /// The library's TLS 1.3 has no tickets.
    @Test
    void notInTls13() {
        peers(options(0x0304, EapType.MD5, LIFETIME));
        configured(EapType.TLS);
        long full = login();
        assertEquals(full, login());
        assertNotResumed();
        assertEquals(0, laptop.ids().tlsSessions().size() + gateway.ids().tlsSessions().size());
    }

    @Test
    void anOldSessionIsNotResumed() {
        peers(options(0x0303, EapType.MD5, Duration.ofMinutes(30)));
        configured(EapType.TLS);
        assertEquals(5, login());
        world.run(Duration.ofMinutes(12));
        assertEquals(4, login());
        world.run(Duration.ofMinutes(12)); // resuming made it no younger
        assertEquals(5, login());
    }

    private void assertRefused() {
        assertTrue(comesUp().isPresent());
        assertEquals(0, laptop.established() + gateway.established());
    }

    @Test
    void aClientWhoseCaIsNotTrustedAnyMoreIsRefused() throws Exception {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.TLS);
        login();
        gatewayHas(EapType.TLS, LAPTOP, "Ar3etTnp", SimCa.root("CN=Other").certificate());
        assertEquals(1, gateway.ids().tlsSessions().size());
        assertRefused();
        assertTrue(logged(gateway, "TLS session is not resumed: no TLS public key found"));
        assertNotResumed();
    }

    @Test
    void aClientThatWasRevokedIsRefused() throws Exception {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.TLS);
        login();
        gateway.configured(
                List.of(gatewaysConnection(EapType.TLS, LAPTOP)),
                List.of(),
                SimCa.credentials(gatewayHost, List.of(ca.revoking(laptopHost)), ca.certificate()));
        assertRefused();
        assertTrue(logged(gateway, "TLS session is not resumed"));
        assertTrue(logged(gateway, "revoked"));
        assertNotResumed();
    }

    @Test
    void aClientWhoseCertificateExpiredIsRefused() {
        peers(options(0x0303, EapType.MD5, Duration.ofDays(200)));
        configured(EapType.TLS);
        login();
        world.run(Duration.ofDays(91));
        assertRefused();
        assertNotResumed();
    }

    @Test
    void aServerOfACaThatIsNotTrustedAnyMoreIsOfferedNothing() throws Exception {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.TTLS);
        login();
        laptopHas(EapType.TTLS, "Ar3etTnp", SimCa.root("CN=Other").certificate());
        assertRefused();
        assertTrue(logged(laptop, "TLS session is not resumed: no TLS public key found"));
        assertNotResumed();
    }

    @ParameterizedTest
    @CsvSource({"21", "25"})
    void whoseSecretChangedProvesItselfAgain(int outer) {
        EapType type = EapType.ietf(outer);
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(type);
        long full = login();
        gatewayHas(type, LAPTOP, "another", ca.certificate());
        assertRefused();
        assertTrue(logged(gateway, "not resumed: the password is not the same any more"));
        assertNotResumed();
        laptopHas(type, "another", ca.certificate());
        assertEquals(full, login());
        assertNotResumed();
        assertTrue(full > login());
    }

    @ParameterizedTest
    @CsvSource({"21", "25"})
    void whatFailedIsNotRemembered(int outer) {
        EapType type = EapType.ietf(outer);
        peers(options(0x0303, EapType.MD5, LIFETIME));
        laptopHas(type, "wrong", ca.certificate());
        gatewayHas(type, LAPTOP, "Ar3etTnp", ca.certificate());
        assertRefused();
        assertEquals(0, laptop.ids().tlsSessions().size() + gateway.ids().tlsSessions().size());
    }

    /// EAP itself succeeds on both sides.
    @ParameterizedTest
    @CsvSource({"13", "21"})
    void whatFailedAfterEapIsNotRemembered(int outer) {
        EapType type = EapType.ietf(outer);
        peers(options(0x0303, EapType.MD5, LIFETIME));
        String ppk = "ppk@test";
        var laptops =
                office().ppk(ppk, true)
                        .rounds(
                                List.of(eap(LAPTOP, laptopHost.terms(), type)),
                                List.of(eap(GATEWAY, PublicKeyTerms.NONE, type)));
        laptop.configured(
                List.of(laptops.build()),
                List.of(password("Ar3etTnp"), SimConnection.ppkSecret(ppk, "this one")),
                SimCa.credentials(laptopHost, ca.certificate()));
        gateway.configured(
                List.of(gatewaysConnection(type, LAPTOP)),
                List.of(password("Ar3etTnp"), SimConnection.ppkSecret(ppk, "another one")),
                SimCa.credentials(gatewayHost, ca.certificate()));
        assertRefused();
        assertTrue(logged(gateway, "EAP method " + type + " succeeded, MSK established"));
        assertTrue(logged(laptop, "EAP method " + type + " succeeded, MSK established"));
        assertEquals(0, laptop.ids().tlsSessions().size() + gateway.ids().tlsSessions().size());
    }

    @Test
    void anotherConnectionDoesNotResumeIt() {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.TLS);
        login();
        gatewayHas(EapType.TLS, Identification.ANY, "Ar3etTnp", ca.certificate());
        assertEquals(0, gateway.ids().tlsSessions().size(), "wiped with its connection");
        assertEquals(5, login());
        assertNotResumed();
    }

    @Test
    void anotherMethodDoesNotResumeIt() {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.TTLS);
        login();
        configured(EapType.PEAP);
        assertEquals(8, login());
        assertNotResumed();
    }

    @Test
    void whatIsUnloadedIsWiped() {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.TLS);
        login();
        assertEquals(1, gateway.ids().tlsSessions().size());
        gateway.configured(List.of(), List.of(), Credentials.none());
        laptop.configured(List.of(), List.of(), Credentials.none());
        assertEquals(0, laptop.ids().tlsSessions().size() + gateway.ids().tlsSessions().size());
    }

    @ParameterizedTest
    @CsvSource({"21", "25"})
    void whoWasProvedInsideStaysTheOneThatCounts(int outer) {
        peers(options(0x0303, EapType.MD5, LIFETIME));
        configured(EapType.ietf(outer));
        login();
        assertEquals(Optional.empty(), comesUp());
        assertTrue(resumed(gateway));
        var login = gateway.views().getFirst().login();
        assertEquals(Optional.of(LAPTOP), login.facts().identity());
    }
}
