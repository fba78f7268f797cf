package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.CertificateDirectory;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.HashAndUrl;
import org.keyferry.crypto.cert.PathRules;
import org.keyferry.crypto.cert.RawKey;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.cert.TrustOptions;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.sim.SimCa.Host;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// What strongswan.conf and loaded keys change about public keys.
class TrustOptionsTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String ADDRESS_BLOCKS = "1.3.6.1.5.5.7.1.7";
    private static final Bytes TEN_8 = Bytes.ofHex("300c300a0402000130040302000a");
    private static final Bytes TEN_2_0_16 = Bytes.ofHex("300d300b0402000130050303000a02");
    private static final Bytes TEN_9_16 = Bytes.ofHex("300d300b0402000130050303000a09");

    private final SimWorld world = SimWorld.seeded(9);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private final Map<String, Bytes> served = new HashMap<>();

    private static Credentials with(
            Host own, CertificateDirectory directory, TrustOptions options, Certificate... cas) {
        return new Credentials(
                List.of(cas),
                List.of(own.certificate()),
                List.of(),
                Map.of(own.certificate().keyId(), own::key),
                Revocations.NONE,
                directory,
                options);
    }

    private Optional<Reason> comesUp(
            SimConnection connection,
            Host own,
            Credentials laptops,
            Host other,
            Credentials others) {
        laptop.configured(
                List.of(connection.publicKeys(own.terms(), PublicKeyTerms.NONE).build()),
                List.of(),
                laptops);
        gateway.configured(
                List.of(
                        connection
                                .mirrored()
                                .publicKeys(other.terms(), PublicKeyTerms.NONE)
                                .build()),
                List.of(),
                others);
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

    /// A directory in which each peer's certificate can be found.
    private final class Served implements CertificateDirectory {
        @Override
        public boolean isUsed() {
            return true;
        }

        @Override
        public Optional<String> baseOf(Certificate certificate) {
            HashAndUrl at = HashAndUrl.of(certificate, "http://certs.test/");
            served.put(at.url(), certificate.der());
            return Optional.of("http://certs.test/");
        }

        @Override
        public List<Bytes> fetch(List<HashAndUrl> wanted, Consumer<String> notes) {
            wanted.forEach(w -> notes.accept("fetching " + w.url()));
            return wanted.stream().map(w -> served.get(w.url())).toList();
        }
    }

    @Test
    void certificatesAreFoundByHashAndUrl() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        var outcome =
                comesUp(
                        SimConnection.between("laptop.test", "gateway.test"),
                        own,
                        with(own, new Served(), TrustOptions.DEFAULT, ca.certificate()),
                        other,
                        with(other, new Served(), TrustOptions.DEFAULT, ca.certificate()));
        assertEquals(Optional.empty(), outcome);
        assertTrue(logged(laptop, "fetching http://certs.test/"));
        assertTrue(logged(gateway, "fetching http://certs.test/"));
        assertTrue(logged(gateway, "received end entity cert \"CN=laptop.test\""));
    }

    @Test
    void whoDoesNotLookUpGetsTheCertificate() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        var outcome =
                comesUp(
                        SimConnection.between("laptop.test", "gateway.test"),
                        own,
                        with(own, new Served(), TrustOptions.DEFAULT, ca.certificate()),
                        other,
                        SimCa.credentials(other, ca.certificate()));
        assertEquals(Optional.empty(), outcome);
        assertTrue(!logged(gateway, "fetching") && !logged(laptop, "fetching"));
    }

    @Test
    void pssIfItIsPreferred() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.rsa(2048));
        Host other = ca.host("gateway.test", SimCa.rsa(2048));
        var pss = new TrustOptions(PathRules.DEFAULT, false, true);
        var outcome =
                comesUp(
                        SimConnection.between("laptop.test", "gateway.test"),
                        own,
                        with(own, CertificateDirectory.NONE, pss, ca.certificate()),
                        other,
                        SimCa.credentials(other, ca.certificate()));
        assertEquals(Optional.empty(), outcome);
        assertTrue(logged(gateway, "authentication of 'laptop.test' with RSA_EMSA_PSS_SHA2_256"));
        assertTrue(logged(laptop, "authentication of 'gateway.test' with RSA_EMSA_PKCS1_SHA2_256"));
    }

    @Test
    void aLoadedCertificateIsNotTrustedForThatAloneIfToldSo() throws Exception {
        var ca = SimCa.root("CN=Root");
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        var strict =
                new Credentials(
                        List.of(),
                        List.of(own.certificate(), other.certificate()),
                        List.of(),
                        Map.of(own.certificate().keyId(), own::key),
                        Revocations.NONE,
                        CertificateDirectory.NONE,
                        new TrustOptions(PathRules.DEFAULT, true, false));
        var outcome =
                comesUp(
                        SimConnection.between("laptop.test", "gateway.test"),
                        own,
                        strict,
                        other,
                        SimCa.credentials(other, ca.certificate()));
        assertTrue(outcome.orElseThrow().toString().contains("no CA is trusted"));
    }

    /// The old key is gone, and what reauthenticates does so with the new certificate.
    @Test
    void reauthenticationTakesTheCertificateThatIsConfiguredThen() throws Exception {
        var former = SimCa.root("CN=Former");
        var later = SimCa.root("CN=Later");
        Host own = former.host("laptop.test", SimCa.ecdsa());
        Host other = former.host("gateway.test", SimCa.ecdsa());
        var connection = SimConnection.between("laptop.test", "gateway.test");
        Certificate[] cas = {former.certificate(), later.certificate()};
        assertEquals(
                Optional.empty(),
                comesUp(
                        connection,
                        own,
                        SimCa.credentials(own, cas),
                        other,
                        SimCa.credentials(other, cas)));
        Host next = later.host("laptop.test", SimCa.ecdsa());
        laptop.configured(
                List.of(connection.publicKeys(next.terms(), PublicKeyTerms.NONE).build()),
                List.of(),
                SimCa.credentials(next, cas));
        laptop.reauthenticates(laptop.ike());
        world.run(LONG);
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertTrue(logged(gateway, "using trusted ca certificate \"CN=Later\""));
    }

    private Optional<Reason> withBlocks(Bytes laptops) throws Exception {
        var ca = SimCa.root("CN=Root", ADDRESS_BLOCKS, TEN_8);
        Host own = ca.host("laptop.test", SimCa.ecdsa(), ADDRESS_BLOCKS, laptops);
        Host other = ca.host("gateway.test", SimCa.ecdsa(), ADDRESS_BLOCKS, TEN_9_16);
        return comesUp(
                SimConnection.between("laptop.test", "gateway.test")
                        .selectors("10.0.0.0/8", "10.0.0.0/8"),
                own,
                SimCa.credentials(own, ca.certificate()),
                other,
                SimCa.credentials(other, ca.certificate()));
    }

    /// RFC 3779: each side lets the other have what its certificate says, however much is
    /// configured.
    @Test
    void selectorsLieInTheAddressBlocksOfThePeer() throws Exception {
        assertEquals(Optional.empty(), withBlocks(TEN_2_0_16));
        var child = laptop.views().getFirst().children().getFirst();
        assertEquals("[10.2.0.0/16]", child.installation().localTs().toString());
        assertEquals("[10.9.0.0/16]", child.installation().remoteTs().toString());
    }

    private static AuthRound pubkey(String id, Host host) {
        return new AuthRound(AuthMethod.PUBKEY, Identification.parse(id), host.terms());
    }

    private static AuthRound asked(AuthRound round) {
        return new AuthRound(round.method(), round.id(), PublicKeyTerms.NONE, round.eap());
    }

    private void roundsOfLaptop(List<AuthRound> rounds, Credentials laptops, SimCa ca, Host other) {
        var connection =
                SimConnection.between("laptop.test", "gateway.test")
                        .selectors("10.0.0.0/8", "10.0.0.0/8");
        var gateways = List.of(pubkey("gateway.test", other));
        var ofGateway = gateways.stream().map(TrustOptionsTest::asked).toList();
        var password = SimConnection.password("eap-1", "Ar3etTnp");
        laptop.configured(
                List.of(connection.rounds(rounds, ofGateway).build()), List.of(password), laptops);
        gateway.configured(
                List.of(
                        connection
                                .mirrored()
                                .rounds(
                                        gateways,
                                        rounds.stream().map(TrustOptionsTest::asked).toList())
                                .build()),
                List.of(password),
                SimCa.credentials(other, ca.certificate()));
        laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
    }

    private String addressesOfLaptop() {
        var children = gateway.views().getFirst().children();
        return children.isEmpty()
                ? "none"
                : children.getFirst().installation().remoteTs().toString();
    }

    private static AuthRound byEap(EapType type, PublicKeyTerms terms) {
        return new AuthRound(
                AuthMethod.EAP,
                Identification.parse("laptop.test"),
                terms,
                new EapTerms(new EapTerms.Method.Typed(type)));
    }

    /// A second round proves more, and takes nothing back.
    @Test
    void aFurtherRoundWithoutBlocksLeavesThoseOfTheFirst() throws Exception {
        assertEquals("[10.2.0.0/16]", afterTwoRounds(Optional.of(TEN_2_0_16), Optional.empty()));
    }

    @Test
    void whatEachRoundAllowsIsLeft() throws Exception {
        assertEquals("[10.2.0.0/16]", afterTwoRounds(Optional.of(TEN_2_0_16), Optional.of(TEN_8)));
    }

    @Test
    void roundsThatHaveNoAddressInCommonLeaveNone() throws Exception {
        assertEquals("none", afterTwoRounds(Optional.of(TEN_9_16), Optional.of(TEN_2_0_16)));
    }

    /// @param first address blocks of the first certificate, likewise of the second one
    private String afterTwoRounds(Optional<Bytes> first, Optional<Bytes> second) throws Exception {
        var ca = SimCa.root("CN=Root", ADDRESS_BLOCKS, TEN_8);
        Host own = host(ca, "laptop.test", first);
        Host user = host(ca, "user.test", second);
        roundsOfLaptop(
                List.of(pubkey("laptop.test", own), pubkey("user.test", user)),
                withBoth(own, user, ca),
                ca,
                ca.host("gateway.test", SimCa.ecdsa()));
        return addressesOfLaptop();
    }

    private static Host host(SimCa ca, String name, Optional<Bytes> blocks) throws Exception {
        return blocks.isEmpty()
                ? ca.host(name, SimCa.ecdsa())
                : ca.host(name, SimCa.ecdsa(), ADDRESS_BLOCKS, blocks.get());
    }

    @Test
    void aCertificateInsideOfEapHasItsBlocksToo() throws Exception {
        var ca = SimCa.root("CN=Root", ADDRESS_BLOCKS, TEN_8);
        Host own = ca.host("laptop.test", SimCa.ecdsa(), ADDRESS_BLOCKS, TEN_2_0_16);
        Host other = ca.host("gateway.test", SimCa.ecdsa());
        roundsOfLaptop(
                List.of(byEap(EapType.TLS, own.terms())),
                SimCa.credentials(own, ca.certificate()),
                ca,
                other);
        assertEquals("[10.2.0.0/16]", addressesOfLaptop());
    }

    /// The gateway is known by nothing but the certificate inside of EAP.
    @Test
    void aGatewayThatProvesItselfInsideOfEapIsLimitedByItsCertificate() throws Exception {
        var ca = SimCa.root("CN=Root", ADDRESS_BLOCKS, TEN_8);
        Host own = ca.host("laptop.test", SimCa.ecdsa());
        Host other = ca.host("gateway.test", SimCa.ecdsa(), ADDRESS_BLOCKS, TEN_9_16);
        var connection =
                SimConnection.between("laptop.test", "gateway.test")
                        .selectors("10.0.0.0/8", "10.0.0.0/8");
        var ofLaptop = byEap(EapType.TLS, own.terms());
        var ofGateway =
                new AuthRound(
                        AuthMethod.EAP,
                        Identification.parse("gateway.test"),
                        other.terms(),
                        new EapTerms(new EapTerms.Method.Typed(EapType.TLS)));
        laptop.configured(
                List.of(connection.rounds(List.of(ofLaptop), List.of(asked(ofGateway))).build()),
                List.of(),
                SimCa.credentials(own, ca.certificate()));
        gateway.configured(
                List.of(
                        connection
                                .mirrored()
                                .rounds(List.of(ofGateway), List.of(asked(ofLaptop)))
                                .build()),
                List.of(),
                SimCa.credentials(other, ca.certificate()));
        laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        var child = laptop.views().getFirst().children().getFirst();
        assertEquals("[10.9.0.0/16]", child.installation().remoteTs().toString());
    }

    private static Credentials withBoth(Host one, Host two, SimCa ca) {
        return new Credentials(
                List.of(ca.certificate()),
                List.of(one.certificate(), two.certificate()),
                Map.of(one.certificate().keyId(), one::key, two.certificate().keyId(), two::key),
                Revocations.NONE);
    }

    @Test
    void blocksThatTheCaDoesNotHave() throws Exception {
        Bytes eleven = Bytes.ofHex("300c300a0402000130040302000b");
        assertTrue(withBlocks(eleven).orElseThrow().toString().contains("AUTHENTICATION_FAILED"));
        assertTrue(logged(gateway, "address blocks of 'CN=laptop.test' are not all those"));
    }

    /// As a gateway that takes any peer whose key is loaded.
    @Test
    void aLoadedKeyIsTrustedUnderItsId() throws Exception {
        KeyPair laptopKey = SimCa.ecdsa();
        KeyPair gatewayKey = SimCa.ecdsa();
        Bytes laptopInfo = Bytes.of(laptopKey.getPublic().getEncoded());
        Bytes gatewayInfo = Bytes.of(gatewayKey.getPublic().getEncoded());
        RawKey known = RawKey.parse(laptopInfo).orElseThrow();
        String laptopId = "{11}:#" + known.keyInfoSha1().hex();
        var connection = SimConnection.between(laptopId, "gateway.test");
        laptop.configured(
                List.of(connection.publicKeys(keys(laptopInfo), keys(gatewayInfo)).build()),
                List.of(),
                keyOnly(laptopKey, laptopInfo, List.of()));
        gateway.configured(
                List.of(
                        connection
                                .mirrored()
                                .publicKeys(keys(gatewayInfo), PublicKeyTerms.NONE)
                                .build()),
                List.of(),
                keyOnly(gatewayKey, gatewayInfo, List.of(known)));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        assertEquals(Optional.empty(), laptop.outcome(request).orElseThrow());
        assertTrue(logged(gateway, "using trusted public key"));
    }

    private static PublicKeyTerms keys(Bytes info) {
        return new PublicKeyTerms(
                SignatureRules.NONE,
                List.of(),
                List.of(info),
                List.of(),
                Optional.empty(),
                List.of(),
                Revocation.RELAXED);
    }

    private static Credentials keyOnly(KeyPair own, Bytes info, List<RawKey> trusted) {
        return new Credentials(
                List.of(),
                List.of(),
                trusted,
                Map.of(RawKey.parse(info).orElseThrow().keyId(), own::getPrivate),
                Revocations.NONE,
                CertificateDirectory.NONE,
                TrustOptions.DEFAULT);
    }
}
