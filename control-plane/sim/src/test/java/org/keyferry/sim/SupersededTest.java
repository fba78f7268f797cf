package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.settings.model.ChildHandling;
import org.keyferry.settings.model.UniquePolicy;

/// IKE_SAs that another one replaces: they end in time, whatever becomes of either meanwhile.
class SupersededTest {
    private static final Duration STEP = Duration.ofSeconds(20);
    private static final int STEPS = 12;
    private static final EngineSettings SETTINGS =
            EngineSettings.defaults()
                    .with(new ChildHandling(false, false, false, false, Duration.ZERO));

    private final SimWorld world = SimWorld.seeded(9);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1", SETTINGS);
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2", SETTINGS);

    /// The client may have as many as it likes, as far as it is concerned.
    private void meet(UniquePolicy policy) {
        var connection =
                SimConnection.between("laptop.test", "gateway.test").unique(UniquePolicy.NEVER);
        for (int i = 0; i < STEPS; i++) {
            connection.child("net" + i, "10.1." + i + ".0/24", "10.2.0.0/16");
        }
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().unique(policy).build()), List.of(key));
    }

    /// Each with its own CHILD_SA, so that none is moved to the next one.
    private void initiates(int number) {
        laptop.initiates("office", "net" + number, gateway.address());
    }

    @Test
    void aClientHasNotAsManyAtOnceAsItLikes() {
        meet(UniquePolicy.REPLACE);
        for (int i = 0; i < STEPS; i++) {
            initiates(i);
            world.run(STEP);
            assertTrue(gateway.established() <= 4, gateway.established() + " at once");
        }
        world.run(Duration.ofMinutes(2));
        assertEquals(1, gateway.established());
        assertEquals(1, gateway.children("net" + (STEPS - 1)).size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rekeyingDoesNotSaveTheFormerOne(boolean byGateway) {
        meet(UniquePolicy.REPLACE);
        initiates(0);
        world.run(Duration.ofSeconds(5));
        int former = byGateway ? gateway.ike() : laptop.ike();
        initiates(1);
        world.run(Duration.ofSeconds(5));
        (byGateway ? gateway : laptop).rekeysIke(former);
        world.run(Duration.ofSeconds(30));
        assertEquals(2, gateway.established());
        world.run(Duration.ofMinutes(1));
        assertEquals(1, gateway.established());
        assertEquals(1, gateway.children("net1").size());
        world.checkAgreement();
    }

    @Test
    void aRestartDoesNotSaveTheFormerOne() {
        meet(UniquePolicy.REPLACE);
        initiates(0);
        world.run(Duration.ofSeconds(5));
        initiates(1);
        world.run(Duration.ofSeconds(5));
        assertEquals(2, gateway.restartsFromSnapshots());
        world.run(Duration.ofMinutes(2));
        assertEquals(1, gateway.established());
        assertEquals(1, gateway.children("net1").size());
        world.checkAgreement();
    }

    /// The one that was rekeyed waits for the peer's DELETE as long as ever.
    @Test
    void theDeleteOfTheFormerOneIsAnswered() {
        meet(UniquePolicy.REPLACE);
        initiates(0);
        world.run(Duration.ofSeconds(5));
        int former = laptop.ike();
        initiates(1);
        world.run(Duration.ofMillis(9_900));
        world.network().losesOf("laptop > gateway  INFORMATIONAL request", 1);
        laptop.rekeysIke(former);
        world.run(Duration.ofSeconds(10));
        assertEquals(2, laptop.views().size());
    }

    @Test
    void theFormerOneStaysIfTheClientGivesTheNextOneUp() {
        meet(UniquePolicy.REPLACE);
        initiates(0);
        world.run(Duration.ofSeconds(5));
        initiates(1);
        world.run(Duration.ofSeconds(5));
        laptop.terminates(laptop.views().getLast().uniqueId());
        world.run(Duration.ofMinutes(3));
        assertEquals(1, gateway.established());
        assertEquals(1, gateway.children("net0").size());
        initiates(2);
        world.run(Duration.ofMinutes(2));
        assertEquals(1, gateway.established());
        assertEquals(1, gateway.children("net2").size());
    }

    /// The two hosts have another tunnel, by other terms.
    private void meetTwice() {
        var office =
                SimConnection.between("laptop.test", "gateway.test")
                        .unique(UniquePolicy.NEVER)
                        .child("net1", "10.1.1.0/24", "10.2.0.0/16");
        var branch =
                SimConnection.between("gateway.test", "laptop.test")
                        .named("branch")
                        .dpd(Duration.ofMinutes(1))
                        .unique(UniquePolicy.REPLACE)
                        .child("net1", "10.2.0.0/16", "10.1.1.0/24");
        var key = SimConnection.secret("ike-1", "correct horse");
        laptop.configured(List.of(office.build()), List.of(key));
        gateway.configured(
                List.of(office.mirrored().unique(UniquePolicy.REPLACE).build(), branch.build()),
                List.of(key));
        gateway.initiates("branch", "net1", laptop.address());
        world.run(Duration.ofSeconds(5));
    }

    /// That is not what comes again.
    @Test
    void anIkeSaOfAnotherConnectionStays() {
        meetTwice();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMinutes(3));
        assertEquals(2, gateway.established());
        assertEquals(1, gateway.children("net").size());
        assertEquals(1, gateway.children("net1").size());
    }

    /// Nor does it take the place of one whose replacement the peer has given up.
    @Test
    void anIkeSaOfAnotherConnectionReplacesNone() {
        meetTwice();
        laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(5));
        laptop.initiates("office", "net1", gateway.address());
        world.run(Duration.ofSeconds(5));
        assertEquals(3, gateway.established());
        laptop.terminates(3); // the last one
        world.run(Duration.ofMinutes(3));
        assertEquals(2, gateway.established());
        assertEquals(1, gateway.children("net").size());
        assertEquals(1, gateway.children("net1").size());
    }
}
