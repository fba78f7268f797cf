package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.sim.SimCard;
import org.keyferry.engine.eap.sim.SoftwareSims;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Clients with a card set IKE_SAs up with gateways that know the card.
class SimCardTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String IMSI = "232010000000000";
    private static final Identification LAPTOP = Identification.parse("laptop.test");
    private static final Identification GATEWAY = Identification.parse("gateway.test");
    private static final Identification USER =
            Identification.parse("0232010000000000@wlan.mnc001.mcc232.3gppnetwork.test");
    private static final SharedSecret IKE = SimConnection.secret("ike-1", "between the hosts");

    /// Test set 19 of 3GPP TS 35.208.
    private static final String K = "5122250214c33e723a5dd523fc145fc0";

    private static final String OPC = "981d464c7c52eb6e5036234984ad0bcf";

    private SimWorld world = SimWorld.seeded(35);
    private int tries = 1;
    private SimPeer laptop;
    private SimPeer gateway;

    private static EapOptions options(boolean asks, boolean indicates) {
        EapOptions all = EapOptions.DEFAULT;
        return new EapOptions(
                all.multipleAuthentication(),
                all.forceEapOnly(),
                all.dynamicPreferred(),
                all.dynamicPreferUser(),
                all.tls(),
                all.ttls(),
                all.peap(),
                all.limits(),
                new EapOptions.Sim(asks, asks, indicates, Optional.of("WLAN")));
    }

    private void peers(EapOptions options) {
        var settings = EngineSettings.defaults().with(options);
        laptop = world.peer("laptop", "192.0.2.1", settings);
        gateway = world.peer("gateway", "192.0.2.2", settings);
        laptop.ids().sims(card(K));
        gateway.ids().sims(card(K));
    }

    private static SoftwareSims card(String k) {
        var numbers = new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {});
        return new SoftwareSims(
                name ->
                        name.equals(IMSI) || name.equals(USER.data().utf8())
                                ? Optional.of(
                                        new SimCard(
                                                secret(k), secret(OPC), SimCard.DEFAULT_AMF, 32))
                                : Optional.empty(),
                numbers);
    }

    private static Secret secret(String hex) {
        return Secret.owned(HexFormat.of().parseHex(hex));
    }

    private static AuthRound eap(Identification id, Method method, Identification eapId) {
        return new AuthRound(
                AuthMethod.EAP,
                id,
                PublicKeyTerms.NONE,
                new EapTerms(method, Optional.ofNullable(eapId), Optional.empty(), List.of()));
    }

    private static AuthRound psk(Identification id) {
        return new AuthRound(AuthMethod.PSK, id);
    }

    private SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test").keyingTries(tries);
    }

    private void rounds(AuthRound own, AuthRound demanded, AuthRound gateways) {
        laptop.configured(
                List.of(office().rounds(List.of(own), List.of(gateways)).build()), List.of(IKE));
        gateway.configured(
                List.of(office().mirrored().rounds(List.of(gateways), List.of(demanded)).build()),
                List.of(IKE));
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
        assertEquals(1, gateway.views().getFirst().children().size());
    }

    private void assertRefused(String reason) {
        String text = comesUp().orElseThrow().toString();
        assertTrue(text.contains(reason), text);
        assertEquals(0, laptop.kernel().objectCount());
        assertEquals(0, gateway.kernel().objectCount());
        assertEquals(0, gateway.established());
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    private static Method typed(int type) {
        return new Method.Typed(EapType.ietf(type));
    }

    /// All methods, with the identity asked for inside and not, with success told inside and not.
    @ParameterizedTest
    @CsvSource({
        "18, true, false", "18, false, false", "18, true, true",
        "23, true, false", "23, false, false", "23, true, true",
        "50, true, false", "50, false, false", "50, true, true"
    })
    void eachMethod(int type, boolean asks, boolean indicates) {
        peers(options(asks, indicates));
        rounds(
                eap(LAPTOP, typed(type), USER),
                eap(LAPTOP, typed(type), Identification.ANY),
                psk(GATEWAY));
        assertUp();
        String name = EapType.ietf(type).toString();
        assertTrue(logged(gateway, "EAP method %s succeeded, MSK established".formatted(name)));
        assertTrue(logged(laptop, "EAP method %s succeeded, MSK established".formatted(name)));
        assertEquals(Optional.of(USER), gateway.views().getFirst().login().eapIdentity());
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void overABadNetwork(int type) {
        for (long seed = 1; seed <= 20; seed++) {
            var bad = new SimCardTest();
            bad.world = SimWorld.seeded(seed);
            bad.tries = 0;
            bad.world.network().loss(0.2).duplication(0.1);
            bad.peers(options(seed % 2 == 0, seed % 3 == 0));
            bad.rounds(
                    eap(LAPTOP, typed(type), USER),
                    eap(LAPTOP, typed(type), Identification.ANY),
                    psk(GATEWAY));
            bad.laptop.initiates("office", "net", bad.gateway.address());
            bad.world.run(LONG);
            bad.world.network().loss(0).duplication(0);
            bad.world.run(LONG);
            assertEquals(1, bad.laptop.established(), "seed " + seed);
            assertEquals(1, bad.gateway.established(), "seed " + seed);
        }
    }

    @Test
    void akaProvesTheServerToo() {
        peers(EapOptions.DEFAULT);
        rounds(
                eap(LAPTOP, typed(23), USER),
                eap(LAPTOP, typed(23), Identification.ANY),
                eap(GATEWAY, Method.ANY, null));
        assertUp();
    }

    @Test
    void simProvesNoServer() {
        peers(EapOptions.DEFAULT);
        rounds(
                eap(LAPTOP, Method.ANY, USER),
                eap(LAPTOP, typed(18), Identification.ANY),
                eap(GATEWAY, Method.ANY, null));
        assertRefused("EAP_FAILURE");
        assertTrue(logged(laptop, "EAP method EAP_SIM is not wanted"));
    }

    @Test
    void dynamicWithCardsOffersThemAfterTheOthers() {
        peers(EapOptions.DEFAULT);
        rounds(
                eap(LAPTOP, typed(50), USER),
                eap(LAPTOP, new Method.Dynamic(), Identification.ANY),
                psk(GATEWAY));
        assertUp();
        assertTrue(logged(gateway, "EAP method EAP_AKA_PRIME succeeded"));
    }

    @Test
    void keysInASecretOfTheIdentityAreACard() {
        peers(EapOptions.DEFAULT);
        withASecret(typed(23));
        assertUp();
    }

    /// Else anybody could have the network's proof, to try passwords on.
    @Test
    void aPasswordIsNoCardWhereTheClientChoosesTheMethod() {
        peers(EapOptions.DEFAULT);
        withASecret(new Method.Dynamic());
        assertRefused("EAP");
        assertTrue(logged(gateway, "no credentials for AKA of '%s'".formatted(USER)));
    }

    private void withASecret(Method gateways) {
        laptop.ids().sims(unknown());
        gateway.ids().sims(unknown());
        var keys =
                SimConnection.password(
                        "eap-1", "0123456789abcdefFEDCBA9876543210", USER.data().utf8());
        laptop.configured(
                List.of(
                        office().rounds(
                                        List.of(eap(LAPTOP, typed(23), USER)),
                                        List.of(psk(GATEWAY)))
                                .build()),
                List.of(IKE, keys));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .rounds(
                                        List.of(psk(GATEWAY)),
                                        List.of(eap(LAPTOP, gateways, Identification.ANY)))
                                .build()),
                List.of(IKE, keys));
    }

    private static SoftwareSims unknown() {
        return new SoftwareSims(
                _ -> Optional.empty(), new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {}));
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void whomNobodyKnowsIsAskedForItsPermanentNameAndRefused(int type) {
        peers(options(false, false));
        gateway.ids().sims(unknown());
        rounds(
                eap(LAPTOP, typed(type), USER),
                eap(LAPTOP, typed(type), Identification.ANY),
                psk(GATEWAY));
        assertRefused("EAP authentication failed");
        assertTrue(logged(gateway, "asking for the permanent identity"));
        assertTrue(logged(gateway, "no credentials for"));
        assertTrue(logged(laptop, "server notifies of a failure"));
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void aCardOfAnotherNetworkIsRefused(int type) {
        peers(EapOptions.DEFAULT);
        gateway.ids().sims(card("00000000000000000000000000000001"));
        rounds(
                eap(LAPTOP, typed(type), USER),
                eap(LAPTOP, typed(type), Identification.ANY),
                psk(GATEWAY));
        assertRefused("EAP authentication failed");
        assertTrue(logged(laptop, type == 18 ? "has a wrong MAC" : "server is not the network of"));
    }

    /// A network that lost its count catches up with the card.
    @ParameterizedTest
    @ValueSource(ints = {23, 50})
    void aNetworkThatFellBehindIsResynchronised(int type) {
        peers(EapOptions.DEFAULT);
        rounds(
                eap(LAPTOP, typed(type), USER),
                eap(LAPTOP, typed(type), Identification.ANY),
                psk(GATEWAY));
        assertUp();
        laptop.terminates(laptop.views().getFirst().uniqueId());
        world.run(LONG);
        gateway.ids().sims(card(K));
        assertUp();
        assertTrue(logged(laptop, "asking to resynchronise"));
        assertTrue(logged(gateway, "asks to resynchronise"));
    }

    /// What was asked for outside does not let another name in.
    @Test
    void anotherNameInsideIsJudgedLikeAnyOther() {
        peers(EapOptions.DEFAULT);
        rounds(
                eap(LAPTOP, typed(23), USER),
                eap(LAPTOP, typed(23), Identification.parse("*@elsewhere.test")),
                psk(GATEWAY));
        assertRefused("EAP authentication failed");
        assertTrue(logged(gateway, "is not acceptable"));
    }
}
