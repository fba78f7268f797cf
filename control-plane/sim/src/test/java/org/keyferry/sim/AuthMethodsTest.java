package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.crypto.SignatureHash;
import org.keyferry.crypto.SignatureScheme;
import org.keyferry.crypto.SigningKey;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.engine.trust.OwnAnnouncement;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.settings.model.SignatureRules.Hash;
import org.keyferry.settings.model.SignatureRules.KeyType;
import org.keyferry.settings.model.SignatureRules.Rule;
import org.keyferry.sim.SimCa.Host;
import org.keyferry.wire.AuthAnnouncement;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Peers that say which ways to authenticate they take (RFC 9593), and peers that have several
/// certificates to choose from.
class AuthMethodsTest {
    private static final PublicKeyTerms ANY = PublicKeyTerms.NONE;

    private final SimWorld world = SimWorld.seeded(21);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private SimCa ca;
    private SimCa otherCa;

    @BeforeEach
    void makeAuthorities() throws Exception {
        ca = SimCa.root("CN=Root");
        otherCa = SimCa.root("CN=Other");
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private static SignatureRules only(KeyType type, Hash... hashes) {
        return new SignatureRules(List.of(), List.of(new Rule(type, 0, Set.of(hashes))));
    }

    private static PublicKeyTerms demanding(SignatureRules rules) {
        return SimCa.terms(rules, List.of(), List.of());
    }

    private static PublicKeyTerms having(Host... hosts) {
        return SimCa.terms(
                SignatureRules.NONE,
                Arrays.stream(hosts).map(h -> h.certificate().der()).toList(),
                List.of());
    }

    private Credentials credentials(Host... own) {
        var keys = new HashMap<Bytes, SigningKey>();
        for (Host each : own) {
            keys.put(each.certificate().keyId(), each::key);
        }
        return new Credentials(
                List.of(ca.certificate(), otherCa.certificate()),
                Arrays.stream(own).map(Host::certificate).toList(),
                Map.copyOf(keys),
                new LoadedCrls(List.of()));
    }

    private Optional<Reason> comesUp() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMinutes(5));
        return laptop.outcome(request).orElseThrow();
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    /// Without the announcement the first certificate, of RSA, would be tried and refused.
    @ParameterizedTest
    @CsvSource({
        "ECDSA, ECDSA_WITH_SHA256_DER",
        "ED25519, ED25519",
        "RSA, RSA_EMSA_PKCS1_SHA2_256",
        "RSA_PSS, RSA_EMSA_PSS_SHA2_256"
    })
    void theInitiatorUsesTheCertificateThatTheResponderTakes(KeyType type, String scheme)
            throws Exception {
        Host[] own = {
            ca.host("laptop.test", SimCa.rsa(2048)),
            ca.host("laptop.test", SimCa.ecdsa()),
            ca.host("laptop.test", SimCa.edwards("ED25519"))
        };
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        laptop.configured(
                List.of(office().publicKeys(having(own), ANY).build()),
                List.of(),
                credentials(own));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .publicKeys(having(other), demanding(only(type)))
                                .build()),
                List.of(),
                credentials(other));
        assertEquals(Optional.empty(), comesUp());
        assertTrue(
                logged(gateway, "authentication of 'laptop.test' with " + scheme + " successful"));
    }

    @ParameterizedTest
    @CsvSource({"ECDSA, ECDSA_WITH_SHA256_DER", "RSA_PSS, RSA_EMSA_PSS_SHA2_256"})
    void theResponderUsesTheCertificateThatTheInitiatorTakes(KeyType type, String scheme)
            throws Exception {
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host[] others = {
            ca.host("gateway.test", SimCa.rsa(2048)), ca.host("gateway.test", SimCa.ecdsa())
        };
        laptop.configured(
                List.of(office().publicKeys(having(own), demanding(only(type))).build()),
                List.of(),
                credentials(own));
        gateway.configured(
                List.of(office().mirrored().publicKeys(having(others), ANY).build()),
                List.of(),
                credentials(others));
        assertEquals(Optional.empty(), comesUp());
        assertTrue(
                logged(laptop, "authentication of 'gateway.test' with " + scheme + " successful"));
    }

    /// A hash that a key of this size would not use by itself.
    @Test
    void aSignatureThatIsUnusualForTheKeyIsMadeIfOnlyThatIsTaken() throws Exception {
        Host own = ca.host("laptop.test", SimCa.rsa(2048));
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        laptop.configured(
                List.of(office().publicKeys(having(own), ANY).build()),
                List.of(),
                credentials(own));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .publicKeys(
                                        having(other),
                                        demanding(only(KeyType.RSA_PSS, Hash.SHA512)))
                                .build()),
                List.of(),
                credentials(other));
        assertEquals(Optional.empty(), comesUp());
        assertTrue(logged(gateway, "with RSA_EMSA_PSS_SHA2_512 successful"));
    }

    /// Two connections from the same address: RSA under one CA, ECDSA under the other. The laptop
    /// has an RSA certificate under the wrong one of them, and one of ECDSA under the right one.
    @Test
    void whatGoesWithACaIsToldWithIt() throws Exception {
        Host[] own = {
            otherCa.host("laptop.test", SimCa.rsa(2048)), otherCa.host("laptop.test", SimCa.ecdsa())
        };
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        laptop.configured(
                List.of(office().publicKeys(having(own), ANY).build()),
                List.of(),
                credentials(own));
        gateway.configured(
                List.of(
                        office().named("rsa")
                                .mirrored()
                                .publicKeys(
                                        having(other),
                                        SimCa.terms(
                                                only(KeyType.RSA),
                                                List.of(),
                                                List.of(ca.certificate().der())))
                                .build(),
                        office().mirrored()
                                .publicKeys(
                                        having(other),
                                        SimCa.terms(
                                                only(KeyType.ECDSA),
                                                List.of(),
                                                List.of(otherCa.certificate().der())))
                                .build()),
                List.of(),
                credentials(other));
        assertEquals(Optional.empty(), comesUp());
        assertTrue(logged(gateway, "authentication of 'laptop.test' with ECDSA_WITH_SHA256_DER"));
    }

    /// Nothing is kept back because of it: perhaps the peer takes more than it says.
    @Test
    void whoHasNothingOfWhatIsTakenTriesAndTellsSo() throws Exception {
        Host own = ca.host("laptop.test", SimCa.rsa(2048));
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        laptop.configured(
                List.of(office().publicKeys(having(own), ANY).build()),
                List.of(),
                credentials(own));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .publicKeys(having(other), demanding(only(KeyType.ECDSA)))
                                .build()),
                List.of(),
                credentials(other));
        assertTrue(comesUp().isPresent());
        assertTrue(
                logged(
                        laptop,
                        "peer announced none of the signatures that we can make, trying"
                                + " RSA_EMSA_PKCS1_SHA2_256"));
        assertEquals(0, gateway.established());
    }

    private static final List<SignatureHash> HASHES =
            List.of(SignatureHash.SHA2_256, SignatureHash.SHA2_384);

    private static AuthAnnouncement by(int link, SignatureScheme scheme) {
        return AuthAnnouncement.signature(link, scheme.algorithmIdentifier());
    }

    /// What is said for peers of these connections.
    private List<AuthAnnouncement> announced(List<Bytes> requested, SimConnection... connections)
            throws PeerViolation {
        Optional<Payload> said =
                OwnAnnouncement.of(
                        Arrays.stream(connections).map(SimConnection::build).toList(),
                        credentials(),
                        requested,
                        HASHES);
        return said.isEmpty()
                ? List.of()
                : AuthAnnouncement.decode(((Payload.Notify) said.get()).data());
    }

    private static SimConnection taking(PublicKeyTerms terms) {
        return office().publicKeys(ANY, terms);
    }

    @Test
    void whoTakesEverythingSaysNothing() throws Exception {
        assertEquals(List.of(), announced(List.of(), taking(ANY), office()));
    }

    /// In the order of the rules, of the hashes that are announced for RFC 7427.
    @Test
    void rulesAreToldInTheirOrder() throws Exception {
        var rules =
                new SignatureRules(
                        List.of(),
                        List.of(
                                new Rule(KeyType.ECDSA, 0, Set.of(Hash.SHA384)),
                                new Rule(KeyType.RSA_PSS, 2048, Set.of())));
        assertEquals(
                List.of(
                        by(0, SignatureScheme.ECDSA_SHA384),
                        AuthAnnouncement.linked(10, 0),
                        by(0, SignatureScheme.RSA_PSS_SHA256),
                        by(0, SignatureScheme.RSA_PSS_SHA384)),
                announced(List.of(), taking(demanding(rules))));
    }

    /// Another connection that may be meant takes more, and a list without it would mislead.
    @Test
    void allThatMayBeMeantIsTold() throws Exception {
        List<AuthAnnouncement> all =
                announced(
                        List.of(),
                        taking(demanding(only(KeyType.ECDSA, Hash.SHA256))),
                        office().named("shared"));
        assertEquals(
                List.of(
                        by(0, SignatureScheme.ECDSA_SHA256),
                        AuthAnnouncement.linked(9, 0),
                        AuthAnnouncement.plain(AuthAnnouncement.SHARED_KEY)),
                all);
        assertTrue(
                announced(
                                List.of(),
                                taking(demanding(only(KeyType.ECDSA, Hash.SHA256))),
                                taking(ANY).named("any"))
                        .contains(by(0, SignatureScheme.RSA_PKCS1_SHA256)));
    }

    @Test
    void aCaIsToldByItsPlaceInTheRequest() throws Exception {
        Bytes first = ca.certificate().keyInfoSha1();
        Bytes second = otherCa.certificate().keyInfoSha1();
        SimConnection demanding =
                taking(
                        SimCa.terms(
                                only(KeyType.ED25519),
                                List.of(),
                                List.of(otherCa.certificate().der())));
        assertEquals(List.of(), announced(List.of(first, second), demanding)); // no such hash
        SimConnection ecdsa =
                taking(
                        SimCa.terms(
                                only(KeyType.ECDSA, Hash.SHA256),
                                List.of(),
                                List.of(otherCa.certificate().der())));
        assertEquals(
                List.of(by(2, SignatureScheme.ECDSA_SHA256), AuthAnnouncement.linked(9, 2)),
                announced(List.of(first, second), ecdsa));
        assertEquals(
                List.of(by(0, SignatureScheme.ECDSA_SHA256), AuthAnnouncement.linked(9, 0)),
                announced(List.of(second), ecdsa));
        assertEquals(
                List.of(by(0, SignatureScheme.ECDSA_SHA256), AuthAnnouncement.linked(9, 0)),
                announced(List.of(first), ecdsa));
    }
}
