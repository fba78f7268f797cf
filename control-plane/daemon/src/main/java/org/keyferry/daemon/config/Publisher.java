package org.keyferry.daemon.config;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.model.Connection;

/// Gives what is in the store to the engines. Many changes in a row become one configuration. Names
/// are resolved in the background and published when they are known.
public final class Publisher implements AutoCloseable {
    private final ConfigStore store;
    private final HostNames hosts;
    private final Consumer<Configuration> engines;
    private final Log log;
    private Set<String> told = Set.of();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("configuration").factory());

    public Publisher(ConfigStore store, HostNames hosts, Consumer<Configuration> engines, Log log) {
        this.store = store;
        this.hosts = hosts;
        this.engines = engines;
        this.log = log;
    }

    /// Something changed: publishes soon.
    public void changed() {
        if (!waiting.getAndSet(true)) {
            thread.execute(this::publish);
        }
    }

    /// Waits until all that was changed before is published.
    public void settle() {
        CompletableFuture.runAsync(() -> {}, thread).join();
    }

    private void publish() {
        waiting.set(false);
        List<Connection> connections = store.connections();
        var next = new Configuration(connections, store.secrets(), hosts.known(connections));
        tellRefusals(next.refusals());
        engines.accept(next);
        Set<String> unknown = hosts.unknown(connections);
        if (!unknown.isEmpty()) {
            Thread.startVirtualThread(() -> resolve(unknown));
        }
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
        if (!thread.isShutdown()) {
            changed();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
