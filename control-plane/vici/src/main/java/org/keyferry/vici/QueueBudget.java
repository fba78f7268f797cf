package org.keyferry.vici;

import java.util.concurrent.atomic.AtomicLong;

/// Output that may wait for all clients together. When it is used up, each client may have one
/// packet waiting, so that those who read go on and those who do not cannot fill the memory.
final class QueueBudget {
    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    QueueBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    boolean isUsedUp() {
        return usedBytes.get() >= maxBytes;
    }

    /// @param bytes negative for what waits no longer
    void add(long bytes) {
        usedBytes.addAndGet(bytes);
    }
}
