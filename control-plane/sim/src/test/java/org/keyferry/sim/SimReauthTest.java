package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.Secret;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.SequenceNumbers;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.sim.NoSim;
import org.keyferry.engine.eap.sim.SimCard;
import org.keyferry.engine.eap.sim.SimSource;
import org.keyferry.engine.eap.sim.SimUser;
import org.keyferry.engine.eap.sim.SoftwareSims;
import org.keyferry.engine.eap.sim.UsimAnswer;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Clients with a card that come again: known by an identity that the gateway gave them, without
/// the card.
class SimReauthTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Identification LAPTOP = Identification.parse("laptop.test");
    private static final Identification GATEWAY = Identification.parse("gateway.test");
    private static final Identification USER = Identification.parse("0232010000000000@sims.test");
    private static final SharedSecret IKE = SimConnection.secret("ike-1", "between the hosts");

    /// Test set 19 of 3GPP TS 35.208.
    private static final String K = "5122250214c33e723a5dd523fc145fc0";

    private static final String OPC = "981d464c7c52eb6e5036234984ad0bcf";

    private SimWorld world = SimWorld.seeded(36);
    private final List<String> asked = new ArrayList<>();
    private SimPeer laptop;
    private SimPeer gateway;

    private static EapOptions options(boolean gives) {
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
                new EapOptions.Sim(
                        true,
                        true,
                        false,
                        Optional.empty(),
                        new EapOptions.SimIdentities(
                                true, gives, gives, 16, Duration.ofHours(8), Duration.ofDays(7))));
    }

    private void peers() {
        laptop = world.peer("laptop", "192.0.2.1", EngineSettings.defaults().with(options(false)));
        gateway = world.peer("gateway", "192.0.2.2", EngineSettings.defaults().with(options(true)));
        laptop.ids().sims(new Counted(card(), "card"));
        gateway.ids().sims(new Counted(card(), "network"));
    }

    private static SoftwareSims card() {
        return new SoftwareSims(
                name ->
                        name.equals(USER.data().utf8())
                                ? Optional.of(
                                        new SimCard(
                                                Secret.owned(HexFormat.of().parseHex(K)),
                                                Secret.owned(HexFormat.of().parseHex(OPC)),
                                                SimCard.DEFAULT_AMF,
                                                32))
                                : Optional.empty(),
                new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {}));
    }

    /// Notes who is asked for something.
    private final class Counted implements SimSource {
        private final SimSource inner;
        private final String name;

        Counted(SimSource inner, String name) {
            this.inner = inner;
            this.name = name;
        }

        @Override
        public boolean isEmpty() {
            return inner.isEmpty();
        }

        @Override
        public Optional<Bytes> standing(SimUser user) {
            return inner.standing(user);
        }

        @Override
        public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count)
                throws NoSim {
            asked.add(name);
            return inner.triplets(user, rands, count);
        }

        @Override
        public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
            asked.add(name);
            return inner.quintuplet(user, rand);
        }

        @Override
        public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
            asked.add(name);
            inner.resynchronise(user, rand, auts);
        }

        @Override
        public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
            asked.add(name);
            return inner.answers(user, rands);
        }

        @Override
        public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
            asked.add(name);
            return inner.answer(user, rand, autn);
        }
    }

    private static AuthRound eap(int type, Identification eapId) {
        return new AuthRound(
                AuthMethod.EAP,
                LAPTOP,
                PublicKeyTerms.NONE,
                new EapTerms(
                        new Method.Typed(EapType.ietf(type)),
                        Optional.of(eapId),
                        Optional.empty(),
                        List.of()));
    }

    private static AuthRound psk() {
        return new AuthRound(AuthMethod.PSK, GATEWAY);
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test").keyingTries(1);
    }

    private void laptopHas(int type) {
        laptop.configured(
                List.of(office().rounds(List.of(eap(type, USER)), List.of(psk())).build()),
                List.of(IKE));
    }

    private static Connection demanding(int type, Identification eapId) {
        return office().mirrored().rounds(List.of(psk()), List.of(eap(type, eapId))).build();
    }

    private void gatewayHas(Connection... connections) {
        gateway.configured(List.of(connections), List.of(IKE));
    }

    private Optional<Reason> comesUp() {
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        return laptop.outcome(request).orElseThrow();
    }

    /// @return messages of IKE_AUTH that the laptop sent
    private long logsIn() {
        asked.clear();
        long before = authRequests();
        assertEquals(Optional.empty(), comesUp());
        assertEquals(Optional.of(USER), gateway.views().getFirst().login().eapIdentity());
        laptop.terminates(laptop.views().getFirst().uniqueId());
        world.run(LONG);
        assertEquals(0, gateway.established());
        return authRequests() - before;
    }

    private long authRequests() {
        return world.transcript().stream()
                .filter(line -> line.contains("laptop > gateway"))
                .filter(line -> line.contains("IKE_AUTH request"))
                .count();
    }

    private static long logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .filter(line -> line.contains(text))
                .count();
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void aReconnectHasFewerRoundsAndAsksNobody(int type) {
        peers();
        laptopHas(type);
        gatewayHas(demanding(type, Identification.ANY));
        long full = logsIn();
        assertEquals(List.of("network", "card"), asked);
        assertEquals(1, logged(gateway, "received EAP identity '%s'".formatted(USER)));
        for (int i = 1; i <= 16; i++) {
            assertEquals(full - 1, logsIn());
            assertEquals(List.of(), asked);
            assertEquals(
                    1, logged(gateway, "fast re-authentication %d of '%s'".formatted(i, USER)));
        }
        assertEquals(1, logged(gateway, "received EAP identity '%s'".formatted(USER)));
        logsIn();
        assertEquals(List.of("network", "card"), asked);
        assertEquals(1, logged(gateway, "received EAP identity '%s'".formatted(USER)));
        assertEquals(1, gateway.ids().simMemory().given().reauths());
        assertEquals(1, laptop.ids().simMemory().learned().size());
    }

    /// Whose connection it is, is asked of the subscriber, not of the name that hides it.
    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void aHiddenNameFindsTheSubscribersConnection(int type) {
        peers();
        laptopHas(type);
        gatewayHas(demanding(type, Identification.parse("*@sims.test")));
        logsIn();
        logsIn();
        assertEquals(List.of(), asked);
        // by this name alone, which nobody is asked for outside
        gatewayHas(demanding(type, USER));
        logsIn();
        logsIn();
        assertEquals(List.of(), asked);
    }

    /// Among several connections, too, of which the first one asks for names.
    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void aHiddenNameFindsTheSubscribersConnectionAmongSeveral(int type) {
        peers();
        laptopHas(type);
        Connection others =
                SimConnection.between("laptop.test", "gateway.test")
                        .mirrored()
                        .named("others")
                        .rounds(
                                List.of(psk()),
                                List.of(eap(type, Identification.parse("*@elsewhere.test"))))
                        .build();
        gatewayHas(others, demanding(type, USER));
        logsIn();
        logsIn();
        assertEquals(List.of(), asked);
        assertEquals(1, logged(gateway, "fast re-authentication 1 of '%s'".formatted(USER)));
    }

    /// A connection for others does not take it, however it is told.
    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void aHiddenNameLetsNobodyIntoAnothersConnection(int type) {
        for (String other : List.of("*@elsewhere.test", "0232010000000009@sims.test")) {
            world = SimWorld.seeded(37);
            peers();
            laptopHas(type);
            Connection own = demanding(type, Identification.ANY);
            gatewayHas(own);
            logsIn();
            gatewayHas(demanding(type, Identification.parse(other)));
            assertTrue(comesUp().isPresent());
            assertEquals(0, gateway.established());
            assertTrue(logged(gateway, "is not acceptable") > 0);
        }
    }

    /// What a connection demands may change; what was given under other demands is void.
    @Test
    void aReloadThatChangesTheConnectionEndsIt() {
        peers();
        laptopHas(23);
        gatewayHas(demanding(23, Identification.ANY));
        logsIn();
        gatewayHas(demanding(23, Identification.parse("*@sims.test")));
        assertEquals(0, gateway.ids().simMemory().given().reauths());
        assertEquals(0, gateway.ids().simMemory().given().pseudonyms());
        laptopHas(50);
        assertEquals(0, laptop.ids().simMemory().learned().size());
        laptopHas(23);
        logsIn();
        assertEquals(List.of("network", "card"), asked);
    }

    /// Keys may be a secret of the identity, which a reload takes away.
    @Test
    void withoutItsSecretASubscriberIsNobody() {
        peers();
        var unknown =
                new SoftwareSims(
                        _ -> Optional.empty(),
                        new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {}));
        laptop.ids().sims(new Counted(unknown, "card"));
        gateway.ids().sims(new Counted(unknown, "network"));
        var keys =
                SimConnection.password(
                        "eap-1", "0123456789abcdefFEDCBA9876543210", USER.data().utf8());
        laptop.configured(
                List.of(office().rounds(List.of(eap(23, USER)), List.of(psk())).build()),
                List.of(IKE, keys));
        List<Connection> connections = List.of(demanding(23, Identification.ANY));
        gateway.configured(connections, List.of(IKE, keys));
        logsIn();
        logsIn();
        assertEquals(List.of(), asked);
        gateway.configured(connections, List.of(IKE));
        assertTrue(comesUp().isPresent());
        assertEquals(1, logged(gateway, "are not what they were"));
        assertEquals(0, gateway.established());
    }

    /// A gateway that was started anew falls back to the card.
    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void aGatewayThatForgotAsksTheCard(int type) {
        peers();
        laptopHas(type);
        gatewayHas(demanding(type, Identification.ANY));
        logsIn();
        gatewayHas();
        gatewayHas(demanding(type, Identification.ANY));
        logsIn();
        assertEquals(List.of("network", "card"), asked);
        assertEquals(1, logged(gateway, "asking for another identity"));
        assertEquals(1, logged(gateway, "asking for the permanent identity"));
        logsIn();
        assertEquals(List.of(), asked);
    }

    /// It may be the hidden name that a gateway refuses before it begins.
    @Test
    void aGatewayThatRefusesAHiddenNameGetsOursNextTime() {
        peers();
        laptopHas(23);
        gatewayHas(demanding(23, Identification.parse("*@sims.test")));
        logsIn();
        gatewayHas(demanding(23, Identification.parse("*@elsewhere.test")));
        assertTrue(comesUp().isPresent());
        assertEquals(0, laptop.ids().simMemory().learned().size());
        gatewayHas(demanding(23, Identification.parse("*@sims.test")));
        logsIn();
        assertEquals(2, logged(gateway, "received EAP identity '%s'".formatted(USER)));
    }

    @ParameterizedTest
    @ValueSource(ints = {18, 23, 50})
    void overABadNetwork(int type) {
        for (long seed = 1; seed <= 10; seed++) {
            var bad = new SimReauthTest();
            bad.world = SimWorld.seeded(seed);
            bad.peers();
            bad.laptopHas(type);
            bad.gatewayHas(demanding(type, Identification.ANY));
            bad.logsIn();
            for (int i = 0; i < 5; i++) {
                bad.world.network().loss(0.2).duplication(0.1);
                bad.comesUp();
                bad.world.network().loss(0).duplication(0);
                bad.laptop.views().forEach(view -> bad.laptop.terminates(view.uniqueId()));
                bad.world.run(LONG);
            }
            bad.logsIn();
        }
    }

    /// Nobody keeps what IKE did not confirm.
    @Test
    void aLoginThatIkeRefusesLeavesNothing() {
        peers();
        laptopHas(23);
        gatewayHas(demanding(23, Identification.parse("*@elsewhere.test")));
        assertTrue(comesUp().isPresent());
        assertEquals(0, gateway.ids().simMemory().given().reauths());
        assertEquals(0, laptop.ids().simMemory().learned().size());
        assertFalse(logged(gateway, "is not acceptable") == 0);
    }
}
