package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Renewal;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Additional key exchanges (RFC 9242, RFC 9370): X25519 first, and ML-KEM and others behind it.
class MultipleKeyExchangesTest {
    private static final int NONE = 0;
    private static final int ECP_256 = 19;
    private static final int ML_KEM_512 = 35;
    private static final int ML_KEM_768 = 36;
    private static final Duration WHILE = Duration.ofMinutes(2);
    private static final EngineSettings SETTINGS =
            EngineSettings.defaults().with(new Renewal(true, Duration.ofSeconds(5), true));

    private final SimWorld world = SimWorld.seeded(9370);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1", SETTINGS);
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    /// @param rounds methods of each additional key exchange, in order
    private static Proposal with(Proposal first, int[]... rounds) {
        var transforms = new ArrayList<>(first.transforms());
        for (int round = 0; round < rounds.length; round++) {
            for (int method : rounds[round]) {
                transforms.add(new Transform(TransformType.ADDKE1 + round, method, 0));
            }
        }
        return new Proposal(first.number(), first.protocolId(), first.spi(), transforms);
    }

    private static int[] round(int... methods) {
        return methods;
    }

    private static Proposal ike(int[]... rounds) {
        return with(
                SimConnection.ikeProposal(SimConnection.AES_GCM_16, SimConnection.X25519), rounds);
    }

    private static Proposal esp(int[]... rounds) {
        return with(
                SimConnection.espProposal(SimConnection.AES_GCM_16, SimConnection.X25519), rounds);
    }

    private static SimConnection office(Proposal ike, Proposal esp) {
        return SimConnection.between("laptop.test", "gateway.test").ike(ike).esp(esp);
    }

