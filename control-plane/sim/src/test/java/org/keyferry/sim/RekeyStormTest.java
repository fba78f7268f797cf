package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// A gateway that has 50,000 tunnels within a minute, as after its restart: their rekeyings, eight
/// hours later, do not come all at once. Both ends are engines, over a path and a kernel that take
/// no time.
class RekeyStormTest {
    private static final int TUNNELS = 50_000;
    private static final Duration SET_UP_WITHIN = Duration.ofMinutes(1);
    private static final Duration LIFETIME = Duration.ofHours(8);
    private static final Duration TENTH = LIFETIME.dividedBy(10);
    private static final Endpoint CLIENTS = new Endpoint(IpAddress.parse("192.0.2.1"), 500);
    private static final Endpoint GATEWAY = new Endpoint(IpAddress.parse("192.0.2.2"), 500);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private static final class Host {
        final Engine engine;
        int spi = 0xc100_0000;
        long childrenUp;
        final Map<Long, Integer> childRekeyings = new TreeMap<>();
        final Map<Long, Integer> ikeRekeyings = new TreeMap<>();

        Host(long seed) {
            // cookies and limits would only get in the way
            var settings = EngineSettings.defaults();
            engine = new Engine(0, settings, new SplittableRandom(seed), new Ids());
            engine.logUpTo(-1);
        }
    }

    private record Parcel(Host to, Input input) {}

    private final Host clients = new Host(1);
    private final Host gateway = new Host(2);
    private final Deque<Parcel> parcels = new ArrayDeque<>();
    private Instant now = START;

    private static SimConnection client(int number) {
        return SimConnection.between("client-" + number + ".test", "gateway.test")
                .named("client-" + number)
                .unique(UniquePolicy.NEVER)
                .childLifetime(LIFETIME, LIFETIME.plus(TENTH), TENTH)
                .ikeLifetime(LIFETIME, TENTH, TENTH);
    }

    @Test
    void fiftyThousandTunnelsAreNotRekeyedAtOnce() {
        var key = SimConnection.secret("ike-1", "correct horse");
        var any =
                SimConnection.between("gateway.test", "%any")
                        .unique(UniquePolicy.NEVER)
                        .selectors("10.2.0.0/16", "10.1.0.0/16")
                        .childLifetime(LIFETIME, LIFETIME.plus(TENTH), TENTH)
                        .ikeLifetime(LIFETIME, TENTH, TENTH);
        configure(clients, new Configuration(List.of(), List.of(key), Map.of()));
        configure(gateway, new Configuration(List.of(any.build()), List.of(key), Map.of()));
        for (int i = 0; i < TUNNELS; i++) {
            runUntil(START.plus(SET_UP_WITHIN.multipliedBy(i).dividedBy(TUNNELS)));
            parcels.add(
                    new Parcel(
                            clients,
                            new Input.Initiate(
                                    0,
                                    client(i).build(),
                                    Optional.of("net"),
                                    CLIENTS,
                                    GATEWAY,
                                    Attempt.MANUAL)));
            deliver();
        }
        assertEquals(TUNNELS, clients.childrenUp);
        runUntil(START.plus(LIFETIME).plus(SET_UP_WITHIN));
        check("CHILD_SAs", gateway.childRekeyings);
        check("IKE_SAs", gateway.ikeRekeyings);
    }

    private static void check(String what, Map<Long, Integer> perSecond) {
        int all = perSecond.values().stream().mapToInt(Integer::intValue).sum();
        int most = perSecond.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        long first = perSecond.keySet().iterator().next();
        long last = ((TreeMap<Long, Integer>) perSecond).lastKey();
        double mean = (double) all / (last - first + 1);
        System.out.printf(
                "%d %s, up within a minute, were rekeyed %d times from %s to %s after that: %.1f a"
                        + " second on average, %d at most%n",
                TUNNELS,
                what,
                all,
                Duration.ofSeconds(first - START.getEpochSecond()),
                Duration.ofSeconds(last - START.getEpochSecond()),
                mean,
                most);
        assertTrue(all >= TUNNELS, () -> all + " rekeyings of " + what);
        assertTrue(most <= 3 * mean, () -> most + " in one second, on average " + mean);
    }

    private void configure(Host host, Configuration configuration) {
        host.engine.handle(now, new Input.Configured(configuration));
    }

    private void runUntil(Instant end) {
        while (true) {
            Host next = deadline(clients).isBefore(deadline(gateway)) ? clients : gateway;
            Instant due = deadline(next);
            if (due.isAfter(end)) {
                now = end;
                return;
            }
            now = due.isBefore(now) ? now : due;
            parcels.add(new Parcel(next, new Input.Tick()));
            deliver();
        }
    }

    private static Instant deadline(Host host) {
        return host.engine.nextDeadline().orElse(Instant.MAX);
    }

    private void deliver() {
        for (Parcel parcel = parcels.poll(); parcel != null; parcel = parcels.poll()) {
            for (Effect effect : parcel.to().engine.handle(now, parcel.input())) {
                perform(parcel.to(), effect);
            }
        }
    }

    private void perform(Host host, Effect effect) {
        switch (effect) {
            case Effect.Send(var local, var remote, var datagram, _, _) ->
                    parcels.add(
                            new Parcel(
                                    host == clients ? gateway : clients,
                                    new Input.Received(remote, local, datagram)));
            case Effect.Compute(var sa, long ticket, var job) ->
                    parcels.add(
                            new Parcel(
                                    host,
                                    new Input.Computed(sa, ticket, SmallGroup.in(job).run())));
            case Effect.Kernel(var sa, long ticket, var op) ->
                    parcels.add(
                            new Parcel(
                                    host, new Input.KernelAnswered(sa, ticket, answer(host, op))));
            case Effect.Tell(Event.ChildUp _) -> host.childrenUp++;
            case Effect.Tell(Event.ChildRekeyed _) ->
                    host.childRekeyings.merge(now.getEpochSecond(), 1, Integer::sum);
            case Effect.Tell(Event.IkeRekeyed _) ->
                    host.ikeRekeyings.merge(now.getEpochSecond(), 1, Integer::sum);
            default -> {}
        }
    }

    private static KernelAnswer answer(Host host, KernelOp op) {
        if (op instanceof KernelOp.InstallChild install) {
            install.keys().close();
        }
        return op instanceof KernelOp.AllocateSpi
                ? new KernelAnswer.SpiAllocated(new ChildSpi(host.spi++), 0)
                : new KernelAnswer.Done();
    }
}
