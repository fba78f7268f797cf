package org.keyferry.engine;

import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import org.keyferry.wire.IkeSpi;

/// Deadlines of a shard's SAs. Nothing is ever cancelled: an SA that moved a deadline ignores the
/// earlier call.
public final class TimerQueue {
    public enum Kind {
        RETRANSMIT,
        HALF_OPEN,
        LIVENESS,
        KEEPALIVE,
        LINGER,
        /// Fragments whose others do not come.
        FRAGMENTS,
        /// Additional key exchanges of the peer that do not come.
        FOLLOW_UP,
        /// Some lifetime of an IKE_SA or of one of its CHILD_SAs.
        LIFETIME,
        /// A TCP connection that could not be opened is tried again.
        STREAM,
        /// `unique = replace`: the peer has had time to move over to its new SA.
        REPLACED
    }

    record Due(long atMillis, IkeSpi sa, Kind kind) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(atMillis, other.atMillis);
        }
    }

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final PriorityQueue<Due> queue = new PriorityQueue<>();

    /// Rounds up to a millisecond, so that a timer never comes early.
    void start(IkeSpi sa, Kind kind, Instant at) {
        queue.add(new Due(at.plusNanos(NANOS_PER_MILLI - 1).toEpochMilli(), sa, kind));
    }

    Optional<Instant> next() {
        return Optional.ofNullable(queue.peek()).map(due -> Instant.ofEpochMilli(due.atMillis()));
    }

    /// Takes the earliest timer that is due by `now`, if any.
    Optional<Due> poll(Instant now) {
        Due first = queue.peek();
        if (first == null || first.atMillis() > now.toEpochMilli()) {
            return Optional.empty();
        }
        return Optional.of(queue.remove());
    }
}
