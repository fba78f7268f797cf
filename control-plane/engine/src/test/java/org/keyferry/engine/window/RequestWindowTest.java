package org.keyferry.engine.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.wire.Bytes;

class RequestWindowTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final int INFORMATIONAL = 37;
    private static final EngineSettings DEFAULTS = EngineSettings.defaults();

    private final RandomGenerator random = new SplittableRandom(1);

    private static EngineSettings with(int jitter, Duration limit) {
        var d = DEFAULTS;
        return new EngineSettings(
                d.retransmitTimeout(),
                d.retransmitBase(),
                d.retransmitTries(),
                jitter,
                limit,
                d.halfOpenTimeout(),
                0,
                0,
                0,
                d.keepAlive(),
                true,
                false,
                500,
                4500,
                1);
    }

    /// The table of strongSwan's documentation of retransmission.
    @ParameterizedTest
    @CsvSource({"0,4000", "1,7200", "2,12960", "3,23328", "4,41990", "5,75582"})
    void charonsTimeouts(int n, long millis) {
        assertEquals(millis, RequestWindow.timeout(n, DEFAULTS, random).toMillis());
    }

    @Test
    void theLimitCutsAndJitterShortens() {
        var limited = with(0, Duration.ofSeconds(10));
        assertEquals(10_000, RequestWindow.timeout(5, limited, random).toMillis());
        var jittery = with(20, Duration.ofSeconds(10));
        for (int i = 0; i < 100; i++) {
            long millis = RequestWindow.timeout(5, jittery, random).toMillis();
            assertTrue(millis >= 8_000 && millis <= 10_000, () -> millis + " ms");
        }
    }

    @Test
    void aTimeoutBeyondReasonIsStillATime() {
        assertTrue(RequestWindow.timeout(5_000, DEFAULTS, random).isPositive());
    }

    @Test
    void sendsSixTimesAndGivesUp() {
        var window = new RequestWindow(3);
        Instant due = window.sent(INFORMATIONAL, List.of(Bytes.ofU8(1)), NOON, DEFAULTS, random);
        int sent = 1;
        for (var again = window.again(due, DEFAULTS, random);
                again.isPresent();
                again = window.again(due, DEFAULTS, random)) {
            due = again.get().due();
            sent++;
            assertEquals(sent, again.get().transmissions());
            assertEquals(List.of(Bytes.ofU8(1)), again.get().datagrams());
        }
        assertEquals(6, sent);
        assertEquals(165, Duration.between(NOON, due).toSeconds());
    }

    @Test
    void oneRequestAtATime() {
        var window = new RequestWindow(3);
        window.sent(INFORMATIONAL, List.of(Bytes.ofU8(1)), NOON, DEFAULTS, random);
        assertFalse(window.isFree());
        assertThrows(
                IllegalStateException.class,
                () -> window.sent(INFORMATIONAL, List.of(Bytes.ofU8(2)), NOON, DEFAULTS, random));
        assertTrue(window.expects(3, INFORMATIONAL));
        assertFalse(window.expects(2, INFORMATIONAL));
        assertFalse(window.expects(4, INFORMATIONAL));
        assertFalse(window.expects(3, INFORMATIONAL - 1));
        window.answered();
        assertTrue(window.isFree());
        assertFalse(window.expects(3, INFORMATIONAL), "an answer counts once");
        assertEquals(4, window.nextId());
    }

    @Test
    void aWithdrawnRequestKeepsItsId() {
        var window = new RequestWindow(0);
        window.sent(34, List.of(Bytes.ofU8(1)), NOON, DEFAULTS, random);
        window.withdraw();
        window.sent(34, List.of(Bytes.ofU8(2)), NOON, DEFAULTS, random);
        assertEquals(0, window.outstanding().orElseThrow().messageId());
    }
}
