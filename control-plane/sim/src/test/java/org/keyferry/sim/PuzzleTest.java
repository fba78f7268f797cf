package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.Puzzle;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Dropped.Cause;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Admission;
import org.keyferry.settings.model.Puzzles;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.NotifyType;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;

/// Client puzzles (RFC 8019): who works gets in, whatever the load.
class PuzzleTest {
    private static final int BITS = 8;
    private static final int PRF = 5;

    private SimWorld world;
    private SimPeer laptop;
    private SimPeer gateway;
    private int strangers;

    private void world(long seed, int threshold, int limit) {
        world = SimWorld.seeded(seed);
        laptop = world.peer("laptop", "192.0.2.1", settings(new Puzzles(0, BITS, limit)));
        gateway = world.peer("gateway", "192.0.2.2", settings(new Puzzles(threshold, BITS, 20)));
        var key = SimConnection.secret("ike-1", "correct horse");
        var connection = SimConnection.between("laptop.test", "gateway.test");
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
    }

    /// Half-open IKE_SAs stay for an hour.
    private static EngineSettings settings(Puzzles puzzles) {
        return new EngineSettings(
                        Duration.ofSeconds(4),
                        1.8,
                        5,
                        0,
                        Duration.ZERO,
                        Duration.ofHours(1),
                        0,
                        0,
                        0,
                        Duration.ofSeconds(20),
                        true,
                        false,
                        500,
                        4500,
                        1)
                .with(Admission.DEFAULT.with(puzzles));
    }

    private HandMadePeer stranger() {
        int i = strangers++;
        return new HandMadePeer(world, "203.0.%d.%d".formatted(i / 250, i % 250 + 1), gateway, i);
    }

    private Bytes publicValue() {
        byte[] value = new byte[32];
        new SplittableRandom(strangers).nextBytes(value);
        return Bytes.wrapOwned(value);
    }

    private int halfOpen() {
        return gateway.engine().halfOpenCount();
    }

    /// So many half-open IKE_SAs, if need be by working for them.
    private void load(int count) throws PeerViolation {
        while (halfOpen() < count) {
            HandMadePeer stranger = stranger();
            Bytes publicValue = publicValue();
            List<Bytes> answers = stranger.sends(stranger.initRequest(publicValue));
            if (isPuzzle(answers)) {
                stranger.sends(stranger.initRequest(publicValue, solved(answers)));
            }
        }
        assertEquals(count, halfOpen());
    }

    private static boolean isPuzzle(List<Bytes> answers) throws PeerViolation {
        return answers.size() == 1
                && HandMadePeer.has(
                        IkeMessage.decode(answers.getFirst()).payloads(), NotifyType.PUZZLE);
    }

    private static Payload.Notify notify(List<Bytes> answers, int type) throws PeerViolation {
        return IkeMessage.notify(IkeMessage.decode(answers.getFirst()).payloads(), type)
                .orElseThrow();
    }

    /// The cookie and the keys.
    private static List<Payload> solved(List<Bytes> answers) throws PeerViolation {
        Payload.Notify cookie = notify(answers, NotifyType.COOKIE);
        return List.of(cookie, new Payload.PuzzleSolution(keys(answers)));
    }

    private static List<Bytes> keys(List<Bytes> answers) throws PeerViolation {
        Bytes puzzle = notify(answers, NotifyType.PUZZLE).data();
        Bytes cookie = notify(answers, NotifyType.COOKIE).data();
        assertEquals(PRF, puzzle.u16(0));
        return Puzzle.of(PRF, puzzle.u8(2), cookie).orElseThrow().solve(() -> false).orElseThrow();
    }

    private long up() {
        return laptop.initiates("office", "net", gateway.address());
    }

