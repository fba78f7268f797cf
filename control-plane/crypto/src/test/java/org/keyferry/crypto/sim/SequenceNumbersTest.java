package org.keyferry.crypto.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;

/// Sequence numbers of network and card (3GPP TS 33.102 Annex C).
class SequenceNumbersTest {
    private static final Bytes MARK = Bytes.ofHex("0102");
    private final ArrayList<SequenceNumbers.Kept> kept = new ArrayList<>();
    private final SequenceNumbers network = fresh();
    private final SequenceNumbers card = fresh();

    private SequenceNumbers fresh() {
        return new SequenceNumbers(SequenceNumbers.Kept.NOTHING, kept::add);
    }

    @Test
    void aCardTakesEachNumberOnce() {
        for (int i = 0; i < 100; i++) {
            long sqn = network.next(MARK, 0);
            assertTrue(card.take(MARK, sqn));
            assertFalse(card.take(MARK, sqn));
            assertEquals(sqn, card.highest(MARK));
        }
    }

    /// Challenges may overtake one another as long as there are indices (Annex C.1.1.1).
    @Test
    void olderNumbersOfOtherIndicesAreStillFresh() {
        long first = network.next(MARK, 0);
        long second = network.next(MARK, 0);
        assertTrue(card.take(MARK, second));
        assertTrue(card.take(MARK, first));
        for (int i = 0; i < 31; i++) {
            assertTrue(card.take(MARK, network.next(MARK, 0)));
        }
        assertFalse(card.take(MARK, second));
    }

    @Test
    void aJumpThatIsTooFarIsNotTaken() {
        assertTrue(card.take(MARK, 5 << 5));
        assertFalse(card.take(MARK, (6 + SequenceNumbers.MAX_JUMP) << 5));
        assertEquals(5 << 5, card.highest(MARK));
        assertTrue(card.take(MARK, (5 + SequenceNumbers.MAX_JUMP) << 5));
    }

    @Test
    void aNetworkThatFellBehindGoesOnFromTheCard() {
        assertTrue(card.take(MARK, 900 << 5 | 7));
        assertFalse(card.take(MARK, network.next(MARK, 6)));
        network.resynchronise(MARK, card.highest(MARK));
        assertTrue(card.take(MARK, network.next(MARK, 6)));
    }

    @Test
    void aNetworkThatIsAheadIsNotSetBack() {
        long last = 0;
        for (int i = 0; i < 10; i++) {
            last = network.next(MARK, 0);
        }
        network.resynchronise(MARK, 3 << 5);
        assertTrue(network.next(MARK, 0) > last);
    }

    @Test
    void aNetworkTooFarAheadComesBack() {
        var far = new SequenceNumbers(SequenceNumbers.Kept.NOTHING, _ -> {});
        long start = (9 + SequenceNumbers.MAX_JUMP) << 5;
        assertTrue(card.take(MARK, 9 << 5));
        assertFalse(card.take(MARK, far.next(MARK, start)));
        far.resynchronise(MARK, card.highest(MARK));
        assertTrue(card.take(MARK, far.next(MARK, start)));
    }

    /// After a restart no number is used again, and none is taken again.
    @Test
    void whatIsKeptOutlivesTheProcess() {
        long last = 0;
        for (int i = 0; i < 1_000; i++) {
            last = network.next(MARK, 0);
        }
        assertTrue(kept.size() < 20, "a write for each challenge");
        var restarted = new SequenceNumbers(kept.getLast(), _ -> {});
        assertTrue(restarted.next(MARK, 0) >>> 5 > last >>> 5);
        kept.clear();
        assertTrue(card.take(MARK, last));
        assertFalse(new SequenceNumbers(kept.getLast(), _ -> {}).take(MARK, last));
    }

    /// What is written is all there is: with a write for each subscriber their return after a
    /// restart would cost the square of their number.
    @Test
    void thatAllSubscribersComeBackAtOnceIsOneWrite() {
        for (int i = 0; i < 100; i++) {
            network.next(Bytes.ofU16(i), 0);
        }
        var before = kept.getLast();
        kept.clear();
        var restarted = new SequenceNumbers(before, kept::add);
        for (int i = 0; i < 100; i++) {
            long next = restarted.next(Bytes.ofU16(i), 0);
            assertTrue(next > before.networks().get(Bytes.ofU16(i)));
            assertTrue(next < kept.getLast().networks().get(Bytes.ofU16(i)));
        }
        assertEquals(1, kept.size());
    }

    @Test
    void numbersEnd() {
        long end = (1L << 48) - 1;
        assertThrows(IllegalStateException.class, () -> network.next(MARK, end));
    }
}
