package org.keyferry.daemon.updown;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;

/// Runs the updown scripts of CHILD_SAs, off the shards: some at once, those of one CHILD_SA in
/// order. One that does not end in time is killed.
public final class UpdownScripts implements EventSink, AutoCloseable {
    private static final int AT_ONCE = 8;
    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(30);
    private static final String UNKNOWN = "unknown";

    private final Dataplane dataplane;
    private final boolean withNameServers;
    private final ScriptRunner runner;
    private final Log log;
    private final ExecutorService workers =
            Executors.newFixedThreadPool(
                    AT_ONCE, Thread.ofPlatform().daemon().name("updown-", 0).factory());

    /// What is to be done last for a CHILD_SA that is up or about to be, by its unique id.
    private final Map<Integer, Told> told = new ConcurrentHashMap<>();

    /// What is told of CHILD_SAs that are gone, by their unique ids.
    private final Map<Integer, CompletableFuture<Void>> ending = new ConcurrentHashMap<>();

    /// @param device found when it came up, told again when it goes down
    private record Told(CompletableFuture<Void> latest, CompletableFuture<String> device) {}

    /// @param withNameServers scripts are told those that a peer gave us
    public UpdownScripts(Dataplane dataplane, boolean withNameServers, Log log) {
        this.withNameServers = withNameServers;
        this.dataplane = dataplane;
        this.log = log;
        this.runner = new ScriptRunner(log);
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.ChildUp(IkeView ike, ChildView child) -> up(ike, child.installation());
            case Event.ChildDown(IkeView ike, ChildView child, _) ->
                    down(ike, child.installation());
            case Event.ChildRekeyed(_, ChildView former, ChildView now) ->
                    rekeyed(former.installation(), now.installation());
            default -> {}
        }
    }

    /// Nobody is told; what was told of the former one is now true of this one.
    private void rekeyed(ChildInstallation former, ChildInstallation now) {
        Told before = told.remove(former.childUniqueId());
        if (before != null) {
            told.put(now.childUniqueId(), before);
        }
    }

    private void up(IkeView ike, ChildInstallation child) {
        if (child.config().updown().isEmpty()) {
            return;
        }
        var device = new CompletableFuture<String>();
        var latest =
                CompletableFuture.runAsync(
                        () -> {
                            device.complete(device(ike));
                            call(ike, child, true, device.join());
                        },
                        workers);
        told.put(child.childUniqueId(), new Told(latest, device));
    }

    /// A CHILD_SA that was never told to be up is not told to be down.
    private void down(IkeView ike, ChildInstallation child) {
        Told before = told.remove(child.childUniqueId());
        if (before != null) {
            var latest =
                    before.latest()
                            .thenRunAsync(
                                    () -> call(ike, child, false, before.device().join()), workers);
            int id = child.childUniqueId();
            ending.put(id, latest);
            var _ = latest.whenComplete((_, _) -> ending.remove(id));
        }
    }

    private String device(IkeView ike) {
        try {
            return dataplane.deviceTowards(ike.remote().address()).orElse(UNKNOWN);
        } catch (IOException e) {
            log.log(Group.KNL, 1, "device towards the peer is not known: %s", e.getMessage());
            return UNKNOWN;
        }
    }

    private void call(IkeView ike, ChildInstallation child, boolean up, String device) {
        String command = child.config().updown().orElseThrow();
        List<Map<String, String>> calls =
                UpdownEnvironment.of(ike, child, up, device, withNameServers);
        for (Map<String, String> environment : calls) {
            runner.run(command, environment, ike.connection().name(), ike.uniqueId());
        }
    }

    /// Waits a while for the scripts that are to be told of the end.
    @Override
    public void close() {
        var all = CompletableFuture.allOf(ending.values().toArray(CompletableFuture[]::new));
        Optional<String> failure = Optional.empty();
        try {
            all.get(PATIENCE_AT_END.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = Optional.of("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            failure = Optional.of(e.toString());
        }
        failure.ifPresent(why -> log.log(Group.CHD, 0, "updown scripts did not end: %s", why));
        workers.shutdownNow();
    }
}
