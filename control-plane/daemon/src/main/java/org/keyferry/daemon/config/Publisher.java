package org.keyferry.daemon.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.model.Connection;

/// Gives what is in the store to the engines. Many changes in a row become one configuration:
/// making one costs time for every connection, so the next is made no sooner than a multiple of
/// what the last one took. Names are resolved in the background and published when they are known.
public final class Publisher implements AutoCloseable {
    private static final int PAUSE_FACTOR = 5;
    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(300);
    private static final Duration SOON = Duration.ofMillis(10);

    private final ConfigStore store;
    private final HostNames hosts;
    private final Supplier<Credentials> credentials;
    private final Consumer<Configuration> engines;
    private final Log log;
    private Set<String> told = Set.of();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("configuration").factory());

    // Guarded by this.
    private CompletableFuture<Void> next = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private Duration lastTook = Duration.ZERO;
    private long lastEnd = System.nanoTime();
    private boolean refreshing;

    /// @param credentials as they are loaded now; asked whenever something changed
    public Publisher(
            ConfigStore store,
            HostNames hosts,
            Supplier<Credentials> credentials,
            Consumer<Configuration> engines,
            Log log) {
        this.store = store;
        this.hosts = hosts;
        this.credentials = credentials;
        this.engines = engines;
        this.log = log;
    }

    /// Something changed: publishes soon.
    public synchronized void changed() {
        if (next.isDone() && !thread.isShutdown()) {
            next = new CompletableFuture<>();
            var _ = thread.schedule(this::publishNext, pause().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /// From now to the next publication.
    private Duration pause() {
        Duration wait = lastTook.multipliedBy(PAUSE_FACTOR);
        Duration capped = wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait;
        Duration left = capped.minusNanos(System.nanoTime() - lastEnd);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /// Waits until what was changed before is published, if that is a matter of milliseconds: so
    /// that whoever is answered then finds his change in effect. With many connections that would
    /// make the loading of each wait for all others.
    public void settleIfSoon() {
        synchronized (this) {
            if (lastTook.multipliedBy(PAUSE_FACTOR).compareTo(SOON) > 0) {
                return;
            }
        }
        settle();
    }

    /// Waits until all that was changed before is published.
    public void settle() {
        CompletableFuture<Void> both;
        synchronized (this) {
            both = CompletableFuture.allOf(running, next);
        }
        both.join();
    }

    private void publishNext() {
        CompletableFuture<Void> published;
        synchronized (this) {
            published = next;
            running = next;
            next = CompletableFuture.completedFuture(null); // what changes from now on is not in it
        }
        long start = System.nanoTime();
        try {
            publish();
        } finally {
            synchronized (this) {
                lastEnd = System.nanoTime();
                lastTook = Duration.ofNanos(lastEnd - start);
            }
            published.complete(null);
        }
    }

    private void publish() {
        List<Connection> connections = store.connections();
        var configuration =
                new Configuration(
                        connections, store.secrets(), hosts.known(connections), credentials.get());
        tellRefusals(configuration.refusals());
        engines.accept(configuration);
        Set<String> unknown = hosts.unknown(connections);
        if (!unknown.isEmpty()) {
            Thread.startVirtualThread(() -> resolve(unknown));
        }
        refreshLater();
    }

    /// A peer by name may call from another address than before: its name is asked for from time to
    /// time.
    private synchronized void refreshLater() {
        boolean named = !hosts.known(store.connections()).isEmpty();
        if (named && !refreshing && !thread.isShutdown()) {
            refreshing = true;
            var _ =
                    thread.schedule(
                            () -> Thread.startVirtualThread(this::refresh),
                            REFRESH.toSeconds(),
                            TimeUnit.SECONDS);
        }
    }

    private void refresh() {
        hosts.resolveAll(hosts.known(store.connections()).keySet()); // a change is published
        synchronized (this) {
            refreshing = false;
        }
        refreshLater();
    }

    /// Each thing that was left out is told once, not with every change of something else.
    private void tellRefusals(List<String> refusals) {
        for (String refusal : refusals) {
            if (!told.contains(refusal)) {
                log.log(Group.CFG, 0, "%s", refusal);
            }
        }
        told = Set.copyOf(refusals);
    }

    private void resolve(Set<String> names) {
        hosts.resolveAll(names);
        changed();
    }

    @Override
    public synchronized void close() {
        thread.shutdownNow();
        next.complete(null); // nobody publishes it any more
    }
}
