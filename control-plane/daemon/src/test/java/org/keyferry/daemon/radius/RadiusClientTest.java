package org.keyferry.daemon.radius;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.FakeRadius.Says;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.settings.RadiusConf;

class RadiusClientTest {
    /// Given up after 250 ms.
    private static final RadiusConf.Timing QUICK =
            new RadiusConf.Timing(Duration.ofMillis(100), 1.5, 2);

    private static final RadiusConf.Timing PATIENT =
            new RadiusConf.Timing(Duration.ofSeconds(2), 1.4, 4);

    private static final List<RadiusAttribute> CAROL =
            List.of(RadiusAttribute.text(RadiusType.USER_NAME, "carol"));

    private final Log log = new Log();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RadiusServer.Shared shared =
            new RadiusServer.Shared(timer, new SecureRandom(), log);
    private final List<AutoCloseable> open = new ArrayList<>();

    RadiusClientTest() {
        log.use(List.of());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        timer.shutdownNow();
    }

    private RadiusServer server(FakeRadius fake, String name, int preference, RadiusConf.Timing t) {
        open.add(fake);
        return new RadiusServer(fake.conf(name, preference, t), fake.port(), shared);
    }

    private RadiusClient client(Duration scoutsApart, RadiusServer... servers) {
        var client = new RadiusClient(List.of(servers), scoutsApart);
        open.add(client);
        return client;
    }

    private static RadiusAnswer login(RadiusClient client) throws Exception {
        return client.ask(RadiusCode.ACCESS_REQUEST, CAROL).get(10, TimeUnit.SECONDS);
    }

    @Test
    void asksTheServerOfTheHigherPreference() throws Exception {
        var low = server(FakeRadius.saying(RadiusCode.ACCESS_REJECT), "low", 1, PATIENT);
        var high = server(FakeRadius.saying(RadiusCode.ACCESS_ACCEPT), "high", 2, PATIENT);
        RadiusAnswer answer = login(client(Duration.ofHours(1), low, high));
        assertEquals("high", answer.server().name());
        assertEquals(RadiusCode.ACCESS_ACCEPT, answer.packet().code());
    }

    @Test
    void namesItselfToTheServer() throws Exception {
        FakeRadius fake = FakeRadius.saying(RadiusCode.ACCESS_ACCEPT);
        login(client(Duration.ofHours(1), server(fake, "one", 0, PATIENT)));
        assertEquals(Optional.of("moon"), fake.requests.getFirst().text(RadiusType.NAS_IDENTIFIER));
        assertEquals(
                RadiusType.MESSAGE_AUTHENTICATOR,
                fake.requests.getFirst().attributes().getFirst().type());
    }

    @Test
    void aDeadServerCostsOneLoginItsPatienceAndIsThenAskedLast() throws Exception {
        FakeRadius dead = FakeRadius.dead();
        var first = server(dead, "dead", 9, QUICK);
        var second = server(FakeRadius.saying(RadiusCode.ACCESS_ACCEPT), "live", 0, PATIENT);
        RadiusClient client = client(Duration.ofHours(1), first, second);
        assertEquals("live", login(client).server().name());
        assertTrue(first.isDead());
        int heard = dead.requests.size();
        for (int i = 0; i < 20; i++) {
            assertEquals("live", login(client).server().name());
        }
        assertEquals(heard, dead.requests.size());
    }

    /// All that wait for a dead server turn to the other one with the first that gave it up.
    @Test
    void loginsAtTheSameTimeGiveADeadServerUpTogether() throws Exception {
        var patient = new RadiusConf.Timing(Duration.ofSeconds(1), 1, 1);
        var lossy = new RadiusConf.Timing(Duration.ofMillis(100), 1.4, 8); // of bursts
        var dead = server(FakeRadius.dead(), "dead", 9, patient);
        var live = server(FakeRadius.saying(RadiusCode.ACCESS_ACCEPT), "live", 0, lossy);
        RadiusClient client = client(Duration.ofHours(1), dead, live);
        long start = System.nanoTime();
        List<CompletableFuture<RadiusAnswer>> logins = new ArrayList<>();
        for (int i = 0; i < 280; i++) { // more than a socket has identifiers
            logins.add(client.ask(RadiusCode.ACCESS_REQUEST, CAROL));
        }
        for (var each : logins) {
            assertEquals("live", each.get(10, TimeUnit.SECONDS).server().name());
        }
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        assertTrue(millis < 1_900, "took " + millis + " ms, not one patience but several");
    }

    /// Also those that have been waiting for a shorter time.
    @Test
    void whoBeganLaterTurnsAwayFromADeadServerWithTheFirst() throws Exception {
        var patient = new RadiusConf.Timing(Duration.ofSeconds(2), 1, 1);
        var dead = server(FakeRadius.dead(), "dead", 9, patient);
        var live = server(FakeRadius.saying(RadiusCode.ACCESS_ACCEPT), "live", 0, PATIENT);
        RadiusClient client = client(Duration.ofHours(1), dead, live);
        CompletableFuture<RadiusAnswer> first = client.ask(RadiusCode.ACCESS_REQUEST, CAROL);
        var pause = new CompletableFuture<Void>().orTimeout(1_500, TimeUnit.MILLISECONDS);
        assertThrows(CompletionException.class, pause::join);
        long start = System.nanoTime();
        CompletableFuture<RadiusAnswer> later = client.ask(RadiusCode.ACCESS_REQUEST, CAROL);
        assertEquals("live", later.get(10, TimeUnit.SECONDS).server().name());
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        assertTrue(millis < 1_500, "took " + millis + " ms, though half a second was left");
        assertEquals("live", first.get(10, TimeUnit.SECONDS).server().name());
    }

