package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.UniquePolicy;

/// Several clients live for a day with one gateway that has just as many addresses for them: at the
/// end each has its own, and nothing is left of what was before.
class CrowdTest {
    private static final int SEEDS = Integer.getInteger("keyferry.sim.crowds", 60);
    private static final int CLIENTS = 4;
    private static final Duration STEP = Duration.ofMinutes(2);
    private static final int STEPS = 720;
    private static final int CALM_STEPS = 40;
    private static final Duration REST = Duration.ofSeconds(7);
    private static final int REST_TRIES = 4;
    private static final String[] ADDRESSES = {"10.3.0.1", "10.3.0.2", "10.3.0.3", "10.3.0.4"};

    private SplittableRandom choice;
    private SimWorld world;
    private SimPeer gateway;
    private List<SimPeer> clients;
    private SimPool pool;

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    private void meet(long seed) {
        choice = new SplittableRandom(seed);
        world = SimWorld.seeded(seed).unrecorded();
        var settings =
                EngineSettings.defaults()
                        .with(new Renewal(choice.nextBoolean(), Duration.ofSeconds(5), true));
        gateway = world.peer("gateway", "192.0.2.254", settings);
        clients =
                IntStream.range(0, CLIENTS)
                        .mapToObj(i -> world.peer("client" + i, "192.0.2." + (i + 1), settings))
                        .toList();
        pool = gateway.gives(List.of(), ADDRESSES);
        var key = SimConnection.secret("ike-1", "correct horse");
        gateway.configured(
                List.of(
                        renewed(SimConnection.between("gateway.test", "*.clients.test"))
                                .selectors("10.2.0.0/16", "0.0.0.0/0")
                                .pools("pool")
                                .build()),
                List.of(key));
        for (SimPeer client : clients) {
            var own =
                    renewed(SimConnection.between(client.name() + ".clients.test", "gateway.test"));
            if (choice.nextBoolean()) {
                own.resumption();
            }
            client.configured(
                    List.of(own.selectors("0.0.0.0/0", "10.2.0.0/16").vips("0.0.0.0").build()),
                    List.of(key));
        }
        if (choice.nextBoolean()) {
            gateway.detectsCrashes();
            clients.forEach(SimPeer::detectsCrashes);
        }
    }

    private SimConnection renewed(SimConnection connection) {
        Duration ike = Duration.ofMinutes(choice.nextInt(20, 600));
        Duration part = ike.dividedBy(10);
        Duration child = Duration.ofMinutes(choice.nextInt(10, 300));
        connection
                .unique(UniquePolicy.REPLACE)
                .dpd(Duration.ofMinutes(choice.nextInt(2, 20)))
                .childLifetime(child, child.plus(child.dividedBy(10)), child.dividedBy(10));
        return choice.nextBoolean()
                ? connection.ikeLifetime(Duration.ZERO, part, part).reauth(ike)
                : connection.ikeLifetime(ike, part, part);
    }

    private void keepUp() {
        for (SimPeer client : clients) {
            if (client.children("net").isEmpty()) {
                client.initiates("office", "net", gateway.address());
            }
        }
    }

    /// @param left of the day
    private void disturb(Duration left) {
        SimPeer client = clients.get(choice.nextInt(CLIENTS));
        int number = clients.indexOf(client) + 1;
        switch (choice.nextInt(300)) {
            case 0 -> client.crashes();
            case 1 -> client.restartsFromSnapshots();
            case 2 -> gateway.crashes();
            case 3 -> gateway.restartsFromSnapshots();
            case 4 -> {
                Duration sleep = Duration.ofMinutes(choice.nextInt(1, 120));
                client.sleeps(sleep.compareTo(left) < 0 ? sleep : Duration.ZERO);
            }
            case 5 -> client.views().forEach(view -> client.terminates(view.uniqueId()));
            case 6 -> gateway.views().forEach(view -> gateway.rekeysIke(view.uniqueId()));
            case 7 -> client.views().forEach(view -> client.reauthenticates(view.uniqueId()));
            case 8, 9, 10, 11 ->
                    client.movesTo((choice.nextBoolean() ? "192.0.2." : "198.51.100.") + number);
            default -> {}
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void eachClientHasItsAddressInTheEnd(long seed) {
        meet(seed);
        world.network()
                .loss(choice.nextDouble() * 0.3)
                .duplication(choice.nextDouble() * 0.2)
                .jitter(Duration.ofMillis(choice.nextInt(1, 2_000)));
        for (int i = 0; i < STEPS; i++) {
            disturb(STEP.multipliedBy(STEPS - i));
            keepUp();
            world.run(STEP);
        }
        world.network().loss(0).duplication(0).jitter(Duration.ZERO);
        for (int i = 0; i < CALM_STEPS; i++) {
            keepUp();
            world.run(STEP);
        }
        checkAtRest();
    }

    /// Something may be replaced just now.
    private void checkAtRest() {
        for (int tries = 0; tries < REST_TRIES; tries++) {
            try {
                check();
                return;
            } catch (AssertionError _) {
                world.run(REST);
            }
        }
        check();
    }

    private void check() {
        world.checkAgreement();
        assertEquals(CLIENTS, gateway.established(), "at the gateway");
        for (SimPeer client : clients) {
            assertEquals(1, client.established(), client.name());
            assertEquals(1, client.children("net").size(), client.name());
        }
        assertEquals(
                List.of(ADDRESSES),
                pool.online().stream().map(lease -> lease.split(" ", 2)[0]).toList());
    }
}
