package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.UniquePolicy;

/// Reauthentication that makes before it breaks (`make_before_break`), over a slow path, with
/// traffic in both directions all the time.
class MakeBeforeBreakTest {
    private static final EngineSettings SETTINGS =
            EngineSettings.defaults().with(new Renewal(true, Duration.ofSeconds(5), true));
    private static final Duration SLOW = Duration.ofMillis(800);

    private final SimWorld world = SimWorld.seeded(3);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1", SETTINGS);
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2", SETTINGS);

    private void tunnel(SimConnection connection, SimConnection mirrored) {
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(mirrored.build()), List.of(key));
        world.network().oneWayDelay(SLOW);
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(20));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLostWhoeverBegins(boolean byGateway) {
        tunnel(office(), office().mirrored());
        SimPeer one = byGateway ? gateway : laptop;
        int before = one.ike();
        world.traffic().flows(1);
        one.reauthenticates(before);
        world.run(Duration.ofSeconds(30));
        assertTrue(one.ike() != before);
        assertTrue(world.traffic().sent() > 10);
        assertEquals(List.of(), world.traffic().lost());
        world.checkAgreement();
    }

    /// All clients of a gateway may go by one identity: who takes whose place is told by the
    /// traffic then, and those of the others stay as they are.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLostAmongManyWithOneIdentity(boolean byGateway) {
        var atGateway = office().mirrored().unique(UniquePolicy.NEVER);
        tunnel(office(), atGateway);
        int ofLaptop = gateway.ike();
        int child = gateway.child("net");
        for (int i = 0; i < 12; i++) {
            SimPeer other = world.peer("laptop" + i, "192.0.2." + (100 + i), SETTINGS);
            other.configured(
                    List.of(office().selectors("10.1." + i + ".0/24", "10.2.0.0/16").build()),
                    List.of(SimConnection.secret("ike-1", "correct horse")));
            other.initiates("office", "net", gateway.address());
        }
        world.run(Duration.ofSeconds(20));
        assertEquals(13, gateway.established());
        SimPeer one = byGateway ? gateway : laptop;
        int before = laptop.ike();
        List<Integer> others = sendingBy(gateway).stream().filter(id -> id != child).toList();
        world.traffic().flows(1);
        one.reauthenticates(byGateway ? ofLaptop : before);
        world.run(Duration.ofSeconds(30));
        assertTrue(laptop.ike() != before);
        assertTrue(world.traffic().sent() > 10);
        assertEquals(List.of(), world.traffic().lost());
        assertEquals(13, gateway.established());
        assertTrue(sendingBy(gateway).containsAll(others));
    }

    /// The path dies while the answer to IKE_AUTH is on its way: the gateway goes on sending by
    /// what it had, but not for longer than a peer needs that has lost that.
    @Test
    void theGatewayGoesOverAfterSomeTime() {
        tunnel(office(), office().mirrored());
        int former = gateway.child("net");
        laptop.reauthenticates(laptop.ike());
        world.network().losesOf("IKE_AUTH response", 1);
        world.run(Duration.ofSeconds(4));
        assertEquals(2, gateway.established());
        assertEquals(List.of(former), sendingBy(gateway));
        world.network().cuts("192.0.2.1", "192.0.2.2");
        world.run(Duration.ofSeconds(4));
        assertTrue(sendingBy(gateway).stream().noneMatch(id -> id == former));
    }

    /// A client sets up a second IKE_SA and goes on using the first, which the gateway therefore
    /// ends itself after some time (`unique = replace`).
    @Test
    void nothingIsLostWhenTheGatewayEndsTheFormerOneItself() {
        tunnel(office(), office().mirrored().unique(UniquePolicy.REPLACE));
        int former = gateway.ike();
        int child = gateway.child("net");
        laptop.configured(
                List.of(office().build(), office().named("second").build()),
                List.of(SimConnection.secret("ike-1", "correct horse")));
        laptop.initiates("second", "net", gateway.address());
        world.run(Duration.ofSeconds(4));
        assertEquals(2, gateway.established());
        gateway.rekeysChild(child);
        world.run(Duration.ofSeconds(5));
        world.traffic().flows(1);
        world.run(Duration.ofSeconds(20));
        assertTrue(gateway.ike() != former);
        assertEquals(List.of(), world.traffic().lost());
        world.checkAgreement();
    }

    /// Who has lost everything says so, and is answered by the new tunnel at once, although the
    /// gateway keeps what it had (`unique = never`).
    @Test
    void nobodyWaitsForAPeerThatHasNothingElse() {
        tunnel(office(), office().mirrored().unique(UniquePolicy.NEVER));
        int former = gateway.child("net");
        laptop.crashes();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(4));
        assertEquals(2, gateway.established());
        assertTrue(sendingBy(gateway).stream().noneMatch(id -> id == former));
    }

    /// Two CHILD_SAs, and the client is about to ask for the second one over the next IKE_SA when
    /// the gateway does something.
    private int halfWay(Runnable gatewayDoes) {
        var two = office().child("dmz", "10.1.0.0/16", "10.9.0.0/16");
        tunnel(two, two.mirrored());
        laptop.initiates("office", "dmz", gateway.address());
        world.run(Duration.ofSeconds(5));
        int former = laptop.ike();
        laptop.reauthenticates(former);
        while (gateway.established() < 2) {
            world.run(Duration.ofMillis(1));
        }
        gatewayDoes.run();
        world.run(Duration.ofMinutes(3));
        return former;
    }

    private void assertMoved(int former) {
        assertHasMoved(former);
        world.checkAgreement();
    }

    private void assertHasMoved(int former) {
        assertEquals(1, laptop.established());
        assertTrue(laptop.ike() != former);
        assertEquals(1, laptop.children("net").size());
        assertEquals(1, laptop.children("dmz").size());
    }

    private int next() {
        return gateway.views().stream().mapToInt(IkeView::uniqueId).max().orElseThrow();
    }

    /// While it does so it refuses the second CHILD_SA, which comes later over what came by that.
    @Test
    void theNextOneIsRekeyedBeforeAllIsThere() {
        Runnable rekeys =
                () -> {
                    world.network().losesOf("gateway > laptop  CREATE_CHILD_SA request", 1);
                    gateway.rekeysIke(next());
                };
        assertMoved(halfWay(rekeys));
    }

    @Test
    void theNextOneIsEndedBeforeAllIsThere() {
        assertMoved(halfWay(() -> gateway.terminates(next())));
    }

    /// That one is not replaced in its turn before it has all.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNextOneIsToBeReplacedBeforeAllIsThere(boolean isEnded) {
        Runnable reauthenticates =
                () -> {
                    world.network().losesOf("laptop > gateway  CREATE_CHILD_SA request", 1);
                    int next = next();
                    world.run(Duration.ofSeconds(2));
                    laptop.views().forEach(view -> laptop.reauthenticates(view.uniqueId()));
                    world.run(Duration.ofMillis(2_500));
                    if (isEnded) {
                        gateway.terminates(next);
                    }
                };
        assertMoved(halfWay(reauthenticates));
        assertEquals(1, gateway.established());
    }

    /// The daemon is restarted while the next one comes up, of which it forgets what is not up yet,
    /// or while a CHILD_SA that was refused for now is still to come.
    @ParameterizedTest
    @ValueSource(ints = {1_000, 3_000, 7_000, 8_000, 9_000, 10_000, 12_000})
    void aRestartEndsNoReauthentication(int later) {
        Runnable restarts =
                () -> {
                    world.network().losesOf("gateway > laptop  CREATE_CHILD_SA request", 1);
                    gateway.rekeysIke(next());
                    world.run(Duration.ofMillis(later));
                    laptop.restartsFromSnapshots();
                };
        assertHasMoved(halfWay(restarts));
    }

    /// It does not wait until the next session ticket is asked for.
    @Test
    void theFormerOneEndsAtOnceIfSessionsAreResumed() {
        var office = office().resumption();
        tunnel(office, office.mirrored().unique(UniquePolicy.NEVER));
        laptop.reauthenticates(laptop.ike());
        world.run(Duration.ofSeconds(30));
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(List.of(), laptop.views().getFirst().tasks().queued());
        world.checkAgreement();
    }

    private static List<Integer> sendingBy(SimPeer peer) {
        return peer.kernel().active().stream().map(SimKernel.State::childUniqueId).toList();
    }

    /// The gateway wants its clients to authenticate again sooner than the client would begin
    /// before the end of an SA: that must not lead from one to the next without rest.
    @Test
    void aShortLifetimeThatTheGatewayDemandsLeadsNotRoundAndRound() {
        tunnel(
                office().ikeLifetime(Duration.ofHours(4), Duration.ofHours(1), Duration.ZERO),
                office().mirrored()
                        .reauth(Duration.ofMinutes(20))
                        .ikeLifetime(Duration.ZERO, Duration.ofMinutes(2), Duration.ZERO));
        world.run(Duration.ofMinutes(20));
        long setUps =
                world.transcript().stream()
                        .filter(line -> line.contains("IKE_SA_INIT request"))
                        .count();
        assertTrue(setUps > 2 && setUps <= 12, setUps + " set-ups in 20 minutes");
        assertEquals(1, laptop.established());
    }

    /// The one that is to be replaced is lost while the next one is set up in vain, more than once:
    /// what the configuration wants up comes back when the path does.
    @Test
    void theTunnelComesBackIfBothAreLost() {
        var lasting = office().dpd(Duration.ofSeconds(30)).whenDead(Action.START);
        tunnel(lasting, office().mirrored());
        laptop.reauthenticates(laptop.ike());
        world.network().cuts("192.0.2.1", "192.0.2.2");
        world.run(Duration.ofMinutes(20));
        assertEquals(0, laptop.established());
        world.network().heals("192.0.2.1", "192.0.2.2");
        world.run(Duration.ofMinutes(20));
        assertEquals(1, laptop.established());
        assertEquals(1, laptop.children("net").size());
    }

    /// A further CHILD_SA is asked for while the IKE_SA is replaced: it must not go with the former
    /// one.
    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 2_000, 3_000, 4_000, 5_000})
    void whatIsAskedForMeanwhileStays(int later) {
        var two = office().child("dmz", "10.1.0.0/16", "10.9.0.0/16");
        tunnel(two, two.mirrored());
        laptop.reauthenticates(laptop.ike());
        world.run(Duration.ofMillis(later));
        long request = laptop.initiates("office", "dmz", gateway.address());
        world.run(Duration.ofMinutes(1));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        assertEquals(1, laptop.established());
        assertEquals(1, laptop.children("net").size());
        assertEquals(1, laptop.children("dmz").size());
        world.checkAgreement();
    }

    /// And it comes over the former one, or a later one, if the IKE_SA is not replaced.
    @Test
    void whatIsAskedForMeanwhileComesEvenIfTheNextOneDoesNot() {
        var two = office().child("dmz", "10.1.0.0/16", "10.9.0.0/16");
        tunnel(two, two.mirrored());
        laptop.reauthenticates(laptop.ike());
        world.network().cuts("192.0.2.1", "192.0.2.2");
        laptop.initiates("office", "dmz", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofMinutes(4));
        world.network().heals("192.0.2.1", "192.0.2.2");
        world.run(Duration.ofMinutes(15));
        assertEquals(1, laptop.established());
        assertEquals(1, laptop.children("net").size());
        assertEquals(1, laptop.children("dmz").size());
    }

    /// One that is broken first, while nobody answers the DELETE.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsTerminatedDoesNotComeBack(boolean force) {
        var breaks =
                EngineSettings.defaults().with(new Renewal(false, Duration.ofSeconds(5), true));
        SimPeer breaker = world.peer("breaker", "192.0.2.4", breaks);
        tunnel(office(), office().mirrored());
        breaker.configured(
                List.of(office().build()), List.of(SimConnection.secret("ike-1", "correct horse")));
        breaker.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(20));
        world.network().cuts("192.0.2.4", "192.0.2.2");
        int former = breaker.ike();
        breaker.reauthenticates(former);
        world.run(Duration.ofSeconds(5));
        breaker.terminates(former, force);
        world.network().heals("192.0.2.4", "192.0.2.2");
        world.run(Duration.ofMinutes(5));
        assertEquals(0, breaker.established());
    }
}
