package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.PathHandling;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;

/// Redirects (RFC 5685): gateways send clients to each other.
class RedirectTest {
    private static final String FIRST = "192.0.2.2";
    private static final String SECOND = "192.0.2.3";
    private static final SharedSecret KEY = SimConnection.secret("ike-1", "correct horse");

    /// Gives up only after so many transmissions that no seed loses all of them.
    private static final EngineSettings PATIENT =
            new EngineSettings(
                    Duration.ofSeconds(2),
                    1.5,
                    20,
                    0,
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(30),
                    30,
                    3,
                    5,
                    Duration.ofSeconds(20),
                    true,
                    false,
                    500,
                    4500,
                    1);

    private final SimWorld world = SimWorld.seeded(5);
    private SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer first = world.peer("first", FIRST);
    private final SimPeer second = world.peer("second", SECOND);

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private void configured(SimConnection ofFirst, SimConnection ofSecond) {
        laptop.configured(List.of(office().build()), List.of(KEY));
        first.configured(List.of(ofFirst.build()), List.of(KEY));
        second.configured(List.of(ofSecond.build()), List.of(KEY));
    }

    private long initiates() {
        long request = laptop.initiates("office", "net", first.address());
        world.run(Duration.ofSeconds(5));
        return request;
    }

    private void assertOnlyAt(SimPeer gateway) {
        SimPeer other = gateway == first ? second : first;
        assertEquals(0, other.established(), other.name());
        assertEquals(1, gateway.established(), gateway.name());
        assertEquals(1, laptop.established());
        assertEquals(gateway.address(), laptop.views().getFirst().remote().address());
        assertEquals(1, laptop.children("net").size());
        world.checkAgreement();
    }

    private long sent(SimPeer peer, String what) {
        return world.transcript().stream()
                .filter(line -> line.contains(" " + peer.name() + " > ") && line.contains(what))
                .count();
    }

    @Test
    void inIkeSaInitTheClientGoesElsewhereAndTheGatewayRemembersNothing() {
        configured(office().mirrored().redirects(SECOND, null), office().mirrored());
        long request = initiates();
        assertOnlyAt(second);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(0, first.engine().size());
        assertEquals(1, laptop.engine().size());
        assertEquals(2, sent(laptop, "IKE_SA_INIT request"));
    }

    @Test
    void aNameIsLookedUp() {
        world.names().put("second.example.org", second.address());
        configured(office().mirrored().redirects("second.example.org", null), office().mirrored());
        initiates();
        assertOnlyAt(second);
    }

    @Test
    void aNameThatNobodyKnowsEndsTheSetUp() {
        configured(office().mirrored().redirects("nowhere.example.org", null), office().mirrored());
        long request = initiates();
        Reason why = laptop.outcome(request).orElseThrow().orElseThrow();
        assertEquals(new Reason.NotRedirected("there is no way to nowhere.example.org"), why);
        assertEquals(0, laptop.engine().size());
    }

    @Test
    void inIkeAuthTheGatewayProvesItselfFirstAndNoChildIsMade() {
        configured(office().mirrored().redirects(null, SECOND), office().mirrored());
        long request = initiates();
        assertOnlyAt(second);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(0, first.views().size());
        assertTrue(
                first.events().stream().noneMatch(Event.ChildUp.class::isInstance),
                "a child came up at the first gateway");
        assertEquals(1, sent(laptop, "> first  INFORMATIONAL request"));
        assertEquals(0, first.reqidsInUse());
    }

    @Test
    void aClientThatNeverDeletesIsDeletedByTheGateway() {
        configured(office().mirrored().redirects(null, SECOND), office().mirrored());
        world.network().cuts("192.0.2.1", SECOND);
        laptop.initiates("office", "net", first.address());
        world.network().losesOf("laptop > first  INFORMATIONAL request", 1);
        world.run(Duration.ofMinutes(4));
        assertEquals(0, first.engine().size());
    }

    @Test
    void whoComesFromThereIsNotSentBack() {
        configured(
                office().mirrored().redirects(SECOND, null),
                office().mirrored().redirects(FIRST, FIRST));
        initiates();
        assertOnlyAt(second);
    }

    /// The new gateway is up before the old one is left: no packet is without a tunnel.
    @Test
    void anEstablishedTunnelMovesWithAllItsChildren() {
        var both = office().child("dmz", "10.1.0.0/16", "10.9.0.0/16");
        laptop.configured(List.of(both.build()), List.of(KEY));
        first.configured(List.of(both.mirrored().build()), List.of(KEY));
        second.configured(List.of(both.mirrored().build()), List.of(KEY));
        initiates();
        laptop.initiates("office", "dmz", first.address());
        world.run(Duration.ofSeconds(1));
        first.redirects(first.ike(), SECOND);
        boolean always = true;
        for (int i = 0; i < 500; i++) {
            world.run(Duration.ofMillis(4));
            always &= !laptop.children("net").isEmpty() && !laptop.children("dmz").isEmpty();
        }
        assertTrue(always, "a child was down meanwhile");
        assertOnlyAt(second);
        assertEquals(1, laptop.children("dmz").size());
        assertEquals(0, first.views().size());
    }

