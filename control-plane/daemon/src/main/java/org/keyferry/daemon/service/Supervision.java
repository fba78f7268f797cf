package org.keyferry.daemon.service;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.Daemon;
import org.keyferry.daemon.Version;
import org.keyferry.engine.Event.Group;

/// Keeps the service manager informed while a daemon runs: it is ready once its start scripts have
/// ended, and alive as long as all its shards answer.
public final class Supervision implements AutoCloseable {
    /// A start script that takes longer does not keep those waiting who need the daemon.
    private static final Duration READY_AT_LAST = Duration.ofSeconds(30);

    private static final String RUNNING = "keyferryd running, Keyferry " + Version.TEXT;

    private final Daemon daemon;
    private final ServiceManager manager;
    private final ScheduledExecutorService watchdog =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("watchdog").factory());

    private Supervision(Daemon daemon, ServiceManager manager) {
        this.daemon = daemon;
        this.manager = manager;
    }

    public static Supervision of(Daemon daemon, ServiceManager manager) {
        var supervision = new Supervision(daemon, manager);
        CompletableFuture<Void> _ =
                daemon.startScriptsDone()
                        .copy()
                        .completeOnTimeout(null, READY_AT_LAST.toMillis(), TimeUnit.MILLISECONDS)
                        .thenRun(supervision::ready);
        manager.watchdogInterval().ifPresent(supervision::watch);
        return supervision;
    }

    private void ready() {
        manager.status(RUNNING);
        manager.ready();
    }

    private void watch(Duration interval) {
        Duration step = interval.dividedBy(3);
        var _ =
                watchdog.scheduleAtFixedRate(
                        () -> ping(step), 0, step.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void ping(Duration patience) {
        if (daemon.answers(patience)) {
            manager.alive();
        } else if (!watchdog.isShutdown()) {
            daemon.log().log(Group.DMN, 0, "not all shards answer, the watchdog is not told so");
        }
    }

    /// Has the daemon read its files again.
    public void reload() {
        manager.reloading();
        manager.status("reloading");
        daemon.reload();
        ready();
    }

    /// The daemon is about to end.
    @Override
    public void close() {
        watchdog.shutdownNow();
        manager.stopping();
        manager.status("shutting down");
    }
}
