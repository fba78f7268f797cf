package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Ticket;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.EapTerms;
import org.keyferry.settings.model.EapTerms.Method;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Session resumption (RFC 5723): a client takes up again what was lost, by the gateway's ticket.
class ResumptionTest {
    private static final SharedSecret KEY = SimConnection.secret("ike-1", "correct horse");
    private static final String LAPTOP = "192.0.2.1";
    private static final String GATEWAY = "192.0.2.2";

    private final SimWorld world = SimWorld.seeded(23);
    private final SimPeer laptop = world.peer("laptop", LAPTOP).detectsCrashes();
    private SimPeer gateway = world.peer("gateway", GATEWAY).detectsCrashes();

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test")
                .dpd(Duration.ofSeconds(30))
                .whenDead(Action.START)
                .resumption();
    }

    private void up(SimConnection connection) {
        up(connection, connection.mirrored());
    }

    private void up(SimConnection ofLaptop, SimConnection ofGateway) {
        laptop.configured(List.of(ofLaptop.build()), List.of(KEY));
        gateway.configured(List.of(ofGateway.build()), List.of(KEY));
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(1));
        assertUp();
    }

    private void assertUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(1, laptop.children("net").size());
        world.checkAgreement();
    }

    private long sent(String what) {
        return world.transcript().stream().filter(line -> line.contains(what)).count();
    }

    private Optional<Ticket> ticket() {
        return snapshot(laptop.engine()).resumability().held();
    }

    private static IkeSaSnapshot snapshot(Engine engine) {
        return engine.snapshots().getFirst();
    }

    /// The laptop came back without IKE_SA_INIT.
    private void assertResumed(int times) {
        assertUp();
        assertEquals(times, sent("IKE_SESSION_RESUME response"));
        assertEquals(1, sent("laptop > gateway  IKE_SA_INIT request"));
    }

    private void assertSetUpInFull() {
        assertUp();
        assertEquals(2, sent("laptop > gateway  IKE_SA_INIT request"));
    }

    @Test
    void afterTheGatewaysRestartTwoRoundTripsBringTheTunnelBack() {
        up(office());
        gateway.crashes();
        int before = world.transcript().size();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
        List<String> since =
                world.transcript().subList(before, world.transcript().size()).stream()
                        .filter(line -> line.contains(" > "))
                        .map(line -> line.replaceAll("^\\S+ ", ""))
                        .toList();
        assertEquals(
                List.of(
                        "laptop > gateway  INFORMATIONAL request 2",
                        "gateway > laptop  INFORMATIONAL response 2",
                        "laptop > gateway  IKE_SESSION_RESUME request 0",
                        "gateway > laptop  IKE_SESSION_RESUME response 0",
                        "laptop > gateway  IKE_AUTH request 1",
                        "gateway > laptop  IKE_AUTH response 1"),
                since);
    }

    @Test
    void aResumedSessionIsRekeyedAndResumedAgain() {
        up(office());
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        laptop.rekeysIke(laptop.ike());
        laptop.rekeysChild(laptop.child("net"));
        world.run(Duration.ofSeconds(5));
        gateway.rekeysIke(gateway.ike());
        world.run(Duration.ofSeconds(5));
        assertUp();
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(2);
    }

    @Test
    void theKeysAreOthersThanBefore() {
        up(office());
        Bytes before = snapshot(laptop.engine()).keys();
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
        assertNotEquals(before, snapshot(laptop.engine()).keys());
    }

    /// The gateway still has the old one.
    @Test
    void afterALostPathTheOldIkeSaGoes() {
        up(office(), office().mirrored().dpd(Duration.ZERO));
        world.network().cuts(LAPTOP, GATEWAY);
        while (laptop.engine().size() > 0) {
            world.run(Duration.ofSeconds(1));
        }
        assertEquals(1, gateway.established());
        world.network().heals(LAPTOP, GATEWAY);
        world.run(Duration.ofMinutes(10));
        assertUp();
        assertTrue(sent("gateway > laptop  IKE_SESSION_RESUME response") >= 1);
    }

    @Test
    void aTicketServesAsLongAsTheGatewayIsAway() {
        up(office());
        world.network().cuts(LAPTOP, GATEWAY);
        world.run(Duration.ofHours(2));
        world.network().heals(LAPTOP, GATEWAY);
        world.run(Duration.ofMinutes(11));
        assertUp();
        assertTrue(sent("gateway > laptop  IKE_SESSION_RESUME response") >= 1);
    }

    @Test
    void anExpiredTicketIsNotShown() {
        up(office());
        world.network().cuts(LAPTOP, GATEWAY);
        world.run(Duration.ofHours(9));
        long shown = sent("IKE_SESSION_RESUME request");
        world.network().heals(LAPTOP, GATEWAY);
        world.run(Duration.ofMinutes(11));
        assertUp();
        assertEquals(shown, sent("IKE_SESSION_RESUME request"));
        assertEquals(0, laptop.ids().lostSessions().size());
    }

    @Test
    void aTicketIsRenewedInTime() {
        up(office().childLifetime(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        Ticket first = ticket().orElseThrow();
        world.run(Duration.ofHours(7));
        Ticket second = ticket().orElseThrow();
        assertNotEquals(first.opaque(), second.opaque());
        world.run(Duration.ofHours(4));
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
    }

    @Test
    void aGatewayWithoutTheKeysIsAskedInFull() {
        up(office());
        gateway.losesTicketKeys();
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertSetUpInFull();
        assertEquals(1, sent("IKE_SESSION_RESUME response"));
    }

    @Test
    void aConnectionThatWasChangedIsAskedInFull() {
        up(office());
        gateway.configured(List.of(office().mirrored().encap().build()), List.of(KEY));
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertSetUpInFull();
    }

    @Test
    void aPeerWhoseKeyIsGoneIsNotLetInByATicket() {
        up(office());
        gateway.configured(List.of(office().mirrored().build()), List.of());
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertEquals(0, gateway.established());
        assertEquals(0, laptop.established());
    }

    @Test
    void whatThisEndChangedIsSetUpInFull() {
        up(office());
        laptop.configured(List.of(office().keyingTries(7).build()), List.of(KEY));
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertSetUpInFull();
        assertEquals(0, sent("IKE_SESSION_RESUME request"));
    }

    @Test
    void withoutTheOptionThereIsNoTicket() {
        up(
                office(),
                SimConnection.between("gateway.test", "laptop.test")
                        .selectors("10.2.0.0/16", "10.1.0.0/16"));
        assertTrue(ticket().isEmpty());
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertSetUpInFull();
        assertEquals(0, sent("IKE_SESSION_RESUME request"));
    }

    @Test
    void whatSomebodyEndedIsNotResumed() {
        up(office().whenClosed(Action.START));
        Bytes opaque = ticket().orElseThrow().opaque();
        gateway.terminates(gateway.ike());
        world.run(Duration.ofSeconds(5));
        assertSetUpInFull();
        assertEquals(0, sent("IKE_SESSION_RESUME request"));
        assertEquals(NotifyType.TICKET_NACK, shows(opaque));
    }

    @Test
    void theVirtualIpIsTheSame() {
        gateway.gives(List.of(), "10.3.0.6", "10.3.0.7", "10.3.0.8");
        var other = world.peer("other", "192.0.2.3");
        other.configured(
                List.of(
                        SimConnection.between("other.test", "gateway.test")
                                .vips("0.0.0.0")
                                .build()),
                List.of(KEY));
        var client = office().vips("0.0.0.0");
        var pool =
                SimConnection.between("gateway.test", "%any")
                        .selectors("10.2.0.0/16", "10.1.0.0/16")
                        .pools("pool")
                        .resumption();
        gateway.configured(List.of(pool.build()), List.of(KEY));
        other.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        laptop.configured(List.of(client.build()), List.of(KEY));
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(1));
        var before = laptop.views().getFirst().virtualIps().local();
        assertEquals(List.of(IpAddress.parse("10.3.0.7")), before);
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertEquals(1, sent("gateway > laptop  IKE_SESSION_RESUME response"));
        assertEquals(before, laptop.views().getFirst().virtualIps().local());
    }

    /// Nobody types the password again.
    @Test
    void aLoginByEapIsNotRepeated() {
        var gatewayKey = new AuthRound(AuthMethod.PSK, Identification.parse("gateway.test"));
        var password = SimConnection.password("eap-1", "Ar3etTnp", "carol");
        laptop.configured(
                List.of(office().rounds(List.of(eap(Method.ANY)), List.of(gatewayKey)).build()),
                List.of(KEY, password));
        gateway.configured(
                List.of(
                        office().mirrored()
                                .rounds(
                                        List.of(gatewayKey),
                                        List.of(eap(new Method.Typed(EapType.MD5))))
                                .build()),
                List.of(KEY, password));
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(1));
        assertUp();
        var login = gateway.views().getFirst().login().eapIdentity();
        assertEquals(Optional.of(Identification.parse("carol")), login);
        long messages = sent("laptop > gateway  IKE_AUTH request");
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
        assertEquals(messages + 1, sent("laptop > gateway  IKE_AUTH request"));
        assertEquals(login, gateway.views().getFirst().login().eapIdentity());
    }

    private static AuthRound eap(Method method) {
        return new AuthRound(
                AuthMethod.EAP,
                Identification.parse("laptop.test"),
                PublicKeyTerms.NONE,
                new EapTerms(
                        method,
                        Optional.of(Identification.parse("carol")),
                        Optional.empty(),
                        List.of()));
    }

    @Test
    void aReauthenticationStaysDue() {
        up(office().reauth(Duration.ofHours(1)));
        var due = snapshot(laptop.engine()).reauthAt();
        world.run(Duration.ofMinutes(10));
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
        // the gateway tells it in whole seconds
        Duration earlier = Duration.between(snapshot(laptop.engine()).reauthAt(), due);
        assertTrue(!earlier.isNegative() && earlier.toSeconds() == 0, earlier::toString);
    }

    @Test
    void aRestoredClientKeepsItsTicket() {
        up(office());
        laptop.restartsFromSnapshots();
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
    }

    @Test
    void behindANatItGoesOnToTheOtherPort() {
        world.network().nat(laptop, "198.51.100.1");
        up(office().withoutMobike());
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
        assertEquals(4500, laptop.views().getFirst().remote().port());
        assertTrue(laptop.views().getFirst().natLocal());
    }

    @Test
    void theClientIsAskedForACookie() {
        var strict =
                new EngineSettings(
                        Duration.ofSeconds(4),
                        1.8,
                        5,
                        0,
                        Duration.ZERO,
                        Duration.ofSeconds(30),
                        1,
                        0,
                        0,
                        Duration.ofSeconds(20),
                        true,
                        false,
                        500,
                        4500,
                        1);
        gateway = world.peer("gateway2", "192.0.2.4", strict).detectsCrashes();
        up(office());
        gateway.crashes();
        world.run(Duration.ofSeconds(28));
        var stranger = new HandMadePeer(world, "192.0.2.77", gateway, 3);
        stranger.sends(stranger.initRequest(Bytes.wrapOwned(new byte[32])));
        stranger.sends(
                stranger.initRequest(
                        Bytes.ofHex(
                                "0900000000000000000000000000000000000000000000000000000000000000")));
        world.run(Duration.ofSeconds(12));
        assertUp();
        assertEquals(2, sent("laptop > gateway2  IKE_SESSION_RESUME request"));
        assertEquals(1, sent("laptop > gateway2  IKE_SA_INIT request"));
    }

    // -- attacks --

    /// What a stranger gets who shows a ticket, or whatever it is.
    private int shows(Bytes opaque) {
        var stranger = new HandMadePeer(world, "192.0.2.66", gateway, 9);
        List<Bytes> answers = stranger.sends(resume(stranger.spi(), opaque));
        assertEquals(1, answers.size());
        try {
            return HandMadePeer.onlyNotify(answers.getFirst());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes resume(IkeSpi spi, Bytes opaque) {
        return IkeMessage.encode(
                spi,
                IkeSpi.ZERO,
                ExchangeType.IKE_SESSION_RESUME,
                true,
                false,
                0,
                List.of(
                        new Payload.Nonce(Bytes.wrapOwned(new byte[32])),
                        Payload.Notify.of(NotifyType.TICKET_OPAQUE, opaque)));
    }

    @Test
    void aTicketIsTakenOnce() {
        up(office());
        Bytes opaque = ticket().orElseThrow().opaque();
        gateway.crashes();
        world.run(Duration.ofSeconds(40));
        assertResumed(1);
        assertEquals(NotifyType.TICKET_NACK, shows(opaque));
        world.run(Duration.ofMinutes(1));
        assertUp();
    }

    @Test
    void whatIsNoTicketIsRefused() {
        up(office());
        Bytes genuine = ticket().orElseThrow().opaque();
        for (int at : new int[] {0, 1, 4, 5, 12, 13, 24, 25, 40, genuine.length() - 1}) {
            byte[] forged = genuine.toArray();
            forged[at] ^= 1;
            assertEquals(NotifyType.TICKET_NACK, shows(Bytes.wrapOwned(forged)), "byte " + at);
        }
        assertEquals(NotifyType.TICKET_NACK, shows(Bytes.EMPTY));
        assertEquals(NotifyType.TICKET_NACK, shows(genuine.slice(0, 25)));
        assertEquals(NotifyType.TICKET_NACK, shows(genuine.slice(0, genuine.length() - 1)));
        assertEquals(0, gateway.engine().halfOpenCount());
    }

    /// A ticket that was overheard opens nothing without the keys, and is not used up either.
    @Test
    void whoOverheardATicketGetsNothingByIt() {
        up(office());
        Bytes opaque = ticket().orElseThrow().opaque();
        gateway.crashes();
        var thief = new HandMadePeer(world, "192.0.2.66", gateway, 9);
        assertEquals(1, thief.sends(resume(thief.spi(), opaque)).size());
        assertEquals(1, gateway.engine().halfOpenCount());
        world.run(Duration.ofSeconds(40));
        assertResumed(2); // the thief got an answer, too
        assertEquals(0, gateway.engine().halfOpenCount());
    }

    /// Who knows the keys of the session is let in as who it was, and as nobody else.
    @ParameterizedTest
    @CsvSource({"laptop.test, 2, true", "other.test, 2, false", "laptop.test, 1, false"})
    void whoResumesHasToProveToBeTheSame(String id, int method, boolean letIn) throws Exception {
        up(office());
        Ticket ticket = ticket().orElseThrow();
        byte[] skD = ticket.skD().array().clone();
        laptop.configured(List.of(), List.of());
        gateway.crashes();
        var client = new HandMadePeer(world, "192.0.2.66", gateway, 9);
        client.resumes(ticket.opaque(), skD);
        var proof = client.credentialsOfSession(Identification.parse(id));
        var auth = (Payload.Authentication) proof.getLast();
        List<Payload> answer =
                client.asks(
                        ExchangeType.IKE_AUTH,
                        1,
                        proof.getFirst(),
                        new Payload.Authentication(method, auth.data()));
        assertEquals(letIn, IkeMessage.first(answer, Payload.Authentication.class).isPresent());
        assertEquals(!letIn, HandMadePeer.has(answer, NotifyType.AUTHENTICATION_FAILED));
        assertEquals(letIn ? 1 : 0, gateway.established());
    }

    @Test
    void whoKnowsTheKeysButDoesNotProveItIsRefused() throws Exception {
        up(office());
        Ticket ticket = ticket().orElseThrow();
        byte[] skD = ticket.skD().array().clone();
        laptop.configured(List.of(), List.of());
        gateway.crashes();
        var client = new HandMadePeer(world, "192.0.2.66", gateway, 9);
        client.resumes(ticket.opaque(), skD);
        List<Payload> answer =
                client.asks(
                        ExchangeType.IKE_AUTH,
                        1,
                        new Payload.IdInitiator(Identification.parse("laptop.test")),
                        new Payload.Authentication(2, Bytes.wrapOwned(new byte[32])));
        assertTrue(HandMadePeer.has(answer, NotifyType.AUTHENTICATION_FAILED));
        assertEquals(0, gateway.established());
    }

    @Test
    void aForgedNackLeadsToAFullSetUp() {
        up(office());
        world.network().oneWayDelay(Duration.ofMillis(200));
        gateway.crashes();
        while (sent("IKE_SESSION_RESUME request") == 0) {
            world.run(Duration.ofMillis(5));
        }
        IkeSpi spi =
                laptop.views().stream()
                        .filter(v -> v.state().equals("CONNECTING"))
                        .findFirst()
                        .orElseThrow()
                        .initiatorSpi();
        laptop.receive(
                new Endpoint(laptop.address(), 500),
                new Endpoint(gateway.address(), 500),
                IkeMessage.encode(
                        spi,
                        IkeSpi.ZERO,
                        ExchangeType.IKE_SESSION_RESUME,
                        false,
                        true,
                        0,
                        List.of(Payload.Notify.of(NotifyType.TICKET_NACK))));
        world.run(Duration.ofSeconds(40));
        assertSetUpInFull();
    }

    @Test
    void lossAndRestartsDoNoHarm() {
        for (long seed = 1; seed <= 100; seed++) {
            lossAndRestartsDoNoHarm(seed);
        }
    }

    private static void lossAndRestartsDoNoHarm(long seed) {
        var world = SimWorld.seeded(seed);
        var laptop = world.peer("laptop", LAPTOP).detectsCrashes();
        var gateway = world.peer("gateway", GATEWAY).detectsCrashes();
        laptop.configured(List.of(office().keyingTries(0).build()), List.of(KEY));
        gateway.configured(List.of(office().mirrored().build()), List.of(KEY));
        world.network().loss(0.2).duplication(0.1).jitter(Duration.ofMillis(60));
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        for (int i = 0; i < 5; i++) {
            world.run(Duration.ofMinutes(2).plusMillis(seed * 137 % 4000));
            gateway.crashes();
        }
        world.run(Duration.ofMinutes(5));
        world.network().loss(0);
        world.run(Duration.ofMinutes(15));
        assertEquals(1, laptop.established(), "seed " + seed);
        assertEquals(1, gateway.established(), "seed " + seed);
        assertEquals(1, laptop.children("net").size(), "seed " + seed);
        world.checkAgreement();
    }
}
