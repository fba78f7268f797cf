package org.keyferry.daemon.radius;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.FakeRadius.Says;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapPacket;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// 1,000 logins at once with one of two servers dead and the other slow. With
/// `-Dkeyferry.radius.scale=20` the slow one takes 2 s for an answer and the dead one is given up
/// after 14.2 s, as by default.
class ManyLoginsTest {
    private static final int LOGINS = 1_000;
    private static final int SCALE = Integer.getInteger("keyferry.radius.scale", 1);
    private static final Duration SLOWNESS = Duration.ofMillis(100L * SCALE);
    private static final RadiusConf.Timing TIMING =
            new RadiusConf.Timing(Duration.ofMillis(100L * SCALE), 1.4, 4);

    /// No call may hold a shard up; the machine may, for a moment.
    private static final Duration LONGEST_CALL = Duration.ofMillis(500);

    private static final Bytes REQUEST =
            EapPacket.request(9, EapType.ietf(4), Bytes.ofHex("0401020304")).encode();
    private static final Bytes RESPONSE =
            EapPacket.response(9, EapType.ietf(4), Bytes.ofHex("0405060708")).encode();

    private Duration longest = Duration.ZERO;

    private static Optional<Says> answer(RadiusPacket request) {
        boolean first = request.first(RadiusType.STATE).isEmpty();
        var attributes =
                new ArrayList<>(
                        RadiusPacket.eapMessages(first ? REQUEST : EapPacket.success(9).encode()));
        if (first) {
            attributes.add(RadiusAttribute.text(RadiusType.STATE, "s"));
        }
        return Optional.of(
                new Says(
                        first ? RadiusCode.ACCESS_CHALLENGE : RadiusCode.ACCESS_ACCEPT,
                        attributes));
    }

    @Test
    void nobodyElseWaits() throws Exception {
        var log = new Log();
        log.use(List.of());
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
                FakeRadius dead = FakeRadius.dead();
                FakeRadius slow = new FakeRadius(SLOWNESS, ManyLoginsTest::answer)) {
            var shared = new RadiusServer.Shared(timer, new SecureRandom(), log);
            var client =
                    new RadiusClient(
                            List.of(
                                    new RadiusServer(
                                            dead.conf("dead", 9, TIMING), dead.port(), shared),
                                    new RadiusServer(
                                            slow.conf("slow", 0, TIMING), slow.port(), shared)));
            var backend = new RadiusBackend(conf(), client, new RadiusAddresses(), () -> {}, log);
            long begin = System.nanoTime();
            List<CompletableFuture<EapAnswer>> logins = new ArrayList<>();
            for (int number = 1; number <= LOGINS; number++) {
                logins.add(login(backend, number));
            }
            for (CompletableFuture<EapAnswer> each : logins) {
                assertInstanceOf(EapAnswer.Accepted.class, each.get(2, TimeUnit.MINUTES));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            System.out.printf(
                    "%d logins in %d ms, longest call %d us%n",
                    LOGINS, took.toMillis(), longest.toNanos() / 1_000);
            assertEquals(0, backend.underWay());
            assertTrue(longest.compareTo(LONGEST_CALL) < 0, "a call took " + longest);
            client.close();
        }
    }

    /// All of a login, each step begun as a shard does.
    private CompletableFuture<EapAnswer> login(RadiusBackend backend, int number) {
        var spi = new IkeSpi(number);
        return step(backend, spi, begin(number, spi))
                .thenCompose(
                        answer ->
                                answer instanceof EapAnswer.Request
                                        ? step(backend, spi, new EapQuery.Response(RESPONSE))
                                        : CompletableFuture.completedFuture(answer));
    }

    private CompletableFuture<EapAnswer> step(RadiusBackend backend, IkeSpi spi, EapQuery query) {
        var answer = new CompletableFuture<EapAnswer>();
        long begin = System.nanoTime();
        backend.ask(spi, query, answer::complete);
        took(Duration.ofNanos(System.nanoTime() - begin));
        return answer;
    }

    private synchronized void took(Duration call) {
        longest = call.compareTo(longest) > 0 ? call : longest;
    }

    private static EapQuery begin(int number, IkeSpi spi) {
        Identification user = Identification.parse("user" + number + "@example.org");
        return new EapQuery.Begin(
                "rw",
                number,
                new IkeSpi(1),
                spi,
                new Endpoint(IpAddress.parse("192.0.2.1"), 4500),
                new Endpoint(IpAddress.parse("192.0.2.2"), 4500),
                Identification.parse("moon.example.org"),
                user,
                user,
                EapPacket.response(3, EapType.IDENTITY, Bytes.utf8(user.toString())).encode());
    }

    private static RadiusConf conf() {
        return new RadiusConf(
                List.of(),
                new RadiusConf.Accounting(false, Duration.ZERO, true, false, false),
                false,
                false,
                false,
                false,
                true,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }
}