    @Test
    void aServerThatComesBackIsNoticedByACopyOfALogin() throws Exception {
        FakeRadius fake = FakeRadius.dead();
        var returning = server(fake, "returning", 9, QUICK);
        var other = server(FakeRadius.saying(RadiusCode.ACCESS_ACCEPT), "other", 0, PATIENT);
        RadiusClient client = client(Duration.ofMillis(1), returning, other);
        login(client);
        assertTrue(returning.isDead());
        fake.follow(_ -> Optional.of(new Says(RadiusCode.ACCESS_REJECT, List.of())));
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (returning.isDead() && System.nanoTime() < end) {
            assertEquals("other", login(client).server().name());
        }
        assertFalse(returning.isDead());
        assertEquals("returning", login(client).server().name());
    }

    /// A record must not be counted twice, so it is not copied: one tries the dead server first.
    @Test
    void accountingIsNeverCopied() throws Exception {
        FakeRadius fake = FakeRadius.dead();
        var returning = server(fake, "returning", 9, QUICK);
        FakeRadius second = FakeRadius.saying(RadiusCode.ACCOUNTING_RESPONSE);
        var other = server(second, "other", 0, PATIENT);
        RadiusClient client = client(Duration.ZERO, returning, other);
        for (int i = 0; i < 2; i++) {
            RadiusAnswer answer =
                    client.ask(RadiusCode.ACCOUNTING_REQUEST, CAROL).get(10, TimeUnit.SECONDS);
            assertEquals("other", answer.server().name());
        }
        assertEquals(2, second.requests.size());
        fake.follow(_ -> Optional.of(new Says(RadiusCode.ACCOUNTING_RESPONSE, List.of())));
        assertEquals(
                "returning",
                client.ask(RadiusCode.ACCOUNTING_REQUEST, CAROL)
                        .get(10, TimeUnit.SECONDS)
                        .server()
                        .name());
        assertEquals(2, second.requests.size());
    }

    @Test
    void aLostRequestIsSentAgainAsItWas() throws Exception {
        var count = new AtomicInteger();
        var fake =
                new FakeRadius(
                        Duration.ofMillis(150), // longer than the first wait
                        _ -> {
                            count.incrementAndGet();
                            return Optional.of(new Says(RadiusCode.ACCESS_ACCEPT, List.of()));
                        });
        login(client(Duration.ofHours(1), server(fake, "slow", 0, QUICK)));
        assertEquals(1, count.get(), "the second was told to be the same by its authenticator");
    }

    @Test
    void whatAnotherSecretSignedIsIgnored() throws Exception {
        FakeRadius fake = FakeRadius.saying(RadiusCode.ACCESS_ACCEPT);
        open.add(fake);
        RadiusConf.Server right = fake.conf("one", 0, QUICK);
        var wrong =
                new RadiusConf.Server(
                        right.name(),
                        right.address(),
                        FakeRadius.secret("wrong"),
                        right.nasIdentifier(),
                        right.authPort(),
                        right.acctPort(),
                        right.sockets(),
                        right.source(),
                        right.preference(),
                        right.timing());
        RadiusClient client =
                client(Duration.ofHours(1), new RadiusServer(wrong, fake.port(), shared));
        var failure = assertThrows(ExecutionException.class, () -> login(client));
        Throwable cause = failure.getCause();
        assertInstanceOf(NoRadiusAnswer.class, cause);
        assertEquals("RADIUS server 'one' is not responding", cause.getMessage());
    }

    @Test
    void aNameThatIsUnknownFailsAtOnce() {
        var nowhere =
                new RadiusConf.Server(
                        "nowhere",
                        "radius.invalid",
                        FakeRadius.secret("x"),
                        "moon",
                        1812,
                        1813,
                        1,
                        Optional.empty(),
                        0,
                        PATIENT);
        RadiusClient client = client(Duration.ofHours(1), new RadiusServer(nowhere, 1812, shared));
        var failure = assertThrows(ExecutionException.class, () -> login(client));
        assertTrue(failure.getCause().getMessage().startsWith("cannot resolve radius.invalid"));
    }

    @Test
    void closingFailsWhatIsOnItsWay() throws Exception {
        RadiusClient client =
                client(Duration.ofHours(1), server(FakeRadius.dead(), "a", 0, PATIENT));
        CompletableFuture<RadiusAnswer> login = client.ask(RadiusCode.ACCESS_REQUEST, CAROL);
        client.close();
        assertThrows(CompletionException.class, () -> login.orTimeout(5, TimeUnit.SECONDS).join());
    }
}
