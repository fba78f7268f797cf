package org.keyferry.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.keyferry.daemon.config.ConfigStore;
import org.keyferry.daemon.config.Publisher;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.engine.Reason;
import org.keyferry.engine.Retry;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.IpAddress;

/// Starts SAs: finds out the addresses of both ends, each time anew, and gives the request to a
/// shard. What the configuration wants up is tried again until it is.
public final class Initiator implements AutoCloseable {
    /// The ends of an SA cannot be told.
    public static final class NotPossible extends Exception {
        private static final long serialVersionUID = 1;

        NotPossible(String message) {
            super(message);
        }
    }

    /// What is tried again later.
    private record Wanted(String connection, Optional<String> child) {}

    private record Waiting(Wish wish, ScheduledFuture<?> task) {}

    /// Addresses and routes settle before that.
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Shards shards;
    private final PeerAddresses addresses;
    private final Publisher publisher;
    private final ConfigStore store;
    private final Requests requests;
    private final Duration retryInterval;
    private final Log log;
    private final Map<Wanted, Waiting> waiting = new HashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("retries").factory());

    /// @param retryInterval see [Retry]
    Initiator(
            Shards shards,
            PeerAddresses addresses,
            Publisher publisher,
            ConfigStore store,
            Requests requests,
            Duration retryInterval,
            Log log) {
        this.shards = shards;
        this.addresses = addresses;
        this.publisher = publisher;
        this.store = store;
        this.requests = requests;
        this.retryInterval = retryInterval;
        this.log = log;
    }

    /// Because a user asks. May block for name resolution.
    ///
    /// @param requestId 0 if nobody waits for the outcome
    /// @param child empty for an IKE_SA alone
    public void initiate(long requestId, Connection connection, Optional<String> child)
            throws NotPossible {
        give(
                requestId,
                connection,
                child,
                addresses.path(connection, 0, Optional.empty()),
                Attempt.MANUAL);
    }

    /// Because a packet met a trap. May block for name resolution.
    ///
    /// @param peer where the packet goes to, if the trap is for any peer
    public void initiate(
            long requestId,
            Connection connection,
            String child,
            Attempt attempt,
            Optional<IpAddress> peer)
            throws NotPossible {
        var path =
                peer.isPresent()
                        ? addresses.path(connection, peer.get(), 0)
                        : addresses.path(connection, 0, Optional.empty());
        give(requestId, connection, Optional.of(child), path, attempt);
    }

    /// Because the configuration says so; in the background, and again until it is up.
    public void want(Connection connection, String child) {
        var wish = new Wish(connection, Optional.of(child), Attempt.WANTED, Optional.empty());
        Thread.startVirtualThread(() -> fulfil(wish));
    }

    /// Because an engine wants to try again.
    void reinitiate(Effect.Reinitiate effect) {
        var wish =
                new Wish(
                        effect.connection(),
                        effect.child(),
                        effect.attempt(),
                        Optional.of(effect.remote().address()).filter(a -> !a.isAny()));
        if (effect.delay().isZero()) {
            Thread.startVirtualThread(() -> fulfil(wish));
        } else {
            later(wish, effect.delay());
        }
    }

    /// Nothing that these names select waits to be tried again any longer; what is under way goes
    /// on. Without a name nothing is selected.
    public synchronized void giveUp(Optional<String> connection, Optional<String> child) {
        if (connection.isEmpty() && child.isEmpty()) {
            return;
        }
        waiting.entrySet()
                .removeIf(
                        entry -> {
                            Wanted wanted = entry.getKey();
                            boolean meant =
                                    connection.map(wanted.connection()::equals).orElse(true)
                                            && (child.isEmpty() || child.equals(wanted.child()));
                            return meant && entry.getValue().task().cancel(false);
                        });
    }

    /// The host has other addresses or routes: what waits to be tried again is tried soon.
    public synchronized void networkChanged() {
        for (Waiting each : List.copyOf(waiting.values())) {
            boolean late = each.task().getDelay(TimeUnit.MILLISECONDS) > 2 * SOON.toMillis();
            if (late && each.task().cancel(false)) {
                long spread = ThreadLocalRandom.current().nextLong(SOON.toMillis());
                later(each.wish(), SOON.plusMillis(spread));
            }
        }
    }

    private record Wish(
            Connection connection,
            Optional<String> child,
            Attempt attempt,
            Optional<IpAddress> former) {
        Wanted wanted() {
            return new Wanted(connection.name(), child);
        }

        String what() {
            return child.map(name -> "CHILD_SA " + name + " of ").orElse("") + connection.name();
        }
    }

    private synchronized void later(Wish wish, Duration delay) {
        if (timer.isShutdown()) {
            return;
        }
        var task =
                timer.schedule(
                        () -> {
                            forget(wish);
                            Thread.startVirtualThread(() -> fulfil(wish));
                        },
                        delay.toMillis(),
                        TimeUnit.MILLISECONDS);
        Waiting former = waiting.put(wish.wanted(), new Waiting(wish, task));
        if (former != null) {
            former.task().cancel(false);
        }
    }

    private synchronized void forget(Wish wish) {
        waiting.remove(wish.wanted());
    }

    /// With the connection as it is configured now; not at all if it is no more.
    private void fulfil(Wish wish) {
        Optional<Connection> now =
                store.connection(wish.connection().name()).filter(c -> isWanted(c, wish));
        if (now.isEmpty()) {
            log.log(Group.CFG, 1, "%s is not wanted any more, not initiating", wish.what());
            wish.attempt().alsoWaiting().forEach(id -> done(id, Reason.Plain.NO_SUCH_CHILD));
            return;
        }
        Attempt attempt = wish.attempt();
        try {
            var path = addresses.path(now.get(), attempt.before(), wish.former());
            give(0, now.get(), wish.child(), path, attempt);
        } catch (NotPossible e) {
            log.log(Group.CFG, 0, "unable to start %s: %s", wish.what(), e.getMessage());
            attempt.alsoWaiting().forEach(id -> done(id, new Reason.CannotDo(e.getMessage())));
            if (attempt.persistent()) {
                Attempt next = attempt.nextRound();
                Duration delay =
                        Retry.delay(next.round(), retryInterval, ThreadLocalRandom.current());
                log.log(
                        Group.CFG,
                        1,
                        "trying again to start %s in %d seconds",
                        wish.what(),
                        delay.toSeconds());
                later(new Wish(now.get(), wish.child(), next, wish.former()), delay);
            }
        }
    }

    /// Whether the configuration has it, and where only that wants it up, still does.
    private static boolean isWanted(Connection connection, Wish wish) {
        if (wish.child().isEmpty()) {
            return true;
        }
        Optional<Child> child = connection.child(wish.child().get());
        return child.filter(
                        c ->
                                !wish.attempt().persistent()
                                        || Stream.of(
                                                        c.startAction(),
                                                        c.closeAction(),
                                                        c.dpdAction())
                                                .anyMatch(a -> a.contains(Action.START)))
                .isPresent();
    }

    private void done(long requestId, Reason reason) {
        requests.done(requestId, Optional.of(reason));
    }

    private void give(
            long requestId,
            Connection connection,
            Optional<String> child,
            PeerAddresses.Path path,
            Attempt attempt) {
        publisher.settle();
        shards.give(
                shards.shardOfPeer(path.remote().address()),
                new Input.Initiate(
                        requestId, connection, child, path.local(), path.remote(), attempt));
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        waiting.clear();
    }
}
