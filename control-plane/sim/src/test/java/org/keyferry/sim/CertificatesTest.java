package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;
import org.keyferry.sim.SimCa.Host;

/// Tunnels between peers with certificates; and those that must not come up.
class CertificatesTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final PublicKeyTerms ANY = PublicKeyTerms.NONE;

    private final SimWorld world = SimWorld.seeded(9);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private Optional<Reason> comesUp() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        return laptop.outcome(request).orElseThrow();
    }

    /// The laptop demands of the gateway what is given, the gateway nothing.
    private Optional<Reason> comesUp(
            Host own,
            Credentials laptops,
            PublicKeyTerms demanded,
            Host other,
            Credentials others) {
        laptop.configured(
                List.of(office().publicKeys(own.terms(), demanded).build()), List.of(), laptops);
        gateway.configured(
                List.of(office().mirrored().publicKeys(other.terms(), ANY).build()),
                List.of(),
                others);
        return comesUp();
    }

    /// Both trust `ca` and nobody else.
    private Optional<Reason> comesUp(SimCa ca, Host own, PublicKeyTerms demanded, Host other) {
        return comesUp(
                own,
                SimCa.credentials(own, ca.certificate()),
                demanded,
                other,
                SimCa.credentials(other, ca.certificate()));
    }

    private void assertUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(1, laptop.views().getFirst().children().size());
    }

    private void assertRefused(Optional<Reason> outcome, String reason) {
        String text = outcome.orElseThrow().toString();
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

    private static KeyPair keys(String kind) throws Exception {
        return switch (kind) {
            case "RSA_EMSA_PKCS1_SHA2_256" -> SimCa.rsa(2048);
            case "ECDSA_WITH_SHA256_DER" -> SimCa.ecdsa("secp256r1");
            case "ECDSA_WITH_SHA384_DER" -> SimCa.ecdsa("secp384r1");
            case "ECDSA_WITH_SHA512_DER" -> SimCa.ecdsa("secp521r1");
            default -> SimCa.edwards(kind);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSA_EMSA_PKCS1_SHA2_256",
                "ECDSA_WITH_SHA256_DER",
                "ECDSA_WITH_SHA384_DER",
                "ECDSA_WITH_SHA512_DER",
                "ED25519",
                "ED448",
            })
    void eachKindOfKey(String scheme) throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", keys(scheme));
        Host other = ca.host("gateway.test", keys(scheme));
        var outcome = comesUp(ca, own, ANY, other);
        assertEquals(Optional.empty(), outcome);
        assertUp();
        String success = "' with " + scheme + " successful";
        assertTrue(logged(gateway, "authentication of 'laptop.test" + success));
        assertTrue(logged(laptop, "authentication of 'gateway.test" + success));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RSA_EMSA_PKCS1_SHA2_256",
                "ECDSA_WITH_SHA256_DER",
                "ECDSA_WITH_SHA384_DER",
            })
    void keysThatNobodySees(String scheme) throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = HeldKey.holding(ca.host("laptop.test", keys(scheme)));
        Host other = HeldKey.holding(ca.host("gateway.test", keys(scheme)));
        assertEquals(Optional.empty(), comesUp(ca, own, ANY, other));
        assertUp();
        assertTrue(
                logged(gateway, "authentication of 'laptop.test' with " + scheme + " successful"));
    }

    @Test
    void anIntermediateCaComesWithTheCertificate() throws Exception {
        var root = SimCa.root("CN=Root");
        var sub = root.sub("CN=Sub");
        Host own = root.host("laptop.test", SimCa.ecdsa());
        Host other = sub.host("gateway.test", SimCa.ecdsa());
        var outcome =
                comesUp(
                        own,
                        SimCa.credentials(own, root.certificate()),
                        ANY,
                        other,
                        SimCa.credentials(other, sub.certificate(), root.certificate()));
        assertEquals(Optional.empty(), outcome);
        assertUp();
        assertTrue(logged(laptop, "received issuer cert \"CN=Sub\""));
    }

    /// Its own issuer could have forbidden what it does.
    @Test
    void aCaThatIsNoRootIsNoEndOfAPath() throws Exception {
        var root = SimCa.root("CN=Root");
        var sub = root.sub("CN=Sub");
        Host own = sub.host("laptop.test", SimCa.ecdsa());
        Host other = sub.host("gateway.test", SimCa.ecdsa());
        var trusted = sub.certificate();
        assertRefused(
                comesUp(
                        own,
                        SimCa.credentials(own, trusted),
                        SimCa.terms(SignatureRules.NONE, List.of(), List.of(trusted.der())),
                        other,
                        SimCa.credentials(other, trusted, root.certificate())),
                "no trusted ECDSA public key found for 'gateway.test'");
    }

    @Test
    void aCertificateForSomebodyElse() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("printer.test", SimCa.ecdsa());
        assertRefused(
                comesUp(ca, own, ANY, other),
                "no trusted ECDSA public key found for 'gateway.test', as certificate"
                        + " 'CN=printer.test' is for somebody else");
    }

    @Test
    void aSignatureByAnotherKeyThanTheCertificates() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host stolen =
                new Host(
                        ca.host("gateway.test", SimCa.ecdsa()).certificate(),
                        SimCa.ecdsa().getPrivate());
        assertRefused(
                comesUp(ca, own, ANY, stolen),
                "the signature was not made with that key (certificate 'CN=gateway.test')");
    }

    @Test
    void anExpiredCertificate() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa(), Instant.parse("2025-12-31T00:00:00Z"));
        assertRefused(
                comesUp(ca, own, ANY, other), "certificate 'CN=gateway.test' is not valid now");
        assertTrue(logged(gateway, "AUTHENTICATION_FAILED"));
    }

    @Test
    void aCaThatIsNotTrusted() throws Exception {
        var ca = SimCa.root("CN=Root");
        var impostor = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = impostor.host("gateway.test", SimCa.ecdsa());
        assertRefused(
                comesUp(
                        own,
                        SimCa.credentials(own, ca.certificate()),
                        ANY,
                        other,
                        SimCa.credentials(other, ca.certificate(), impostor.certificate())),
                "no trusted ECDSA public key found for 'gateway.test'");
    }

    @Test
    void aCaThatIsTrustedButNotTheOneDemanded() throws Exception {
        var ca = SimCa.root("CN=Root");
        var research = SimCa.root("CN=Research");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        var demanded =
                SimCa.terms(SignatureRules.NONE, List.of(), List.of(research.certificate().der()));
        assertRefused(
                comesUp(
                        own,
                        SimCa.credentials(own, ca.certificate(), research.certificate()),
                        demanded,
                        other,
                        SimCa.credentials(other, ca.certificate())),
                "certificate 'CN=gateway.test' was not issued under a required CA");
    }

    @Test
    void aWeakerKeyThanDemanded() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.rsa(2048));
        var rules = new SignatureRules(List.of(), List.of(new Rule(KeyType.RSA, 3072, Set.of())));
        assertRefused(
                comesUp(ca, own, SimCa.terms(rules, List.of(), List.of()), other),
                "signature RSA_EMSA_PKCS1_SHA2_256 with a 2048 bit key is not acceptable");
    }

    @Test
    void aRevokedCertificate() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        assertRefused(
                comesUp(
                        own,
                        SimCa.credentials(own, List.of(ca.revoking(other)), ca.certificate()),
                        ANY,
                        other,
                        SimCa.credentials(other, ca.certificate())),
                "certificate 'CN=gateway.test' is revoked: certificate was revoked on"
                        + " 2025-12-31T23:58:30Z, reason: key compromise");
    }

    @Test
    void strictRevocationNeedsAnAnswer() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        var others = SimCa.credentials(other, ca.certificate());
        var strict = SimCa.revocation(Revocation.STRICT);
        assertRefused(
                comesUp(own, SimCa.credentials(own, ca.certificate()), strict, other, others),
                "whether certificate 'CN=gateway.test' was revoked is not known");
        var lists = List.of(ca.revoking(own)); // a list, and the gateway is not on it
        assertEquals(
                Optional.empty(),
                comesUp(
                        own,
                        SimCa.credentials(own, lists, ca.certificate()),
                        strict,
                        other,
                        others));
        assertUp();
    }

    @Test
    void aSharedKeyInsteadOfACertificate() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        var secrets = List.of(SimConnection.secret("ike", "known to both"));
        laptop.configured(
                List.of(office().peersKey(ANY).build()),
                secrets,
                SimCa.credentials(own, ca.certificate()));
        gateway.configured(List.of(office().mirrored().build()), secrets);
        assertRefused(comesUp(), "peer used authentication method 2, a public key is required");
    }

    @Test
    void aCertificateInsteadOfASharedKey() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        var secrets = List.of(SimConnection.secret("ike", "known to both"));
        laptop.configured(
                List.of(office().ownKey(own.terms()).build()),
                secrets,
                SimCa.credentials(own, ca.certificate()));
        gateway.configured(
                List.of(office().mirrored().build()),
                secrets,
                SimCa.credentials(own, ca.certificate()));
        assertRefused(comesUp(), "peer refused IKE_AUTH with AUTHENTICATION_FAILED");
        assertTrue(
                logged(
                        gateway,
                        "peer authenticated with a public key, a pre-shared key is required"));
    }

    @Test
    void theResponderTakesTheConnectionThatThePeerCompliesWith() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        laptop.configured(
                List.of(office().publicKeys(own.terms(), ANY).build()),
                List.of(),
                SimCa.credentials(own, ca.certificate()));
        var shared = office().mirrored().named("shared").build();
        var certified = office().mirrored().publicKeys(other.terms(), ANY).build();
        gateway.configured(
                List.of(shared, certified),
                List.of(SimConnection.secret("ike", "x")),
                SimCa.credentials(other, ca.certificate()));
        assertEquals(Optional.empty(), comesUp());
        assertUp();
        assertTrue(logged(gateway, "selected peer config 'shared' unacceptable"));
        assertTrue(logged(gateway, "switching to peer config 'office'"));
    }

    @Test
    void aPeerWithoutAPrivateKeySaysSo() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        laptop.configured(
                List.of(office().publicKeys(own.terms(), ANY).build()),
                List.of(),
                Credentials.none());
        gateway.configured(
                List.of(office().mirrored().publicKeys(own.terms(), ANY).build()), List.of());
        assertRefused(comesUp(), "no private key found for 'laptop.test'");
    }

    /// While somebody is asked about the laptop's certificate, its repeated requests get no answer
    /// of their own, and others come up.
    @Test
    void whoIsJudgedForLongGetsOneAnswerAndHoldsNobodyUp() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        gateway.processor().judgesFor(Duration.ofSeconds(20));
        var office = office();
        laptop.configured(
                List.of(office.publicKeys(own.terms(), ANY).build()),
                List.of(),
                SimCa.credentials(own, ca.certificate()));
        gateway.configured(
                List.of(office.mirrored().publicKeys(other.terms(), ANY).build()),
                List.of(),
                SimCa.credentials(other, ca.certificate()));
        long first = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(19));
        assertEquals(Optional.empty(), laptop.outcome(first), "still judged");
        assertEquals(3, sent("laptop > gateway  IKE_AUTH request 1"));
        assertEquals(0, sent("gateway > laptop  IKE_AUTH response 1"));
        SimPeer phone = world.peer("phone", "192.0.2.3");
        Host phones = ca.host("laptop.test", SimCa.ecdsa());
        phone.configured(
                List.of(office.publicKeys(phones.terms(), ANY).build()),
                List.of(),
                SimCa.credentials(phones, ca.certificate()));
        gateway.processor().judgesFor(Duration.ofMillis(1));
        long second = phone.initiates("office", "net", gateway.address());
        world.run(Duration.ofMillis(500));
        assertEquals(Optional.empty(), phone.outcome(second).orElseThrow());
        world.run(LONG);
        assertEquals(Optional.empty(), laptop.outcome(first).orElseThrow());
        assertEquals(1, sent("gateway > laptop  IKE_AUTH response 1"));
    }

    private long sent(String message) {
        return world.transcript().stream().filter(line -> line.contains(message)).count();
    }
}