    private void assertUp(long request) {
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(request));
        world.checkAgreement();
    }

    private long dropped() {
        return gateway.events().stream().filter(new Event.Dropped(Cause.UNSOLVED)::equals).count();
    }

    private static List<String> logged(SimPeer peer, String part) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(event -> ((Event.Logged) event).text())
                .filter(text -> text.contains(part))
                .toList();
    }

    @Test
    void withoutLoadNobodyIsAsked() throws PeerViolation {
        world(1, 4, 20);
        load(3);
        long request = up();
        world.run(Duration.ofSeconds(1));
        assertUp(request);
        assertEquals(List.of(), logged(gateway, "puzzle"));
    }

    @Test
    void whoSolvesItGetsInThoughNobodyElseDoes() throws PeerViolation {
        world(1, 4, 20);
        load(20);
        long request = up();
        world.run(Duration.ofSeconds(1));
        assertUp(request);
        assertEquals(
                List.of("solving a puzzle of 10 bits for the peer"), logged(laptop, "solving"));
        assertEquals(
                List.of(
                        "IKE_SA_INIT request 0",
                        "IKE_SA_INIT response 0",
                        "IKE_SA_INIT request 0",
                        "IKE_SA_INIT response 0",
                        "IKE_AUTH request 1",
                        "IKE_AUTH response 1"),
                world.transcript().stream()
                        .filter(line -> line.contains("laptop"))
                        .map(line -> line.replaceFirst(".*  ", ""))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void lossCostsTimeAndNothingElse(long seed) throws PeerViolation {
        world(seed, 4, 20);
        load(20);
        world.network().loss(0.3).duplication(0.2).jitter(Duration.ofMillis(30));
        long request = up();
        world.run(Duration.ofMinutes(3));
        assertUp(request);
    }

    /// The more half-open IKE_SAs, the more work, up to a limit.
    @ParameterizedTest
    @CsvSource({"2, 8", "3, 8", "4, 9", "8, 10", "15, 10", "16, 11", "32, 12", "70, 12"})
    void theLoadMakesItHarder(int halfOpen, int zeroBits) throws PeerViolation {
        world(1, 2, 20);
        load(halfOpen);
        HandMadePeer stranger = stranger();
        List<Bytes> answers = stranger.sends(stranger.initRequest(publicValue()));
        assertEquals(zeroBits, notify(answers, NotifyType.PUZZLE).data().u8(2));
        assertEquals(halfOpen, halfOpen(), "nothing is kept of it");
    }

    /// Who does not know puzzles returns the cookie alone.
    @ParameterizedTest
    @CsvSource({"100, 100, 100", "130, 50, 90", "170, 10, 50", "200, 0, 0", "300, 0, 0"})
    void cookiesAloneAreEnoughForSome(int halfOpen, int fewest, int most) throws PeerViolation {
        world(1, 100, 20);
        load(halfOpen);
        int in = 0;
        for (int i = 0; i < 100; i++) {
            int before = halfOpen();
            HandMadePeer stranger = stranger();
            Bytes publicValue = publicValue();
            List<Bytes> answers = stranger.sends(stranger.initRequest(publicValue));
            assertTrue(isPuzzle(answers));
            Payload cookie = notify(answers, NotifyType.COOKIE);
            stranger.sends(stranger.initRequest(publicValue, List.of(cookie)));
            if (halfOpen() > before) {
                in++;
                stranger = null;
                leaves();
            }
        }
        assertTrue(in >= fewest && in <= most, in + " of 100");
        assertEquals(100 - in, dropped());
    }

    /// The youngest half-open IKE_SA, so that the load stays as it was.
    private void leaves() {
        int youngest =
                gateway.engine().views().stream()
                        .mapToInt(org.keyferry.engine.sa.IkeView::uniqueId)
                        .max()
                        .orElseThrow();
        gateway.terminates(youngest, true);
    }

    @Test
    void whatIsNoSolutionCountsForNothing() throws PeerViolation {
        world(1, 4, 20);
        load(8);
        HandMadePeer stranger = stranger();
        Bytes publicValue = publicValue();
        List<Bytes> answers = stranger.sends(stranger.initRequest(publicValue));
        Payload cookie = notify(answers, NotifyType.COOKIE);
        List<Bytes> keys = keys(answers);
        List<List<Bytes>> wrong = new ArrayList<>();
        wrong.add(Collections.nCopies(4, keys.getFirst()));
        wrong.add(Collections.nCopies(4, Bytes.EMPTY));
        wrong.add(List.of(keys.get(0), keys.get(1), keys.get(2)));
        var five = new ArrayList<>(keys);
        five.add(Bytes.of(new byte[8]));
        wrong.add(five);
        var one = new ArrayList<>(keys);
        one.set(3, Bytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 9}));
        wrong.add(one);
        wrong.add(keys.stream().map(k -> k.concat(Bytes.of(new byte[40]))).toList());
        for (List<Bytes> each : wrong) {
            List<Payload> before = List.of(cookie, new Payload.PuzzleSolution(each));
            assertEquals(List.of(), stranger.sends(stranger.initRequest(publicValue, before)));
            assertEquals(8, halfOpen());
        }
        // another one's solution
        HandMadePeer other = stranger();
        List<Bytes> others = other.sends(other.initRequest(publicValue));
        List<Payload> borrowed =
                List.of(notify(others, NotifyType.COOKIE), new Payload.PuzzleSolution(keys));
        assertEquals(List.of(), other.sends(other.initRequest(publicValue, borrowed)));
        // another one's cookie, too: it is as if there were none
        assertTrue(isPuzzle(other.sends(other.initRequest(publicValue, solved(answers)))));
        assertEquals(8, halfOpen());
        // and the right one is right
        stranger.sends(stranger.initRequest(publicValue, solved(answers)));
        assertEquals(9, halfOpen());
    }

    @Test
    void aSolutionOpensTheDoorOnce() throws PeerViolation {
        world(1, 4, 20);
        load(8);
        HandMadePeer stranger = stranger();
        Bytes publicValue = publicValue();
        List<Bytes> answers = stranger.sends(stranger.initRequest(publicValue));
        Bytes request = stranger.initRequest(publicValue, solved(answers));
        assertEquals(1, stranger.sends(request).size());
        assertEquals(9, halfOpen());
        assertEquals(1, stranger.sends(request).size(), "the answer again");
        for (int port = 600; port < 620; port++) {
            assertEquals(List.of(), stranger.sendsFrom(port, request));
        }
        assertEquals(9, halfOpen());
        leaves();
        assertEquals(List.of(), stranger.sends(request));
        assertEquals(8, halfOpen());
    }

    /// RFC 8019 §6.1: who was authenticated before has a ticket.
    @Test
    void aSessionIsTakenUpAgainWithoutWork() throws PeerViolation {
        world(1, 4, 0);
        var key = SimConnection.secret("ike-1", "correct horse");
        var connection =
                SimConnection.between("laptop.test", "gateway.test")
                        .dpd(Duration.ofSeconds(30))
                        .whenDead(Action.START)
                        .unique(UniquePolicy.REPLACE)
                        .resumption();
        laptop.configured(List.of(connection.build()), List.of(key));
        gateway.configured(List.of(connection.mirrored().build()), List.of(key));
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(1));
        gateway.crashes();
        load(20);
        world.run(Duration.ofMinutes(4));
        assertEquals(1, laptop.established());
        assertEquals(
                1,
                world.transcript().stream()
                        .filter(line -> line.contains("laptop > gateway  IKE_SA_INIT"))
                        .count());
    }

    /// It may even be lost that one was asked for: the solution holds for a minute.
    @Test
    void anOldSolutionIsNone() throws PeerViolation {
        world(1, 4, 20);
        load(8);
        HandMadePeer stranger = stranger();
        Bytes publicValue = publicValue();
        List<Bytes> answers = stranger.sends(stranger.initRequest(publicValue));
        Bytes request = stranger.initRequest(publicValue, solved(answers));
        world.run(Duration.ofSeconds(62));
        assertTrue(isPuzzle(stranger.sends(request)));
        assertEquals(8, halfOpen());
    }

    @Test
    void nobodyGetsMoreThanWasSentInHisName() throws PeerViolation {
        world(1, 4, 20);
        load(8);
        for (int publicBytes = 0; publicBytes < 40; publicBytes++) {
            HandMadePeer stranger = stranger();
            Bytes request = stranger.initRequest(Bytes.of(new byte[publicBytes]));
            List<Bytes> answers = stranger.sends(request);
            assertTrue(isPuzzle(answers));
            assertTrue(answers.getFirst().length() <= request.length());
        }
    }

    /// RFC 8019 §7.1.2: the cookie alone may be enough.
    @Test
    void whatIsTooHardIsLeftAlone() throws PeerViolation {
        world(1, 4, 8);
        load(4);
        long request = up();
        world.run(Duration.ofSeconds(1));
        assertUp(request);
        assertEquals(List.of("solving a puzzle of 8 bits for the peer"), logged(laptop, "solving"));

        world(1, 4, 7);
        load(4);
        long other = up();
        world.run(Duration.ofSeconds(1));
        assertUp(other);
        assertEquals(List.of(), logged(laptop, "solving"));
        assertEquals(
                List.of(
                        "peer's puzzle is not solved: it is of 8 bits, more than puzzle_limit = 7;"
                                + " sending IKE_SA_INIT again without"),
                logged(laptop, "not solved"));
    }

    @Test
    void whoDoesNotWantToWorkStaysOutsideUnderLoad() throws PeerViolation {
        world(1, 4, 0);
        load(8);
        long request = up();
        world.run(Duration.ofMinutes(10));
        assertTrue(laptop.outcome(request).orElseThrow().isPresent());
        assertEquals(8, halfOpen());
        assertTrue(dropped() > 0);
    }

    @Test
    void whatTakesTooLongIsGivenUp() throws PeerViolation {
        world(1, 4, 20);
        load(8);
        laptop.processor().solvesFor(Duration.ofMinutes(2));
        long request = up();
        world.run(Duration.ofSeconds(59));
        assertEquals(Optional.empty(), laptop.outcome(request));
        assertTrue(!laptop.processor().solving().orElseThrow().unwanted().get());
        world.run(Duration.ofSeconds(2));
        assertEquals(
                "peer's puzzle not solved: it takes too long",
                laptop.outcome(request).orElseThrow().orElseThrow().toString());
        assertTrue(laptop.processor().solving().orElseThrow().unwanted().get());
        world.run(Duration.ofMinutes(2));
        assertEquals(0, laptop.engine().size());
    }

    @Test
    void theWorkEndsWithTheIkeSa() throws PeerViolation {
        world(1, 4, 20);
        load(8);
        laptop.processor().solvesFor(Duration.ofSeconds(30));
        up();
        world.run(Duration.ofSeconds(5));
        laptop.terminates(laptop.views().getFirst().uniqueId(), true);
        world.run(Duration.ofSeconds(1));
        assertTrue(laptop.processor().solving().orElseThrow().unwanted().get());
        assertEquals(0, laptop.engine().size());
        world.run(Duration.ofMinutes(1));
        assertEquals(8, halfOpen());
    }
}
