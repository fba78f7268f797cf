package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.IkeKeys;
import org.keyferry.crypto.IkeSuite;
import org.keyferry.crypto.SkProtection;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.PeerViolation;

/// 50,000 SAs with a `dpd_delay` of 30 s, four of five with traffic: who is asked, and when.
class LivenessAtScaleTest {
    private static final int SAS = 50_000;
    private static final int IDLE_OF = 5;
    private static final Duration DPD_DELAY = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(90);
    private static final int FIRST_SPI = 0xc1000000;

    private final SplittableRandom random = new SplittableRandom(50_000);
    private final Map<Long, Integer> probesPerSecond = new TreeMap<>();
    private int probesOfBusy;
    private Engine engine;
    private IkeSaSnapshot model;
    private IkeKeys keys;

    @Test
    void onlySilentPeersAreAskedAndNotAllAtOnce() throws Exception {
        Instant start = manySas();
        List<Input.InboundState> busy = busyStates();
        Instant end = start.plus(MEASURED);
        Instant look = start.plus(LOOK);
        int looks = 0;
        while (true) {
            Instant due = engine.nextDeadline().orElse(end);
            Instant now = due.isBefore(look) ? due : look;
            if (now.isAfter(end)) {
                break;
            }
            if (now.equals(look)) {
                looks++;
                answer(
                        engine.handle(now, new Input.TrafficSeen(busy, look.minus(LOOK), look)),
                        now);
                look = look.plus(LOOK);
            } else {
                answer(engine.handle(now, new Input.Tick()), now);
            }
        }
        int probes = probesPerSecond.values().stream().mapToInt(Integer::intValue).sum();
        long periodic = SAS * (MEASURED.toSeconds() / DPD_DELAY.toSeconds());
        int burst = probesPerSecond.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        System.out.printf(
                "liveness of %d SAs in %d s: %d probes (periodically: %d), %d of them to busy"
                        + " peers; at most %d in a second, on average %d; %d reads of the kernel%n",
                SAS,
                MEASURED.toSeconds(),
                probes,
                periodic,
                probesOfBusy,
                burst,
                probes / MEASURED.toSeconds(),
                looks);
        assertEquals(0, probesOfBusy);
        assertTrue(probes >= SAS / IDLE_OF * 2, probes + " probes: silent peers are asked");
        assertTrue(probes <= periodic / IDLE_OF);
        assertTrue(burst <= 3L * probes / MEASURED.toSeconds(), burst + " in one second");
    }

    /// Copies of one SA that two simulated hosts have set up.
    private Instant manySas() throws ReflectiveOperationException {
        var world = SimWorld.seeded(1);
        SimPeer client = world.peer("client", "192.0.2.1");
        SimPeer gateway = world.peer("gateway", "192.0.2.2");
        var connection =
                SimConnection.between("client.test", "gateway.test")
                        .childLifetime(Duration.ofDays(1), Duration.ofDays(2), Duration.ZERO)
                        .dpd(DPD_DELAY);
        var key = SimConnection.secret("ike-1", "correct horse");
        client.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
        client.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(2));
        model = gateway.engine().snapshots().getFirst();
        keys = IkeKeys.restore(IkeSuite.of(model.proposal()), model.keys().toArray());

        engine = new Engine(0, EngineSettings.defaults(), random, new Ids());
        Instant start = world.now();
        engine.handle(
                start,
                new Input.Configured(
                        new Configuration(
                                List.of(connection.mirrored().build()), List.of(key), Map.of())));
        for (int i = 0; i < SAS; i++) {
            ChildSa child = model.children().getFirst();
            var installation =
                    copy(
                            child.installation(),
                            Map.of("childUniqueId", i + 1, "spiIn", new ChildSpi(FIRST_SPI + i)));
            Duration silent = i % IDLE_OF == 0 ? DPD_DELAY : LOOK;
            Instant before = start.minusMillis(random.nextLong(silent.toMillis()));
            engine.restore(
                    before,
                    copy(
                            model,
                            Map.of(
                                    "uniqueId",
                                    i + 1,
                                    "ownSpi",
                                    spi(i),
                                    "lastInbound",
                                    before,
                                    "children",
                                    List.of(copy(child, Map.of("installation", installation))))));
        }
        return start;
    }

    private List<Input.InboundState> busyStates() {
        var busy = new ArrayList<Input.InboundState>();
        for (int i = 0; i < SAS; i++) {
            if (i % IDLE_OF != 0) {
                var child = model.children().getFirst().installation();
                busy.add(
                        new Input.InboundState(
                                child.local().address(),
                                child.protocolId(),
                                new ChildSpi(FIRST_SPI + i)));
            }
        }
        return busy;
    }

    /// Of shard 0; the low bits, by which an SA's moment is chosen, are those of a random number.
    private static IkeSpi spi(int number) {
        long mixed = new SplittableRandom(number).nextLong() & 0xffff;
        return new IkeSpi((long) (number + 1) << 16 | mixed);
    }

    /// The peers answer at once.
    private void answer(List<Effect> effects, Instant now) throws PeerViolation {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send(var local, var remote, var datagram, _, _)) {
                IkeHeader header = IkeHeader.decode(datagram.asBuffer());
                assertEquals(ExchangeType.INFORMATIONAL, header.exchangeType());
                probesPerSecond.merge(now.getEpochSecond(), 1, Integer::sum);
                int number = (int) (header.responderSpi().value() >>> 16) - 1;
                probesOfBusy += number % IDLE_OF != 0 ? 1 : 0;
                respond(header, local, remote, now);
            }
        }
    }

    private void respond(IkeHeader request, Endpoint local, Endpoint remote, Instant now)
            throws PeerViolation {
        var response =
                SkProtection.of(IkeSuite.of(model.proposal()))
                        .seal(
                                keys,
                                true,
                                request.initiatorSpi(),
                                request.responderSpi(),
                                ExchangeType.INFORMATIONAL,
                                true,
                                request.messageId(),
                                List.of(),
                                random);
        answer(engine.handle(now, new Input.Received(local, remote, response)), now);
    }

    /// The same record but for some components.
    @SuppressWarnings("unchecked")
    private static <R extends Record> R copy(R record, Map<String, Object> changed)
            throws ReflectiveOperationException {
        RecordComponent[] components = record.getClass().getRecordComponents();
        var types = new Class<?>[components.length];
        var values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String name = components[i].getName();
            values[i] =
                    changed.containsKey(name)
                            ? changed.get(name)
                            : components[i].getAccessor().invoke(record);
        }
        return (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
    }
}
