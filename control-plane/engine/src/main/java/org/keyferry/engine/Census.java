package org.keyferry.engine;

import java.util.concurrent.atomic.AtomicInteger;

/// How many IKE_SAs all shards of a daemon have, for the limits that hold for all of it. Safe for
/// any thread.
public final class Census {
    private final AtomicInteger halfOpen = new AtomicInteger();
    private final AtomicInteger established = new AtomicInteger();

    /// IKE_SAs that a peer has begun and not authenticated.
    public int halfOpen() {
        return halfOpen.get();
    }

    public int established() {
        return established.get();
    }

    void countHalfOpen(int more) {
        halfOpen.addAndGet(more);
    }

    void countEstablished(int more) {
        established.addAndGet(more);
    }
}
