package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.settings.model.ChildHandling;
import org.keyferry.settings.model.UniquePolicy;

class SetUpTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final SimWorld world = SimWorld.seeded(1);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private void configure(SimConnection connection) {
        var key = SimConnection.secret("ike-1", "correct horse", "laptop.test", "gateway.test");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private long up() {
        return laptop.initiates("office", "net", gateway.address());
    }

    private void assertUp(long request) {
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        world.checkAgreement();
    }

    @Test
    void takesTwoRoundTrips() {
        configure(office());
        long request = up();
        world.run(LONG);
        assertUp(request);
        assertEquals(
                """
                0.001 laptop > gateway  IKE_SA_INIT request 0
                0.022 gateway > laptop  IKE_SA_INIT response 0
                0.044 laptop > gateway  IKE_AUTH request 1
                0.066 gateway > laptop  IKE_AUTH response 1""",
                String.join("\n", world.transcript()));
    }

    @Test
    void aLostResponseCostsOneRetransmission() {
        configure(office());
        long request = up();
        world.run(Duration.ofMillis(21));
        world.network().losesNext(1);
        world.run(LONG);
        assertUp(request);
        assertEquals(
                """
                0.001 laptop > gateway  IKE_SA_INIT request 0
                0.022 gateway > laptop  IKE_SA_INIT response 0 lost
                4.001 laptop > gateway  IKE_SA_INIT request 0
                4.021 gateway > laptop  IKE_SA_INIT response 0
                4.043 laptop > gateway  IKE_AUTH request 1
                4.065 gateway > laptop  IKE_AUTH response 1""",
                String.join("\n", world.transcript()));
    }

    @Test
    void retransmitsWithCharonsTimingAndGivesUpAfter165Seconds() {
        configure(office());
        world.network().loss(1);
        long request = up();
        world.run(LONG);
        assertEquals(
                List.of("0.001", "4.001", "11.201", "24.161", "47.489", "89.480"),
                world.transcript().stream()
                        .map(line -> line.substring(0, line.indexOf(32)))
                        .toList());
        String reason = laptop.outcome(request).orElseThrow().orElseThrow().toString();
        assertEquals("peer not responding to IKE_SA_INIT (sent 6 times)", reason);
        assertEquals(0, laptop.engine().size());
    }

    @Test
    void keyingTriesStartsOverAndTheUserWaitsOn() {
        configure(office().keyingTries(0));
        world.network().loss(1);
        long request = up();
        world.run(Duration.ofSeconds(200));
        assertEquals(Optional.empty(), laptop.outcome(request));
        world.network().loss(0);
        world.run(LONG);
        assertUp(request);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void askingTwiceMakesASecondSaOnlyIfNoneMayBeReused(boolean reuse) {
        var d = EngineSettings.defaults();
        var c = d.children();
        var handling =
                new ChildHandling(
                        reuse,
                        c.inactivityCloseIke(),
                        c.closeIkeOnChildFailure(),
                        c.ignoreAcquireTs(),
                        c.retryInitiateInterval());
        var desktop = world.peer("desktop", "192.0.2.3", d.with(handling));
        var key = SimConnection.secret("ike-1", "correct horse", "laptop.test", "gateway.test");
        var office = office().unique(UniquePolicy.NEVER);
        desktop.configured(List.of(office.build()), List.of(key));
        gateway.configured(List.of(office.mirrored().build()), List.of(key));
        for (int asked = 1; asked <= 2; asked++) {
            long request = desktop.initiates("office", "net", gateway.address());
            world.run(LONG);
            assertEquals(Optional.of(Optional.empty()), desktop.outcome(request));
            assertEquals(reuse ? 1 : asked, desktop.established());
            assertEquals(reuse ? 1 : asked, gateway.established());
        }
    }

    @Test
    void anUnwantedKeyExchangeMethodCostsOneRoundTrip() {
        var key = SimConnection.secret("ike-1", "correct horse");
        int gcm = SimConnection.AES_GCM_16;
        laptop.configured(
                List.of(
                        office().ike(
                                        SimConnection.ikeProposal(
                                                gcm, SimConnection.X25519, SimConnection.ECP_256))
                                .build()),
                List.of(key));
        gateway.configured(
                List.of(
                        office().ike(SimConnection.ikeProposal(gcm, SimConnection.ECP_256))
                                .mirrored()
                                .build()),
                List.of(key));
        long request = up();
        world.run(LONG);
        assertUp(request);
        assertEquals(6, world.transcript().size(), world.transcript()::toString);
    }

    @Test
    void aBusyResponderAsksForACookieAndTakesIt() {
        var d = EngineSettings.defaults();
        var suspicious =
                new EngineSettings(
                        d.retransmitTimeout(),
                        d.retransmitBase(),
                        d.retransmitTries(),
                        d.retransmitJitter(),
                        d.retransmitLimit(),
                        d.halfOpenTimeout(),
                        1,
                        0,
                        0,
                        d.keepAlive(),
                        d.preferConfiguredProposals(),
                        d.acceptPrivateAlgs(),
                        d.port(),
                        d.portNatT(),
                        d.logLevel());
        var wary = world.peer("wary", "192.0.2.3", suspicious);
        var other = world.peer("other", "192.0.2.4");
        configure(office());
        var key = SimConnection.secret("ike-1", "correct horse");
        wary.configured(List.of(office().mirrored().build()), List.of(key));
        other.configured(List.of(office().build()), List.of(key));
        world.network().oneWayDelay(Duration.ofMillis(20));
        other.initiates("office", "net", wary.address());
        world.run(Duration.ofMillis(30));
        assertEquals(1, wary.engine().halfOpenCount());
        long request = laptop.initiates("office", "net", wary.address());
        world.run(Duration.ofMillis(22));
        assertEquals(1, wary.engine().halfOpenCount(), "no state before the cookie came back");
        world.run(LONG);
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        long inits =
                world.transcript().stream()
                        .filter(line -> line.contains("laptop > wary  IKE_SA_INIT request"))
                        .count();
        assertEquals(2, inits, world.transcript()::toString);
    }

    @Test
    void aPeerThatNeverAuthenticatesIsForgotten() {
        configure(office());
        up();
        world.run(Duration.ofMillis(30));
        assertEquals(1, gateway.engine().halfOpenCount());
        world.network().loss(1);
        world.run(Duration.ofSeconds(31));
        assertEquals(0, gateway.engine().size());
        assertEquals(0, gateway.kernel().objectCount());
    }

    @Test
    void askingTwiceMakesOneSa() {
        configure(office());
        long first = up();
        long second = up();
        world.run(LONG);
        assertUp(first);
        assertUp(second);
        assertUp(up());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void theSameSeedTellsTheSameStory(long seed) {
        assertEquals(lossyStory(seed), lossyStory(seed));
    }

    private static List<String> lossyStory(long seed) {
        var world = SimWorld.seeded(seed);
        var a = world.peer("a", "192.0.2.1");
        var b = world.peer("b", "192.0.2.2");
        var key = SimConnection.secret("ike-1", "correct horse");
        a.configured(List.of(office().build()), List.of(key));
        b.configured(List.of(office().mirrored().build()), List.of(key));
        world.network().loss(0.3).duplication(0.1).jitter(Duration.ofMillis(200));
        a.initiates("office", "net", b.address());
        world.run(LONG);
        assertTrue(world.network().delivered() > 0);
        return world.transcript();
    }
}
