package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// Clients that log in by EAP, and those that must not.
class EapTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Identification LAPTOP = Identification.parse("laptop.test");
    private static final Identification GATEWAY = Identification.parse("gateway.test");
    private static final Identification USER = Identification.parse("carol@keyferry.test");
    private static final SharedSecret IKE = SimConnection.secret("ike-1", "between the hosts");

    private final SimWorld world = SimWorld.seeded(11);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

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

    private static Method typed(EapType type) {
        return new Method.Typed(type);
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private void laptop(String password, AuthRound... own) {
        laptop.configured(
                List.of(office().rounds(List.of(own), List.of(psk(GATEWAY))).build()),
                List.of(IKE, SimConnection.password("eap-1", password)));
    }

    private void gateway(AuthRound... ofPeer) {
        gateway.configured(
                List.of(office().mirrored().rounds(List.of(psk(GATEWAY)), List.of(ofPeer)).build()),
                List.of(
                        IKE,
                        SimConnection.password("eap-1", "Ar3etTnp", "carol@keyferry.test"),
                        SimConnection.password("eap-2", "Ar3etTnp", "laptop.test")));
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
        assertEquals(0, laptop.established());
        assertEquals(0, gateway.established());
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    private static EapType type(String name) {
        return switch (name) {
            case "MD5" -> EapType.MD5;
            case "GTC" -> EapType.GTC;
            default -> EapType.MSCHAPV2;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "GTC", "MSCHAPV2"})
    void eachMethodUnderTheIkeIdentity(String name) {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, null));
        gateway(eap(LAPTOP, typed(type(name)), null));
        assertUp();
        assertTrue(logged(laptop, "server requested EAP_" + name + " authentication"));
        String key = name.equals("MSCHAPV2") ? "MSK established" : "no MSK established";
        assertTrue(logged(gateway, "EAP method EAP_" + name + " succeeded, " + key));
        assertTrue(logged(gateway, "authentication of 'laptop.test' with EAP successful"));
        assertTrue(logged(laptop, "authentication of 'gateway.test' with EAP successful"));
    }

    /// The gateway is the initiator of what it has rekeyed, but only the client can log in again.
    @Test
    void aGatewayThatRekeyedAsksTheClientToLogInAgain() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, null));
        gateway(eap(LAPTOP, typed(EapType.MSCHAPV2), null));
        assertUp();
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofSeconds(5));
        gateway.reauthenticates(gateway.ike());
        world.run(Duration.ofSeconds(5));
        assertTrue(logged(gateway, "initiator did not reauthenticate as requested"));
        gateway.limitsSession(gateway.ike(), Duration.ofMinutes(1));
        world.run(Duration.ofMinutes(2));
        assertTrue(logged(laptop, "reauthenticating IKE_SA"));
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertFalse(logged(gateway, "initiating IKE_SA"));
    }

    @Test
    void aGatewayThatRekeyedDoesNotCallAClientThatIsGone() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, null));
        gateway(eap(LAPTOP, typed(EapType.MSCHAPV2), null));
        var round = List.of(eap(LAPTOP, typed(EapType.MSCHAPV2), null));
        var restarting =
                office().mirrored()
                        .rounds(List.of(psk(GATEWAY)), round)
                        .dpd(Duration.ofSeconds(30))
                        .whenDead(Action.START);
        gateway.configured(
                List.of(restarting.build()),
                List.of(IKE, SimConnection.password("eap-2", "Ar3etTnp", "laptop.test")));
        assertUp();
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofSeconds(5));
        laptop.crashes();
        world.run(Duration.ofMinutes(10));
        assertEquals(0, gateway.views().size());
        assertTrue(logged(gateway, "the peer has to begin"));
        assertFalse(logged(gateway, "initiating IKE_SA"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "GTC", "MSCHAPV2"})
    void eachMethodUnderANameThatIsAskedFor(String name) {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(eap(Identification.ANY, typed(type(name)), Identification.ANY));
        assertUp();
        var view = gateway.views().getFirst();
        assertEquals(LAPTOP, view.remoteId());
        assertEquals(Optional.of(USER), view.login().eapIdentity());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "GTC", "MSCHAPV2"})
    void aWrongPasswordLetsNobodyIn(String name) {
        laptop("Ar3etTnq", eap(LAPTOP, Method.ANY, null));
        gateway(eap(LAPTOP, typed(type(name)), null));
        assertRefused("received EAP_FAILURE, EAP authentication failed");
        assertTrue(logged(gateway, "EAP method EAP_" + name + " failed for peer laptop.test"));
    }

    @Test
    void aNameThatIsNotAdmittedIsRefused() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(eap(LAPTOP, typed(EapType.MD5), Identification.parse("*@elsewhere.test")));
        assertRefused("EAP authentication failed");
        assertTrue(logged(gateway, "EAP identity 'carol@keyferry.test' is not acceptable"));
    }

    @Test
    void aClientThatCallsItselfEverybodyIsNobody() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, Identification.parse("keyid:%any")));
        gateway(eap(LAPTOP, typed(EapType.MD5), Identification.ANY));
        assertRefused("EAP authentication failed");
    }

    @Test
    void dynamicOffersUntilTheClientTakesOne() {
        laptop("Ar3etTnp", eap(LAPTOP, typed(EapType.GTC), null));
        gateway(eap(LAPTOP, new Method.Dynamic(), null));
        assertUp();
        assertTrue(logged(gateway, "EAP method EAP_GTC succeeded"));
    }

    @Test
    void aClientThatInsistsOnAnotherMethodIsRefused() {
        laptop("Ar3etTnp", eap(LAPTOP, typed(EapType.GTC), null));
        gateway(eap(LAPTOP, typed(EapType.MD5), null));
        assertRefused("EAP authentication failed");
        assertTrue(logged(gateway, "no EAP method that both sides take"));
    }

    @Test
    void passwordsOfOneSideAloneProveNoServer() {
        var own = eap(LAPTOP, Method.ANY, null);
        laptop.configured(
                List.of(
                        office().rounds(List.of(own), List.of(eap(GATEWAY, Method.ANY, null)))
                                .build()),
                List.of(SimConnection.password("eap-1", "Ar3etTnp")));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .rounds(
                                        List.of(eap(GATEWAY, Method.ANY, null)),
                                        List.of(eap(LAPTOP, typed(EapType.MSCHAPV2), null)))
                                .build()),
                List.of(SimConnection.password("eap-1", "Ar3etTnp")));
        assertRefused("received EAP_FAILURE");
        assertTrue(
                logged(laptop, "EAP method EAP_MSCHAPV2 is not wanted"), "before it is answered");
        assertTrue(logged(laptop, "allow mutual EAP-only authentication"));
    }

    @Test
    void aServerThatProvesItselfOtherwiseThanByEapIsNotWhatWasWanted() {
        laptop.configured(
                List.of(
                        office().rounds(
                                        List.of(eap(LAPTOP, Method.ANY, null)),
                                        List.of(eap(GATEWAY, Method.ANY, null)))
                                .build()),
                List.of(IKE, SimConnection.password("eap-1", "Ar3etTnp")));
        gateway(eap(LAPTOP, typed(EapType.MD5), null));
        assertRefused("EAP is required");
    }

    @Test
    void twoRoundsOfTheClient() {
        laptop("Ar3etTnp", psk(LAPTOP), eap(USER, Method.ANY, null));
        gateway(psk(LAPTOP), eap(USER, typed(EapType.MSCHAPV2), null));
        assertUp();
        assertEquals(USER, gateway.views().getFirst().remoteId());
    }

    @Test
    void aClientThatLeavesTheSecondRoundOutIsRefused() {
        laptop("Ar3etTnp", psk(LAPTOP));
        gateway(psk(LAPTOP), eap(USER, typed(EapType.MSCHAPV2), null));
        assertRefused("AUTHENTICATION_FAILED");
    }

    @Test
    void aClientWithMoreRoundsThanAreWantedIsRefused() {
        laptop("Ar3etTnp", psk(LAPTOP), eap(USER, Method.ANY, null));
        gateway(psk(LAPTOP));
        assertRefused("AUTHENTICATION_FAILED");
    }

    @Test
    void twoRoundsOfBothSides() {
        var ownRounds = List.of(psk(LAPTOP), psk(USER));
        var gatewaysRounds = List.of(psk(GATEWAY), psk(Identification.parse("site.test")));
        laptop.configured(
                List.of(office().rounds(ownRounds, gatewaysRounds).build()), List.of(IKE));
        gateway.configured(
                List.of(office().mirrored().rounds(gatewaysRounds, ownRounds).build()),
                List.of(IKE));
        assertUp();
        assertEquals(USER, gateway.views().getFirst().remoteId());
        assertEquals(Identification.parse("site.test"), laptop.views().getFirst().remoteId());
    }

    @Test
    void aServerWithMoreRoundsThanItsClient() {
        var gatewaysRounds = List.of(psk(GATEWAY), psk(Identification.parse("site.test")));
        laptop.configured(
                List.of(office().rounds(List.of(psk(LAPTOP)), gatewaysRounds).build()),
                List.of(IKE));
        gateway.configured(
                List.of(office().mirrored().rounds(gatewaysRounds, List.of(psk(LAPTOP))).build()),
                List.of(IKE));
        assertUp();
    }

    /// A RADIUS server that is asked one thing and then says what the test wants.
    private List<EapQuery> passedOn(EapAnswer end) {
        var asked = new ArrayList<EapQuery>();
        gateway.passesEapTo(
                query -> {
                    asked.add(query);
                    return switch (query) {
                        case EapQuery.Begin _ ->
                                Optional.of(
                                        new EapAnswer.Request(
                                                EapPacket.request(
                                                                9,
                                                                EapType.GTC,
                                                                org.keyferry.wire.Bytes.utf8("?"))
                                                        .encode()));
                        case EapQuery.Response _ -> Optional.of(end);
                        case EapQuery.Abandon _ -> Optional.empty();
                    };
                });
        return asked;
    }

    private static EapAnswer accepted(String... groups) {
        var facts =
                new EapFacts(
                        Optional.of(EapType.GTC),
                        Optional.empty(),
                        List.of(groups),
                        List.of(),
                        Optional.of(Duration.ofHours(1)),
                        List.of(),
                        Optional.empty(),
                        Optional.empty());
        return new EapAnswer.Accepted(EapPacket.success(10).encode(), Optional.empty(), facts);
    }

    private AuthRound radius(String... groups) {
        return new AuthRound(
                AuthMethod.EAP,
                Identification.ANY,
                PublicKeyTerms.NONE,
                new EapTerms(
                        new Method.Radius(),
                        Optional.of(Identification.ANY),
                        Optional.empty(),
                        List.of(groups)));
    }

    @Test
    void aLoginIsPassedOn() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(radius());
        var asked = passedOn(accepted("research"));
        assertUp();
        assertEquals(2, asked.size());
        assertEquals(USER, ((EapQuery.Begin) asked.getFirst()).identity());
        assertEquals(List.of("research"), gateway.views().getFirst().login().facts().groups());
    }

    @Test
    void aKeyThatOnlyTheServerHasLetsNobodyIn() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(radius());
        passedOn(
                new EapAnswer.Accepted(
                        EapPacket.success(10).encode(),
                        Optional.of(Secret.owned(new byte[64])),
                        EapFacts.NONE));
        assertRefused("AUTHENTICATION_FAILED");
        assertTrue(logged(gateway, "verification of AUTH payload after EAP failed"));
    }

    @Test
    void theGroupDecidesWhichConnectionIsMeant() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        var own = List.of(psk(GATEWAY));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .named("sales")
                                .rounds(own, List.of(radius("sales")))
                                .build(),
                        office().mirrored()
                                .named("research")
                                .rounds(own, List.of(radius("research")))
                                .build()),
                List.of(IKE));
        passedOn(accepted("research"));
        assertUp();
        assertEquals("research", gateway.views().getFirst().connection().name());
    }

    private void twoGroups(AuthRound first, AuthRound second) {
        var own = List.of(psk(GATEWAY));
        gateway.configured(
                List.of(
                        office().mirrored().named("sales").rounds(own, List.of(first)).build(),
                        office().mirrored().named("research").rounds(own, List.of(second)).build()),
                List.of(IKE));
    }

    private static AuthRound radius(String group, Identification eapId) {
        return new AuthRound(
                AuthMethod.EAP,
                Identification.ANY,
                PublicKeyTerms.NONE,
                new EapTerms(
                        new Method.Radius(),
                        Optional.ofNullable(eapId),
                        Optional.empty(),
                        List.of(group)));
    }

    /// The first connection did not ask for a name, so the second one judges the proven one itself.
    @Test
    void aGroupDoesNotStandForANameThatItsConnectionWants() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, null));
        twoGroups(radius("sales", null), radius("research", Identification.parse("*@hq.test")));
        passedOn(accepted("research"));
        assertRefused("EAP authentication failed");
        assertTrue(logged(gateway, "EAP identity 'laptop.test' is not acceptable"));
    }

    @Test
    void aGroupWithANameThatItsConnectionWantsIsLetIn() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, null));
        twoGroups(radius("sales", null), radius("research", LAPTOP));
        passedOn(accepted("research"));
        assertUp();
        assertEquals("research", gateway.views().getFirst().connection().name());
    }

    @Test
    void aGroupThatNoConnectionWantsIsRefused() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(radius("sales"));
        passedOn(accepted("research"));
        assertRefused("EAP authentication failed");
    }

    @Test
    void aServerThatNeverAnswersEndsWithTheSetUp() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(radius());
        var asked = new ArrayList<EapQuery>();
        gateway.passesEapTo(
                query -> {
                    asked.add(query);
                    return Optional.empty();
                });
        assertRefused("peer not responding");
        assertTrue(asked.getLast() instanceof EapQuery.Abandon, asked.toString());
        assertEquals(0, gateway.engine().halfOpenCount());
    }

    @Test
    void successBeforeTheMethodEndsIsNotBelieved() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway(radius());
        gateway.passesEapTo(query -> Optional.of(accepted()));
        assertRefused("received EAP_SUCCESS before the method ended");
    }

    @Test
    void aServerThatAsksForMethodsForEverIsLeft() {
        laptop("Ar3etTnp", eap(LAPTOP, typed(EapType.GTC), null));
        gateway(radius());
        gateway.passesEapTo(
                query ->
                        Optional.of(
                                new EapAnswer.Request(
                                        EapPacket.request(
                                                        1,
                                                        EapType.ietf(99),
                                                        org.keyferry.wire.Bytes.EMPTY)
                                                .encode())));
        assertRefused("more than 256 EAP requests");
    }

    @Test
    void theResponderSaysWhenToAuthenticateAgain() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, null));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .reauth(Duration.ofMinutes(30))
                                .ikeLifetime(Duration.ZERO, Duration.ofMinutes(3), Duration.ZERO)
                                .rounds(
                                        List.of(psk(GATEWAY)),
                                        List.of(eap(LAPTOP, typed(EapType.MD5), null)))
                                .build()),
                List.of(IKE, SimConnection.password("eap-2", "Ar3etTnp", "laptop.test")));
        assertUp();
        // over_time of the laptop is 24 minutes
        assertTrue(
                logged(
                        laptop,
                        "received AUTH_LIFETIME of 1800s, scheduling reauthentication in 360s"));
        int first = gateway.ike();
        world.run(Duration.ofMinutes(10));
        assertEquals(1, gateway.established());
        assertFalse(first == gateway.ike());
    }

    @Test
    void uniquenessGoesByTheEapIdentity() {
        laptop("Ar3etTnp", eap(LAPTOP, Method.ANY, USER));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .unique(UniquePolicy.REPLACE)
                                .rounds(
                                        List.of(psk(GATEWAY)),
                                        List.of(
                                                eap(
                                                        Identification.ANY,
                                                        typed(EapType.MD5),
                                                        Identification.ANY)))
                                .build()),
                List.of(IKE, SimConnection.password("eap-1", "Ar3etTnp")));
        assertUp();
        var phone = world.peer("phone", "192.0.2.3");
        phone.configured(
                List.of(
                        SimConnection.between("phone.test", "gateway.test")
                                .rounds(
                                        List.of(
                                                eap(
                                                        Identification.parse("phone.test"),
                                                        Method.ANY,
                                                        USER)),
                                        List.of(psk(GATEWAY)))
                                .build()),
                List.of(IKE, SimConnection.password("eap-1", "Ar3etTnp")));
        long request = phone.initiates("office", "net", gateway.address());
        world.run(LONG);
        assertEquals(Optional.empty(), phone.outcome(request).orElseThrow());
        assertEquals(1, gateway.established());
        assertEquals(Identification.parse("phone.test"), gateway.views().getFirst().remoteId());
    }
}
