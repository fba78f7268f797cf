package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Dropped.Cause;
import org.keyferry.settings.model.Admission;
import org.keyferry.settings.model.Puzzles;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// What a gateway does against those who want to keep it busy.
class DefenceTest {
    private static final int RECONNECTS = 5;
    private static final double MOST_FOR_ONE = 1.3;

    private final SimWorld world = SimWorld.seeded(8);
    private final SimPeer restless = world.peer("restless", "192.0.2.1");
    private final SimPeer other = world.peer("other", "192.0.2.3");
    private final SimPeer gateway =
            world.peer(
                    "gateway",
                    "192.0.2.2",
                    EngineSettings.defaults()
                            .with(new Admission(0, 0, false, RECONNECTS, Puzzles.DEFAULT)));

    @BeforeEach
    void configured() {
        var key = SimConnection.secret("ike-1", "correct horse");
        var connection =
                SimConnection.between("laptop.test", "gateway.test").unique(UniquePolicy.REPLACE);
        restless.configured(List.of(connection.build()), List.of(key));
        other.configured(List.of(connection.build()), List.of(key));
        gateway.configured(
                List.of(connection.mirrored().unique(UniquePolicy.REPLACE).build()), List.of(key));
    }

    /// Whether it is up a second later.
    private boolean connects(SimPeer peer) {
        long request = peer.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(1));
        return peer.outcome(request).equals(Optional.of(Optional.empty()));
    }

    private long dropped(Cause cause) {
        return gateway.events().stream().filter(new Event.Dropped(cause)::equals).count();
    }

    private List<String> logged(String part) {
        return gateway.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(event -> ((Event.Logged) event).text())
                .filter(text -> text.contains(part))
                .toList();
    }

    @Test
    void whoReconnectsWithoutRestIsHeldBackAndLoggedOnce() {
        int up = 0;
        for (int i = 0; i < 40; i++) {
            up += connects(restless) ? 1 : 0;
            restless.crashes();
        }
        int atOnce = RECONNECTS + 1;
        int later = 40 / (60 / RECONNECTS) + 1;
        assertTrue(up >= atOnce && up <= atOnce + later, up + " set-ups in 40 s");
        assertTrue(dropped(Cause.RECONNECT) >= 40 - up);
        assertEquals(1, logged("is held back").size(), () -> logged("held back").toString());
        assertTrue(connects(other), "others are not concerned");

        world.run(Duration.ofMinutes(2));
        assertTrue(connects(restless));
        List<String> end = logged("no longer held back");
        assertEquals(1, end.size());
        assertTrue(
                end.getFirst().contains(up + " IKE_SAs since")
                        && end.getFirst().contains(dropped(Cause.RECONNECT) + " requests dropped"),
                end.getFirst());
    }

    @Test
    void whoReconnectsNowAndThenIsNot() {
        for (int i = 0; i < 20; i++) {
            assertTrue(connects(restless));
            restless.crashes();
            world.run(Duration.ofSeconds(60 / RECONNECTS));
        }
        assertEquals(0, dropped(Cause.RECONNECT));
    }

    /// A key exchange proves nothing: what else is asked before IKE_AUTH ends the set-up, without
    /// an answer.
    @ParameterizedTest
    @ValueSource(ints = {ExchangeType.CREATE_CHILD_SA, ExchangeType.IKE_FOLLOWUP_KE})
    void nothingButIkeAuthIsWantedFromAStranger(int exchangeType) throws PeerViolation {
        var stranger = new HandMadePeer(world, "192.0.2.66", gateway, 1).begins();
        assertEquals(1, gateway.engine().halfOpenCount());
        var nonce = new Payload.Nonce(Bytes.of(new byte[32]));
        List<Bytes> answers =
                stranger.sends(stranger.sealed(exchangeType, false, 1, List.of(nonce)));
        assertEquals(List.of(), answers);
        assertEquals(0, gateway.engine().halfOpenCount());
        assertEquals(0, gateway.engine().size());
        assertEquals(1, dropped(Cause.NOT_EXPECTED));
    }

    /// Requests in the name of others: once cookies are asked for, nobody gets more than was sent
    /// in his name, and nothing is kept of it.
    @Test
    void aFloodIsNotAmplified() throws PeerViolation {
        int threshold = EngineSettings.defaults().cookieThreshold();
        for (int i = 0; i < 200; i++) {
            String address = "203.0.113." + (i + 1);
            var stranger = new HandMadePeer(world, address, gateway, i);
            Bytes request = stranger.initRequest(publicValue(i));
            int sent = request.length();
            List<Bytes> answers = stranger.sends(request);
            int received = answers.stream().mapToInt(Bytes::length).sum();
            if (i >= threshold) {
                assertEquals(NotifyType.COOKIE, HandMadePeer.onlyNotify(answers.getFirst()));
                assertTrue(received < sent, received + " bytes for " + sent);
                assertEquals(threshold, gateway.engine().halfOpenCount());
            }
        }
    }

    /// A flood is no flood of the log, which tells once a minute how much there was.
    @Test
    void aFloodIsLoggedOnceAMinute() throws PeerViolation {
        int threshold = EngineSettings.defaults().cookieThreshold();
        for (int i = 0; i < threshold + 40; i++) {
            stranger(i);
        }
        assertEquals(1, askedAloud().size());
        world.run(Duration.ofMinutes(2));
        for (int i = 0; i < threshold + 1; i++) {
            stranger(i);
        }
        assertEquals(2, askedAloud().size());
        assertTrue(
                askedAloud().getLast().endsWith("a cookie, as 39 more since this was last told"));
    }

    private void stranger(int number) throws PeerViolation {
        String address = "203.0.113." + (number + 1);
        var stranger = new HandMadePeer(world, address, gateway, number);
        stranger.sends(stranger.initRequest(publicValue(number)));
    }

    private List<String> askedAloud() {
        return gateway.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(Event.Logged.class::cast)
                .filter(line -> line.level() <= 1)
                .map(Event.Logged::text)
                .filter(text -> text.contains("for a cookie"))
                .toList();
    }

    /// A header and nothing else, while cookies are asked for.
    @Test
    void whatIsTooSmallForACookieGetsNone() throws PeerViolation {
        for (int i = 0; i < 100; i++) {
            var stranger = new HandMadePeer(world, "203.0.113." + (i + 1), gateway, i);
            stranger.sends(stranger.initRequest(publicValue(i)));
        }
        assertEquals(EngineSettings.defaults().cookieThreshold(), gateway.engine().halfOpenCount());
        for (int type : new int[] {ExchangeType.IKE_SA_INIT, ExchangeType.IKE_SESSION_RESUME}) {
            var stranger = new HandMadePeer(world, "203.0.113.200", gateway, type);
            Bytes request =
                    IkeMessage.encode(stranger.spi(), IkeSpi.ZERO, type, true, false, 0, List.of());
            List<Bytes> answers = stranger.sends(request);
            int received = answers.stream().mapToInt(Bytes::length).sum();
            assertTrue(received <= request.length() * MOST_FOR_ONE, received + " bytes");
            assertEquals(
                    EngineSettings.defaults().cookieThreshold(), gateway.engine().halfOpenCount());
        }
    }

    /// Whatever a stranger sends, the answer is hardly larger: by an error notify at most, or by
    /// what a set-up answers.
    @Test
    void junkIsNotAmplified() throws PeerViolation {
        var random = new SplittableRandom(5);
        for (int i = 0; i < 2_000; i++) {
            var stranger = new HandMadePeer(world, "198.51.100." + i % 250, gateway, i);
            byte[] request = stranger.initRequest(publicValue(i)).toArray();
            for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
                request[random.nextInt(request.length)] ^= (byte) (1 << random.nextInt(8));
            }
            int length = random.nextInt(28, request.length + 1);
            byte[] sent = java.util.Arrays.copyOf(request, length);
            int received =
                    stranger.sends(Bytes.wrapOwned(sent)).stream().mapToInt(Bytes::length).sum();
            assertTrue(received <= length * MOST_FOR_ONE, received + " bytes for " + length);
        }
    }

    private static Bytes publicValue(int seed) {
        byte[] value = new byte[32];
        new SplittableRandom(seed).nextBytes(value);
        return Bytes.wrapOwned(value);
    }
}