    private Optional<Reason> comesUp(SimConnection own, SimConnection other) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(own.build()), List.of(key));
        gateway.configured(List.of(other.build()), List.of(key));
        return initiates();
    }

    private Optional<Reason> initiates() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(WHILE);
        return laptop.outcome(request).orElseThrow();
    }

    private long sent(String what) {
        return world.transcript().stream().filter(line -> line.contains(what)).count();
    }

    private void assertUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(1, laptop.children("net").size());
        assertEquals(1, gateway.children("net").size());
        assertEquals(keys(laptop), keys(gateway));
        world.checkAgreement();
    }

    private static Bytes keys(SimPeer peer) {
        Bytes exported = peer.engine().snapshots().getFirst().keys();
        return exported.slice(Long.BYTES, exported.length());
    }

    @Test
    void eachMethodHasAnExchangeOfItsOwn() {
        var office = office(ike(round(ML_KEM_512), round(ECP_256)), esp());
        assertEquals(Optional.empty(), comesUp(office, office.mirrored()));
        assertUp();
        assertEquals(2, sent("laptop > gateway  IKE_INTERMEDIATE request"));
        var chosen = gateway.views().getFirst().proposal();
        assertEquals(ML_KEM_512, chosen.ofType(TransformType.ADDKE1).getFirst().id());
        assertEquals(ECP_256, chosen.ofType(TransformType.ADDKE2).getFirst().id());
    }

    @Test
    void certificatesProveTheseExchangesToo() throws Exception {
        var ca = SimCa.root("CN=Root");
        var one = ca.host("laptop.test", SimCa.ecdsa());
        var two = ca.host("gateway.test", SimCa.ecdsa());
        var office = office(ike(round(ML_KEM_768)), esp());
        laptop.configured(
                List.of(office.publicKeys(one.terms(), PublicKeyTerms.NONE).build()),
                List.of(),
                SimCa.credentials(one, ca.certificate()));
        gateway.configured(
                List.of(office.mirrored().publicKeys(two.terms(), PublicKeyTerms.NONE).build()),
                List.of(),
                SimCa.credentials(two, ca.certificate()));
        assertEquals(Optional.empty(), initiates());
        assertUp();
    }

    @Test
    void aLargeKeyTravelsInFragments() {
        world.network().mtu(1_280);
        var office = office(ike(round(ML_KEM_768)), esp());
        assertEquals(Optional.empty(), comesUp(office, office.mirrored()));
        assertUp();
        assertTrue(sent("laptop > gateway  IKE_INTERMEDIATE request") > 1);
    }

    @Test
    void whatIsOptionalIsLeftOutWhereThePeerHasNone() {
        var own = office(ike(round(ML_KEM_768, NONE)), esp());
        assertEquals(Optional.empty(), comesUp(own, office(ike(), esp()).mirrored()));
        assertUp();
        assertEquals(0, sent("IKE_INTERMEDIATE"));
    }

    @Test
    void whatIsNotOptionalIsNotLeftOut() {
        var own = office(ike(round(ML_KEM_768)), esp());
        assertTrue(comesUp(own, office(ike(), esp()).mirrored()).isPresent());
        assertEquals(0, gateway.established());
    }

    @Test
    void noMethodIsDoneTwice() {
        var office = office(ike(round(ML_KEM_768), round(ML_KEM_768, ML_KEM_512)), esp());
        assertEquals(Optional.empty(), comesUp(office, office.mirrored()));
        var chosen = laptop.views().getFirst().proposal();
        assertEquals(ML_KEM_512, chosen.ofType(TransformType.ADDKE2).getFirst().id());
    }

    /// Between two exchanges of a rekeying no request of the gateway's is being worked on.
    @ParameterizedTest
    @ValueSource(ints = {10, 20, 21, 22, 23, 30, 45, 60, 65, 70, 90, 105, 110, 120, 150})
    void whatIsBeingRekeyedIsReauthenticatedAfterThat(int later) {
        var office = office(ike(round(ML_KEM_512), round(ECP_256)), esp());
        assertEquals(Optional.empty(), comesUp(office, office.mirrored()));
        int former = laptop.ike();
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofMillis(later));
        laptop.reauthenticates(former);
        world.run(WHILE);
        assertUp();
    }

    @Test
    void bothKindsOfSaAreRekeyedWithAllMethods() {
        var office =
                office(
                        ike(round(ML_KEM_512), round(ECP_256)),
                        esp(round(ML_KEM_512), round(ECP_256)));
        comesUp(office, office.mirrored());
        Bytes before = keys(laptop);
        long ike = laptop.rekeysIke(laptop.ike());
        world.run(WHILE);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(ike));
        assertUp();
        assertNotEquals(before, keys(laptop));
        assertEquals(2, sent("laptop > gateway  IKE_FOLLOWUP_KE request"));
        int former = gateway.child("net");
        long child = gateway.rekeysChild(former);
        world.run(WHILE);
        assertEquals(Optional.of(Optional.empty()), gateway.outcome(child));
        assertUp();
        assertNotEquals(former, gateway.child("net"));
        assertEquals(2, sent("gateway > laptop  IKE_FOLLOWUP_KE request"));
    }

    static LongStream seeds() {
        return LongStream.range(1, 40);
    }

    /// With losses, and both ends rekeying everything at once.
    @ParameterizedTest
    @MethodSource("seeds")
    void collisionsEndWithOneOfEach(long seed) {
        var lossy = SimWorld.seeded(seed);
        SimPeer one = lossy.peer("laptop", "192.0.2.1");
        SimPeer other = lossy.peer("gateway", "192.0.2.2");
        lossy.network().loss(seed % 2 == 0 ? 0.1 : 0).duplication(0.1);
        var office =
                office(ike(round(ML_KEM_512)), esp(round(ML_KEM_512)))
                        .childLifetime(
                                Duration.ofMinutes(10),
                                Duration.ofMinutes(12),
                                Duration.ofMinutes(1))
                        .ikeLifetime(
                                Duration.ofMinutes(34),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(2));
        var key = SimConnection.secret("ike-1", "correct horse");
        one.configured(List.of(office.starts().build()), List.of(key));
        other.configured(List.of(office.mirrored().build()), List.of(key));
        one.initiates("office", "net", other.address());
        lossy.run(Duration.ofMinutes(5));
        if (one.established() == 1 && other.established() == 1 && !one.children("net").isEmpty()) {
            one.rekeysChild(one.child("net"));
            other.rekeysChild(other.child("net"));
            lossy.run(WHILE);
            one.rekeysIke(one.ike());
            other.rekeysIke(other.ike());
        }
        lossy.run(Duration.ofHours(3));
        lossy.network().loss(0);
        lossy.run(Duration.ofMinutes(20));
        assertEquals(1, one.established(), "seed " + seed);
        assertEquals(1, other.established(), "seed " + seed);
        assertEquals(1, one.children("net").size(), "seed " + seed);
        assertEquals(1, other.children("net").size(), "seed " + seed);
        lossy.checkAgreement();
    }
}
