package org.keyferry.daemon.shard;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// What waits for a shard. Datagrams have a bound and are refused beyond it; answers and requests
/// do not, as each belongs to something that is bounded itself.
///
/// Any thread puts, one thread takes and sleeps.
final class Inbox {
    /// What a shard is asked to do on its own thread.
    sealed interface Work {
        record Give(org.keyferry.engine.Input input) implements Work {}

        record Run(Runnable action) implements Work {}
    }

    private static final long LONGEST_SLEEP_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Queue<Work> orders = new ConcurrentLinkedQueue<>();
    private final Queue<Work> datagrams = new ConcurrentLinkedQueue<>();
    private final AtomicInteger datagramCount = new AtomicInteger();
    private final int datagramsAtMost;
    private final AtomicReference<Thread> sleeper = new AtomicReference<>();

    Inbox(int datagramsAtMost) {
        this.datagramsAtMost = datagramsAtMost;
    }

    /// @return whether there was room
    boolean offerDatagram(Work work) {
        if (datagramCount.incrementAndGet() > datagramsAtMost) {
            datagramCount.decrementAndGet();
            return false;
        }
        datagrams.add(work);
        wake();
        return true;
    }

    void put(Work work) {
        orders.add(work);
        wake();
    }

    /// The next piece of work, `null` if there is none.
    Work poll() {
        Work order = orders.poll();
        if (order != null) {
            return order;
        }
        Work datagram = datagrams.poll();
        if (datagram != null) {
            datagramCount.decrementAndGet();
        }
        return datagram;
    }

    private void wake() {
        Thread thread = sleeper.get();
        if (thread != null && sleeper.compareAndSet(thread, null)) {
            LockSupport.unpark(thread);
        }
    }

    /// Sleeps until there is work or the time is over; may return early.
    void sleep(long nanos) {
        sleeper.set(Thread.currentThread());
        try {
            if (orders.isEmpty() && datagrams.isEmpty() && nanos > 0) {
                LockSupport.parkNanos(this, Math.min(nanos, LONGEST_SLEEP_NANOS));
            }
        } finally {
            sleeper.set(null);
        }
    }
}
