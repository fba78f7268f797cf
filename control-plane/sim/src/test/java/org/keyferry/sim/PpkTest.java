package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Postquantum pre-shared keys (RFC 8784): the table of its §3, with both kinds of authentication.
class PpkTest {
    private static final String ID = "ppk-laptop@test";
    private static final SharedSecret PPK = SimConnection.ppkSecret(ID, "a long quantum secret");

    private final SimWorld world = SimWorld.seeded(8784);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private boolean certificates;

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private Optional<Reason> comesUp(
            SimConnection own,
            List<SharedSecret> laptops,
            SimConnection other,
            List<SharedSecret> gateways)
            throws Exception {
        SharedSecret ike = SimConnection.secret("ike-1", "correct horse");
        Credentials ofLaptop = Credentials.none();
        Credentials ofGateway = Credentials.none();
        if (certificates) {
            var ca = SimCa.root("CN=Root");
            var one = ca.host("laptop.test", SimCa.ecdsa());
            var two = ca.host("gateway.test", SimCa.ecdsa());
            own.publicKeys(one.terms(), PublicKeyTerms.NONE);
            other.publicKeys(two.terms(), PublicKeyTerms.NONE);
            ofLaptop = SimCa.credentials(one, ca.certificate());
            ofGateway = SimCa.credentials(two, ca.certificate());
        }
        laptop.configured(List.of(own.build()), with(ike, laptops), ofLaptop);
        gateway.configured(List.of(other.build()), with(ike, gateways), ofGateway);
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(30));
        return laptop.outcome(request).orElseThrow();
    }

    private static List<SharedSecret> with(SharedSecret ike, List<SharedSecret> others) {
        return Stream.concat(Stream.of(ike), others.stream()).toList();
    }

    private void assertUp(boolean ppk) {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(ppk, laptop.views().getFirst().ppk());
        assertEquals(ppk, gateway.views().getFirst().ppk());
        assertEquals(1, laptop.children("net").size());
        world.traffic().send();
        assertEquals(keys(laptop), keys(gateway), "both ends have the same keys");
    }

    private static Bytes keys(SimPeer peer) {
        Bytes exported = peer.engine().snapshots().getFirst().keys();
        return exported.slice(Long.BYTES, exported.length());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyThatBothKnowIsMixedIn(boolean byCertificate) throws Exception {
        certificates = byCertificate;
        assertEquals(
                Optional.empty(),
                comesUp(office().ppk(ID, true), List.of(PPK), office().mirrored(), List.of(PPK)));
        assertUp(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResponderThatDoesNotKnowItDoesWithout(boolean byCertificate) throws Exception {
        certificates = byCertificate;
        SharedSecret other = SimConnection.ppkSecret("ppk-other@test", "another secret");
        assertEquals(
                Optional.empty(),
                comesUp(
                        office().ppk(ID, false),
                        List.of(PPK),
                        office().mirrored(),
                        List.of(other)));
        assertUp(false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutItThereIsNoTunnelIfTheInitiatorWantsIt(boolean byCertificate) throws Exception {
        certificates = byCertificate;
        SharedSecret other = SimConnection.ppkSecret("ppk-other@test", "another secret");
        var outcome =
                comesUp(office().ppk(ID, true), List.of(PPK), office().mirrored(), List.of(other));
        assertInstanceOf(Reason.PeerRefused.class, outcome.orElseThrow());
        assertEquals(0, gateway.established());
    }

    @Test
    void aResponderWithoutAnyKeyIsNotAskedTwice() throws Exception {
        var outcome = comesUp(office().ppk(ID, true), List.of(PPK), office().mirrored(), List.of());
        assertTrue(outcome.orElseThrow().toString().contains("peer does not support PPKs"));
    }

    @Test
    void aResponderWithoutAnyKeyMayDoWithout() throws Exception {
        assertEquals(
                Optional.empty(),
                comesUp(office().ppk(ID, false), List.of(PPK), office().mirrored(), List.of()));
        assertUp(false);
    }

    @Test
    void aResponderMayDemandOne() throws Exception {
        var outcome = comesUp(office(), List.of(), office().mirrored().ppk(ID, true), List.of(PPK));
        assertInstanceOf(Reason.PeerRefused.class, outcome.orElseThrow());
    }

    @Test
    void anIdThatTheResponderDoesNotAdmitIsNotUsed() throws Exception {
        assertEquals(
                Optional.empty(),
                comesUp(
                        office().ppk(ID, false),
                        List.of(PPK),
                        office().mirrored().ppk("*@elsewhere", false),
                        List.of(PPK)));
        assertUp(false);
    }

    @Test
    void anotherSecretUnderTheSameNameIsNoProof() throws Exception {
        SharedSecret other = SimConnection.ppkSecret(ID, "another secret");
        var outcome =
                comesUp(office().ppk(ID, false), List.of(PPK), office().mirrored(), List.of(other));
        assertInstanceOf(Reason.PeerRefused.class, outcome.orElseThrow());
    }

    @Test
    void aRekeyedIkeSaStillHasIt() throws Exception {
        comesUp(office().ppk(ID, true), List.of(PPK), office().mirrored(), List.of(PPK));
        Bytes before = keys(laptop);
        laptop.rekeysIke(laptop.ike());
        world.run(Duration.ofSeconds(30));
        assertUp(true);
        assertNotEquals(before, keys(laptop));
        assertFalse(laptop.children("net").isEmpty());
    }

    /// The key's id says which connection is meant, also where another one comes first.
    @Test
    void theKeyOfAnotherConnectionIsNoneOfThisOne() throws Exception {
        SharedSecret other = SimConnection.ppkSecret("ppk-other@test", "another secret");
        SharedSecret ike = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(
                List.of(office().ppk(ID, true).build()), List.of(ike, PPK), Credentials.none());
        gateway.configured(
                List.of(
                        office().mirrored().named("others").ppk("ppk-other@test", true).build(),
                        office().mirrored().named("laptops").ppk(ID, true).build()),
                List.of(ike, other, PPK),
                Credentials.none());
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(30));
        assertEquals(Optional.empty(), laptop.outcome(request).orElseThrow());
        assertUp(true);
        assertEquals("laptops", gateway.views().getFirst().connection().name());
    }

    @Test
    void theKeyOfAnotherConnectionLetsNobodyIn() throws Exception {
        SharedSecret other = SimConnection.ppkSecret("ppk-other@test", "another secret");
        SharedSecret ike = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(
                List.of(office().ppk(ID, true).build()), List.of(ike, PPK), Credentials.none());
        gateway.configured(
                List.of(
                        office().mirrored().named("others").ppk("ppk-other@test", true).build(),
                        office().mirrored()
                                .named("certificates")
                                .publicKeys(PublicKeyTerms.NONE, PublicKeyTerms.NONE)
                                .ppk(ID, true)
                                .build()),
                List.of(ike, other, PPK),
                Credentials.none());
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(30));
        assertInstanceOf(
                Reason.PeerRefused.class, laptop.outcome(request).orElseThrow().orElseThrow());
        assertEquals(0, gateway.established());
    }

    private static AuthRound eap(String id, EapType type, PublicKeyTerms terms) {
        return new AuthRound(
                AuthMethod.EAP,
                Identification.parse(id),
                terms,
                new EapTerms(new EapTerms.Method.Typed(type)));
    }

    private static AuthRound psk(String id) {
        return new AuthRound(AuthMethod.PSK, Identification.parse(id));
    }

    /// The client by EAP, the server by itself or by EAP too; in both cases the key goes with the
    /// AUTH that follows EAP.
    private Optional<Reason> comesUpByEap(String kind, boolean required, SharedSecret gateways)
            throws Exception {
        SharedSecret ike = SimConnection.secret("ike-1", "correct horse");
        SharedSecret password = SimConnection.password("eap-1", "Ar3etTnp", "laptop.test");
        var ca = SimCa.root("CN=Root");
        var one = ca.host("laptop.test", SimCa.ecdsa());
        var two = ca.host("gateway.test", SimCa.ecdsa());
        List<AuthRound> laptopsOwn;
        List<AuthRound> gatewaysOwn = List.of(psk("gateway.test"));
        List<AuthRound> ofGateway = gatewaysOwn;
        switch (kind) {
            case "eap" ->
                    laptopsOwn = List.of(eap("laptop.test", EapType.MD5, PublicKeyTerms.NONE));
            case "psk, then eap" ->
                    laptopsOwn =
                            List.of(
                                    psk("laptop.test"),
                                    eap("laptop.test", EapType.MD5, PublicKeyTerms.NONE));
            default -> {
                laptopsOwn = List.of(eap("laptop.test", EapType.TLS, one.terms()));
                gatewaysOwn = List.of(eap("gateway.test", EapType.TLS, two.terms()));
                ofGateway = List.of(eap("gateway.test", EapType.TLS, PublicKeyTerms.NONE));
            }
        }
        List<AuthRound> ofLaptop =
                laptopsOwn.stream()
                        .map(r -> new AuthRound(r.method(), r.id(), PublicKeyTerms.NONE, r.eap()))
                        .toList();
        laptop.configured(
                List.of(office().ppk(ID, required).rounds(laptopsOwn, ofGateway).build()),
                List.of(ike, password, PPK),
                SimCa.credentials(one, ca.certificate()));
        gateway.configured(
                List.of(office().mirrored().rounds(gatewaysOwn, ofLaptop).build()),
                List.of(ike, password, gateways),
                SimCa.credentials(two, ca.certificate()));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(30));
        return laptop.outcome(request).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eap", "psk, then eap", "eap only"})
    void aClientByEapMixesItIn(String kind) throws Exception {
        assertEquals(Optional.empty(), comesUpByEap(kind, true, PPK));
        assertUp(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eap", "psk, then eap", "eap only"})
    void aClientByEapThatDemandsItGetsNoTunnelWithoutIt(String kind) throws Exception {
        SharedSecret other = SimConnection.ppkSecret("ppk-other@test", "another secret");
        assertInstanceOf(Reason.PeerRefused.class, comesUpByEap(kind, true, other).orElseThrow());
        assertEquals(0, laptop.established());
        assertEquals(0, gateway.established());
    }

    @ParameterizedTest
    @ValueSource(strings = {"eap", "psk, then eap", "eap only"})
    void aClientByEapMayDoWithout(String kind) throws Exception {
        SharedSecret other = SimConnection.ppkSecret("ppk-other@test", "another secret");
        assertEquals(Optional.empty(), comesUpByEap(kind, false, other));
        assertUp(false);
    }
}
