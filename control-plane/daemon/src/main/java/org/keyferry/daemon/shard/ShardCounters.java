package org.keyferry.daemon.shard;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.keyferry.engine.Event.Dropped.Cause;

/// Counts over all shards.
public final class ShardCounters {
    final LongAdder inboxFull = new LongAdder();
    final LongAdder mistakes = new LongAdder();
    private final Map<Cause, LongAdder> dropped = new EnumMap<>(Cause.class);

    public ShardCounters() {
        for (Cause cause : Cause.values()) {
            dropped.put(cause, new LongAdder());
        }
    }

    void dropped(Cause cause) {
        dropped.get(cause).increment();
    }

    /// Datagrams that an engine dropped for this cause.
    public long droppedFor(Cause cause) {
        return dropped.get(cause).sum();
    }

    /// Datagrams dropped because a shard could not keep up.
    public long inboxFull() {
        return inboxFull.sum();
    }

    /// Exceptions out of an engine: mistakes of ours.
    public long mistakes() {
        return mistakes.sum();
    }
}