    @Test
    void theVirtualIpGoesAlong() {
        laptop.configured(List.of(office().vips("0.0.0.0").build()), List.of(KEY));
        first.gives(List.of(), "10.3.0.7");
        second.gives(List.of(), "10.3.0.6", "10.3.0.7");
        var given = office().mirrored().pools("pool");
        first.configured(List.of(given.build()), List.of(KEY));
        second.configured(List.of(given.build()), List.of(KEY));
        initiates();
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(second);
        assertEquals(
                List.of(IpAddress.parse("10.3.0.7")),
                laptop.views().getFirst().virtualIps().local());
    }

    /// Then the gateway is the initiator of the IKE_SA, but not the client.
    @Test
    void anIkeSaThatTheGatewayRekeyedIsRedirectedToo() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        first.rekeysIke(first.ike());
        world.run(Duration.ofSeconds(5));
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(second);
    }

    @Test
    void anIkeSaThatWasRestoredIsRedirectedToo() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        assertEquals(1, first.restartsFromSnapshots());
        assertEquals(1, laptop.restartsFromSnapshots());
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(second);
    }

    /// The client replaces the IKE_SA, and the gateway sends it elsewhere so many milliseconds
    /// later, or earlier.
    private void redirectedBeside(Runnable replaces, int later) {
        configured(office().mirrored(), office().mirrored());
        initiates();
        Runnable redirects = () -> first.redirects(first.views().getLast().uniqueId(), SECOND);
        (later < 0 ? redirects : replaces).run();
        world.run(Duration.ofMillis(Math.abs(later)));
        (later < 0 ? replaces : redirects).run();
    }

    @ParameterizedTest
    @ValueSource(ints = {-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anIkeSaThatIsBeingRekeyedIsRedirectedToo(int later) {
        redirectedBeside(() -> laptop.rekeysIke(laptop.ike()), later);
        world.run(Duration.ofSeconds(10));
        assertOnlyAt(second);
    }

    @ParameterizedTest
    @ValueSource(ints = {-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anIkeSaThatIsBeingReauthenticatedIsRedirectedToo(int later) {
        redirectedBeside(() -> laptop.reauthenticates(laptop.ike()), later);
        world.run(Duration.ofSeconds(10));
        assertOnlyAt(second);
    }

    /// And breaks before it makes: the DELETE of the former one is lost once.
    @ParameterizedTest
    @ValueSource(ints = {-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anIkeSaThatIsBrokenFirstIsRedirectedToo(int later) {
        var breaks =
                EngineSettings.defaults().with(new Renewal(false, Duration.ofSeconds(5), true));
        laptop = world.peer("breaker", "192.0.2.4", breaks);
        world.network().losesOf("breaker > first  INFORMATIONAL request", 1);
        redirectedBeside(() -> laptop.reauthenticates(laptop.ike()), later);
        world.run(Duration.ofSeconds(15));
        assertOnlyAt(second);
    }

    /// What it was just saying is lost, so the gateway may keep an IKE_SA that has gone.
    @ParameterizedTest
    @ValueSource(ints = {12, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120})
    void aDaemonThatWasRestartedMeanwhileIsRedirectedToo(int later) {
        redirectedBeside(() -> laptop.reauthenticates(laptop.ike()), 3);
        world.run(Duration.ofMillis(later));
        laptop.restartsFromSnapshots();
        world.run(Duration.ofSeconds(15));
        assertEquals(1, laptop.established());
        assertEquals(second.address(), laptop.views().getFirst().remote().address());
        assertEquals(1, laptop.children("net").size());
    }

    /// The present gateway has forgotten the client's key meanwhile; the other one has not.
    @Test
    void anIkeSaThatCannotBeReauthenticatedIsRedirected() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        first.configured(List.of(office().mirrored().build()), List.of());
        laptop.reauthenticates(laptop.ike());
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(10));
        assertOnlyAt(second);
    }

    /// The name of the other gateway is looked up for five seconds.
    private void redirectedByName() {
        world.names().put("second.example.org", second.address());
        world.looksUpIn(Duration.ofSeconds(5));
        configured(office().mirrored(), office().mirrored());
        initiates();
        first.redirects(first.ike(), "second.example.org");
    }

    /// When the lookup ends, or so many milliseconds earlier or later.
    @ParameterizedTest
    @ValueSource(ints = {-4_000, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anIkeSaIsRekeyedWhileTheNameIsLookedUp(int later) {
        for (SimPeer who : List.of(laptop, first)) {
            redirectedByName();
            world.run(Duration.ofMillis(5_000 + later));
            who.rekeysIke(who.views().getFirst().uniqueId());
            world.run(Duration.ofSeconds(20));
            assertOnlyAt(second);
            laptop.terminates(laptop.ike());
            world.run(Duration.ofSeconds(10));
        }
    }

    @Test
    void anIkeSaCannotBeReauthenticatedWhileTheNameIsLookedUp() {
        redirectedByName();
        first.configured(List.of(office().mirrored().build()), List.of());
        world.run(Duration.ofSeconds(1));
        laptop.reauthenticates(laptop.ike());
        world.run(Duration.ofSeconds(20));
        assertOnlyAt(second);
    }

    @Test
    void theLatestRedirectCounts() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        world.network().losesOf("laptop > first  CREATE_CHILD_SA request", 1);
        laptop.rekeysChild(laptop.child("net"));
        first.redirects(first.ike(), "192.0.2.99");
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(20));
        assertOnlyAt(second);
        assertEquals(2, sent(laptop, "IKE_SA_INIT request"));
    }

    /// It was to be authenticated again just when it went elsewhere in vain.
    @Test
    void anIkeSaThatStaysIsReauthenticatedAllTheSame() {
        configured(office().mirrored(), office().mirrored());
        var limited =
                office().ikeLifetime(Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO)
                        .reauth(Duration.ofMinutes(10));
        laptop.configured(List.of(limited.build()), List.of(KEY));
        initiates();
        int former = laptop.ike();
        world.run(Duration.ofMinutes(9));
        first.redirects(first.ike(), "192.0.2.99");
        world.run(Duration.ofMinutes(6));
        assertTrue(laptop.ike() != former);
        assertOnlyAt(first);
    }

    @Test
    void aClientRedirectsNobody() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        laptop.redirects(laptop.ike(), SECOND);
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(first);
        assertEquals(0, sent(laptop, "INFORMATIONAL request"));
    }

    @Test
    void anEstablishedTunnelStaysIfTheOtherGatewayIsNotThere() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        first.redirects(first.ike(), "192.0.2.99");
        world.run(Duration.ofMinutes(10));
        assertOnlyAt(first);
        // and may be redirected again
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(second);
    }

    @Test
    void anEstablishedTunnelStaysIfTheOtherGatewayIsNotWhoItShouldBe() {
        configured(
                office().mirrored(),
                SimConnection.between("impostor.test", "laptop.test")
                        .named("office")
                        .selectors("10.2.0.0/16", "10.1.0.0/16"));
        initiates();
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofMinutes(1));
        assertOnlyAt(first);
    }

    /// By name, so that they cannot see that the client comes from there.
    private void gatewaysThatSendToEachOther(String exchange) {
        world.names().put("one.example.org", first.address());
        world.names().put("two.example.org", second.address());
        boolean init = exchange.equals("IKE_SA_INIT");
        configured(
                office().mirrored()
                        .redirects(
                                init ? "two.example.org" : null, init ? null : "two.example.org"),
                office().mirrored()
                        .redirects(
                                init ? "one.example.org" : null, init ? null : "one.example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"IKE_SA_INIT", "IKE_AUTH"})
    void aLoopEndsAfterFiveRedirects(String exchange) {
        gatewaysThatSendToEachOther(exchange);
        long request = initiates();
        assertInstanceOf(
                Reason.NotRedirected.class, laptop.outcome(request).orElseThrow().orElseThrow());
        assertEquals(6, sent(laptop, exchange + " request"));
        world.run(Duration.ofMinutes(5));
        assertEquals(0, laptop.engine().size());
        assertEquals(0, first.engine().size());
        assertEquals(0, second.engine().size());
    }

    @Test
    void afterALoopWhatIsWantedIsTriedAgain() {
        gatewaysThatSendToEachOther("IKE_SA_INIT");
        laptop.initiates("office", "net", first.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(30));
        assertEquals(0, laptop.established());
        second.configured(List.of(office().mirrored().build()), List.of(KEY));
        world.run(Duration.ofMinutes(2));
        assertOnlyAt(second);
    }

    /// The sixth in five minutes is not followed; the tunnel stays where it is.
    @Test
    void anEstablishedTunnelIsSentAroundFiveTimesAtMost() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        for (int i = 0; i < 5; i++) {
            SimPeer present = i % 2 == 0 ? first : second;
            present.redirects(present.ike(), present == first ? SECOND : FIRST);
            world.run(Duration.ofSeconds(10));
        }
        assertOnlyAt(second);
        second.redirects(second.ike(), FIRST);
        world.run(Duration.ofSeconds(10));
        assertOnlyAt(second);
        world.run(Duration.ofMinutes(5));
        second.redirects(second.ike(), FIRST);
        world.run(Duration.ofSeconds(10));
        assertOnlyAt(first);
    }

    /// That it is being reauthenticated each time does not make them fewer.
    @Test
    void norIsOneThatIsBeingReauthenticated() {
        configured(office().mirrored(), office().mirrored());
        initiates();
        for (int i = 0; i < 6; i++) {
            SimPeer present = first.established() == 1 ? first : second;
            laptop.reauthenticates(laptop.ike());
            present.redirects(present.ike(), present == first ? SECOND : FIRST);
            world.run(Duration.ofSeconds(10));
        }
        assertOnlyAt(second);
    }

    @Test
    void aForgedRedirectIsIgnored() {
        configured(office().mirrored(), office().mirrored());
        laptop.initiates("office", "net", first.address());
        world.run(Duration.ofMillis(2));
        IkeSpi spi = laptop.views().getFirst().initiatorSpi();
        // before the gateway's answer
        Bytes target = Gateway.parse(SECOND).encode();
        for (Bytes data :
                List.of(
                        target,
                        target.concat(Bytes.wrapOwned(new byte[32])),
                        Bytes.EMPTY,
                        Bytes.ofHex("0104c000"))) {
            laptop.receive(
                    new Endpoint(laptop.address(), 500),
                    new Endpoint(first.address(), 500),
                    IkeMessage.encode(
                            spi,
                            IkeSpi.ZERO,
                            ExchangeType.IKE_SA_INIT,
                            false,
                            true,
                            0,
                            List.of(Payload.Notify.of(NotifyType.REDIRECT, data))));
        }
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(first);
    }

    @Test
    void aClientThatDoesNotFollowIsServed() {
        var paths = new PathHandling(Duration.ZERO, true, false, false, false);
        laptop = world.peer("stubborn", "192.0.2.9", EngineSettings.defaults().with(paths));
        configured(office().mirrored().redirects(SECOND, SECOND), office().mirrored());
        initiates();
        assertOnlyAt(first);
        first.redirects(first.ike(), SECOND);
        world.run(Duration.ofSeconds(5));
        assertOnlyAt(first);
    }

    @Test
    void aTunnelThatIsLostAfterARedirectComesBackByTheConfiguredGateway() {
        var wanted = office().to(FIRST).dpd(Duration.ofSeconds(30)).whenDead(Action.START);
        laptop.configured(List.of(wanted.build()), List.of(KEY));
        first.configured(
                List.of(office().mirrored().redirects(SECOND, null).build()), List.of(KEY));
        second.configured(List.of(office().mirrored().build()), List.of(KEY));
        initiates();
        assertOnlyAt(second);
        second.crashes();
        world.run(Duration.ofMinutes(6));
        assertOnlyAt(second);
    }

    /// All the ways, while a fifth of the datagrams is lost and others come twice or late.
    @ParameterizedTest
    @CsvSource({"init", "auth", "later"})
    void lossDoesNoHarm(String when) {
        for (long seed = 1; seed <= 60; seed++) {
            lossDoesNoHarm(when, seed);
        }
    }

    private static void lossDoesNoHarm(String when, long seed) {
        var world = SimWorld.seeded(seed);
        var laptop = world.peer("laptop", "192.0.2.1", PATIENT);
        var first = world.peer("first", FIRST);
        var second = world.peer("second", SECOND);
        laptop.configured(List.of(office().keyingTries(0).build()), List.of(KEY));
        first.configured(
                List.of(
                        office().mirrored()
                                .redirects(
                                        when.equals("init") ? SECOND : null,
                                        when.equals("auth") ? SECOND : null)
                                .build()),
                List.of(KEY));
        second.configured(List.of(office().mirrored().build()), List.of(KEY));
        world.network().loss(0.2).duplication(0.1).jitter(Duration.ofMillis(50));
        laptop.initiates("office", "net", first.address(), Attempt.WANTED);
        world.run(Duration.ofMinutes(4));
        if (when.equals("later")) {
            first.redirects(first.ike(), SECOND);
        }
        world.run(Duration.ofMinutes(6));
        world.network().loss(0);
        world.run(Duration.ofMinutes(6));
        assertEquals(1, laptop.established(), "seed " + seed);
        assertEquals(
                second.address(), laptop.views().getFirst().remote().address(), "seed " + seed);
        assertEquals(1, laptop.children("net").size(), "seed " + seed);
        assertEquals(0, first.established(), "seed " + seed);
        world.checkAgreement();
    }
}
