package org.keyferry.daemon.log;

import java.util.concurrent.atomic.AtomicInteger;

/// The two digits that begin a log line. Threads that did not ask for a number of their own, such
/// as those of VICI clients, share 0.
public final class ThreadNumbers {
    private static final AtomicInteger LAST = new AtomicInteger();
    private static final ThreadLocal<Integer> OWN = ThreadLocal.withInitial(() -> 0);

    /// Gives the calling thread a number; two digits hold 99 of them.
    public static void claim() {
        OWN.set(1 + Math.floorMod(LAST.getAndIncrement(), 99));
    }

    static int own() {
        return OWN.get();
    }

    private ThreadNumbers() {}
}
