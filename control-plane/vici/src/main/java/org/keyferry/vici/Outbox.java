package org.keyferry.vici;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Packets waiting for one client, and the events it registered. One lock for both, so that a
/// client sees no event before the confirmation of its registration, and misses none after it.
///
/// What waits for room fills the queue only to half of its bound; the other half is for events that
/// cannot wait, so that a client busy with a long listing does not lose its connection to them.
final class Outbox {
    private final int maxQueuedBytes;
    private final QueueBudget budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private final Map<String, Integer> registrations = new HashMap<>();
    private long queuedBytes;
    private boolean closed;

    /// @param budget shared by all clients
    Outbox(int maxQueuedBytes, QueueBudget budget) {
        this.maxQueuedBytes = maxQueuedBytes;
        this.budget = budget;
    }

    /// Waits for room. A packet for a closed box is dropped.
    void put(byte[] packet) {
        locked(
                () -> {
                    awaitRoom(packet);
                    add(packet);
                });
    }

    /// Adds the packet once for each registration of the event, waiting for room.
    void putEvent(String event, byte[] packet) {
        locked(
                () -> {
                    for (int i = registered(event); i > 0; i--) {
                        awaitRoom(packet);
                        add(packet);
                    }
                });
    }

    /// As `putEvent` but never waits.
    ///
    /// @return false if there was no room, and the client must go
    boolean offerEvent(String event, byte[] packet) {
        lock.lock();
        try {
            for (int i = registered(event); i > 0; i--) {
                if (exceeds(maxQueuedBytes, packet)) {
                    return false;
                }
                add(packet);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void register(String event, byte[] confirmation) {
        locked(
                () -> {
                    awaitRoom(confirmation);
                    add(confirmation);
                    registrations.merge(event, 1, Integer::sum);
                });
    }

    /// Removes one registration, if there is one.
    void unregister(String event, byte[] confirmation, byte[] unknown) {
        locked(
                () -> {
                    boolean removed = registrations.containsKey(event);
                    registrations.computeIfPresent(event, (_, n) -> n == 1 ? null : n - 1);
                    awaitRoom(confirmation);
                    add(removed ? confirmation : unknown);
                });
    }

    boolean wants(String event) {
        lock.lock();
        try {
            return registered(event) > 0;
        } finally {
            lock.unlock();
        }
    }

    /// The next packet to write; waits for one. Empty once closed.
    Optional<byte[]> take() {
        lock.lock();
        try {
            while (queue.isEmpty() && !closed) {
                work.awaitUninterruptibly();
            }
            if (closed) {
                return Optional.empty();
            }
            byte[] packet = queue.remove();
            account(-packet.length);
            room.signalAll();
            return Optional.of(packet);
        } finally {
            lock.unlock();
        }
    }

    /// Drops what is queued and lets go everybody who waits.
    void close() {
        locked(
                () -> {
                    closed = true;
                    queue.clear();
                    account(-queuedBytes);
                    registrations.clear();
                    work.signalAll();
                    room.signalAll();
                });
    }

    private int registered(String event) {
        return registrations.getOrDefault(event, 0);
    }

    private void account(long bytes) {
        queuedBytes += bytes;
        budget.add(bytes);
    }

    private boolean exceeds(int boundBytes, byte[] packet) {
        return !queue.isEmpty() && (queuedBytes + packet.length > boundBytes || budget.isUsedUp());
    }

    private void awaitRoom(byte[] packet) {
        while (exceeds(maxQueuedBytes / 2, packet) && !closed) {
            room.awaitUninterruptibly();
        }
    }

    private void add(byte[] packet) {
        if (!closed) {
            queue.add(packet);
            account(packet.length);
            work.signal();
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
