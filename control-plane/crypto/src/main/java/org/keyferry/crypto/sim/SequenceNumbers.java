package org.keyferry.crypto.sim;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.keyferry.wire.Bytes;

/// Sequence numbers of subscribers, as their network counts them and as their cards have seen them
/// (3GPP TS 33.102 Annex C): a number SEQ that only grows, and in the last five bits an index IND,
/// for each of which a card keeps the highest SEQ that it took. Thread-safe.
///
/// What is counted is given to a keeper, which makes it outlive the process. A network's counter is
/// kept ahead of what was used, so that not every challenge is a write; after a restart it goes on
/// from there, and the first write is for all networks, as all subscribers come back at once. What
/// a card took is kept before it is acted on.
public final class SequenceNumbers {
    private static final int IND_BITS = 5;
    private static final int INDICES = 1 << IND_BITS;
    private static final long MAX_SEQ = (1L << (48 - IND_BITS)) - 1;

    /// Δ: a jump that is larger would let one challenge use the numbers up (Annex C.2.1).
    static final long MAX_JUMP = 1L << 28;

    private static final long KEPT_AHEAD = 64;

    /// What is to be kept.
    ///
    /// @param networks the last number of each, by a mark of the subscriber's keys
    /// @param cards the highest SEQ for each index
    public record Kept(Map<Bytes, Long> networks, Map<Bytes, long[]> cards) {
        public static final Kept NOTHING = new Kept(Map.of(), Map.of());

        /// Indices that each card has an entry for.
        public static final int CARD_ENTRIES = INDICES;
    }

    private final Map<Bytes, Long> networks = new HashMap<>();
    private final Map<Bytes, Long> ahead = new TreeMap<>();
    private final Map<Bytes, long[]> cards = new TreeMap<>();
    private final Consumer<Kept> keeper;

    /// Something is ahead that was not kept yet.
    private boolean unkept;

    /// @param kept of former processes
    /// @param keeper gets all there is to keep after each change; called by one thread at a time
    public SequenceNumbers(Kept kept, Consumer<Kept> keeper) {
        this.keeper = keeper;
        networks.putAll(kept.networks());
        kept.networks().forEach(this::stepAhead);
        kept.cards().forEach((mark, seqs) -> cards.put(mark, Arrays.copyOf(seqs, INDICES)));
    }

    /// As network: the number of the next challenge.
    ///
    /// @param first of a subscriber of whom nothing is known
    /// @throws IllegalStateException if there is no further one
    public synchronized long next(Bytes mark, long first) {
        long last = networks.getOrDefault(mark, first);
        long seq = (last >>> IND_BITS) + 1;
        if (seq > MAX_SEQ) {
            throw new IllegalStateException("sequence numbers are used up");
        }
        long next = seq << IND_BITS | (last + 1) % INDICES;
        networks.put(mark, next);
        if (next > ahead.getOrDefault(mark, -1L)) {
            stepAhead(mark, next);
        }
        if (unkept) {
            keep();
        }
        return next;
    }

    private void stepAhead(Bytes mark, long sqn) {
        ahead.put(mark, Math.min((sqn >>> IND_BITS) + KEPT_AHEAD, MAX_SEQ) << IND_BITS);
        unkept = true;
    }

    /// As network: the card told the highest number that it took. Only where the next challenge
    /// would not be taken is that where to go on (§6.3.5).
    public synchronized void resynchronise(Bytes mark, long sqn) {
        long ours = networks.getOrDefault(mark, 0L) >>> IND_BITS;
        long theirs = sqn >>> IND_BITS;
        if (ours < theirs || ours - theirs >= MAX_JUMP) {
            networks.put(mark, sqn);
            stepAhead(mark, sqn);
            keep();
        }
    }

    /// As card: takes a number, once.
    ///
    /// @return whether it is fresh
    public synchronized boolean take(Bytes mark, long sqn) {
        long[] taken = cards.getOrDefault(mark, new long[INDICES]).clone();
        int index = (int) (sqn % INDICES);
        long seq = sqn >>> IND_BITS;
        if (seq <= taken[index] || seq - Arrays.stream(taken).max().orElse(0) > MAX_JUMP) {
            return false;
        }
        taken[index] = seq;
        cards.put(mark, taken);
        keep();
        return true;
    }

    /// As card: the highest number taken.
    public synchronized long highest(Bytes mark) {
        long[] taken = cards.getOrDefault(mark, new long[INDICES]);
        long highest = 0;
        for (int index = 0; index < INDICES; index++) {
            if (taken[index] > 0) {
                highest = Math.max(highest, taken[index] << IND_BITS | index);
            }
        }
        return highest;
    }

    private void keep() {
        unkept = false;
        keeper.accept(new Kept(new TreeMap<>(ahead), new TreeMap<>(cards)));
    }
}
