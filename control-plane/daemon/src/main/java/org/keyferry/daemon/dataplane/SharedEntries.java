package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;

/// Entries of the kernel that several CHILD_SAs may want at once, such as a policy with the same
/// selectors. The kernel holds what the first of them wants; the others wait for their turn.
///
/// Decisions and requests are made under one lock, so that the kernel, which works in order, ends
/// up with what was decided last. Nothing blocks.
final class SharedEntries<K, V> {
    /// Asks the kernel.
    interface Kernel<K, V> {
        /// Nothing of ours is there.
        CompletableFuture<Void> add(K key, V value);

        /// Something of ours is there.
        CompletableFuture<Void> replace(K key, V value);

        /// Of ours, `last` was there.
        CompletableFuture<Void> remove(K key, V last);
    }

    /// Compared by identity: one wish of one owner.
    private static final class Use<V> {
        private final Object owner;
        private final V value;

        private Use(Object owner, V value) {
            this.owner = owner;
            this.value = value;
        }
    }

    private static final class Entry<V> {
        private final List<Use<V>> uses = new ArrayList<>(1);

        /// What became of the request that brought the first use there.
        private CompletableFuture<Void> latest;
    }

    private final Kernel<K, V> kernel;
    private final BiPredicate<V, V> staysAhead;
    private final Map<K, Entry<V>> entries = new HashMap<>();

    /// Holds nothing.
    ///
    /// @param staysAhead whether the present value (first) stays ahead of a newcomer (second)
    SharedEntries(Kernel<K, V> kernel, BiPredicate<V, V> staysAhead) {
        this.kernel = kernel;
        this.staysAhead = staysAhead;
    }

    /// Adds a use, or replaces the one that `owner` has.
    synchronized CompletableFuture<Void> acquire(K key, Object owner, V value) {
        Entry<V> entry = entries.computeIfAbsent(key, _ -> new Entry<>());
        Use<V> inKernel = entry.uses.isEmpty() ? null : entry.uses.getFirst();
        entry.uses.removeIf(use -> use.owner.equals(owner));
        int at = 0;
        while (at < entry.uses.size() && staysAhead.test(entry.uses.get(at).value, value)) {
            at++;
        }
        entry.uses.add(at, new Use<>(owner, value));
        V first = entry.uses.getFirst().value;
        if (inKernel == null) {
            entry.latest = kernel.add(key, first);
        } else if (inKernel != entry.uses.getFirst()) {
            entry.latest = kernel.replace(key, first);
        }
        return entry.latest;
    }

    /// Ends a use; the next one takes its place. Without such a use nothing happens.
    ///
    /// @param inKernel false if the kernel refused the entry, so that it must not be removed
    synchronized CompletableFuture<Void> release(K key, Object owner, boolean inKernel) {
        Entry<V> entry = entries.get(key);
        int at = entry == null ? -1 : indexOf(entry, owner);
        if (at < 0) {
            return CompletableFuture.completedFuture(null);
        }
        V value = entry.uses.remove(at).value;
        if (entry.uses.isEmpty()) {
            entries.remove(key);
            return inKernel ? kernel.remove(key, value) : CompletableFuture.completedFuture(null);
        }
        return at == 0 ? rewrite(key) : CompletableFuture.completedFuture(null);
    }

    /// Asks the kernel to hold what it should.
    synchronized CompletableFuture<Void> rewrite(K key) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return CompletableFuture.completedFuture(null);
        }
        entry.latest = kernel.replace(key, entry.uses.getFirst().value);
        return entry.latest;
    }

    /// Number of entries that somebody uses.
    synchronized int size() {
        return entries.size();
    }

    private static int indexOf(Entry<?> entry, Object owner) {
        for (int i = 0; i < entry.uses.size(); i++) {
            if (entry.uses.get(i).owner.equals(owner)) {
                return i;
            }
        }
        return -1;
    }
}
