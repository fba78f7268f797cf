package org.keyferry.daemon.shard;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.keyferry.daemon.MonotonicClock;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.transport.Receiver;
import org.keyferry.daemon.transport.Transport;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.Spis;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// All shards of a daemon. An IKE_SA lives on one of them; its own SPI says on which.
public final class Shards implements Receiver, AutoCloseable {
    private static final String ENDED = "DESTROYING";
    private static final int FROM_INITIATOR = 0x08;
    private static final int FLAGS_OFFSET = 19;
    private static final int RESPONDER_SPI_OFFSET = 8;

    /// A view and the shard that its SA lives on.
    public record Placed(int shard, IkeView view) {}

    private final List<Shard> shards = new ArrayList<>();
    private final ShardCounters counters = new ShardCounters();
    private final MonotonicClock clock;
    private Performers performers;

    public Shards(MonotonicClock clock) {
        this.clock = clock;
    }

    /// Makes and starts the shards.
    ///
    /// @param count 1 to [Spis#MAX_SHARDS]
    /// @param inboxDatagrams that may wait for each shard
    /// @param ids that all shards share
    public void start(
            int count,
            int inboxDatagrams,
            EngineSettings settings,
            Ids ids,
            Dataplane dataplane,
            AddressProvider addresses,
            Transport transport,
            EapBackend eap,
            EventSink events,
            Wishes wishes,
            Log log) {
        Shard.Mistakes mistakes = (what, mistake) -> log.mistake(Group.DMN, what, mistake);
        performers =
                new Performers(
                        dataplane,
                        addresses,
                        transport,
                        eap,
                        Runtime.getRuntime().availableProcessors(),
                        mistakes);
        var around =
                new Shard.Surroundings(
                        clock, performers, counters, events, mistakes, new ToOthers(), wishes);
        for (int number = 0; number < count; number++) {
            var engine = new Engine(number, settings, strongRandom(), ids);
            shards.add(new Shard(number, engine, inboxDatagrams, around));
        }
        shards.forEach(Shard::start);
    }

    /// One generator for each shard, seeded by the kernel, so that shards do not wait for each
    /// other.
    private static SecureRandom strongRandom() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has DRBG", e);
        }
    }

    public int count() {
        return shards.size();
    }

    public ShardCounters counters() {
        return counters;
    }

    /// Routes by our own SPI, or by the peer's address if the message has none yet; only the
    /// header's fixed fields are looked at.
    @Override
    public void received(Endpoint local, Endpoint remote, Bytes message) {
        if (message.length() < IkeHeader.LENGTH) {
            counters.dropped(org.keyferry.engine.Event.Dropped.Cause.MALFORMED);
            return;
        }
        shards.get(shardOf(message, remote.address(), shards.size()))
                .receive(new Input.Received(local, remote, message));
    }

    /// @param message at least a whole header
    static int shardOf(Bytes message, IpAddress remote, int shards) {
        boolean fromInitiator = (message.u8(FLAGS_OFFSET) & FROM_INITIATOR) != 0;
        long own = message.i64(fromInitiator ? RESPONDER_SPI_OFFSET : 0);
        return own == 0 ? Spis.shardOf(remote, shards) : Spis.shardOf(new IkeSpi(own), shards);
    }

    /// Where SAs with this peer live that it has not begun itself, too.
    public int shardOfPeer(IpAddress remote) {
        return Spis.shardOf(remote, shards.size());
    }

    public void give(int shard, Input input) {
        shards.get(shard).give(input);
    }

    public void giveAll(Input input) {
        shards.forEach(shard -> shard.give(input));
    }

    private final class ToOthers implements Shard.Broadcaster {
        @Override
        public void broadcast(int from, Input input) {
            others(from).forEach(shard -> shard.give(input));
        }

        @Override
        public CompletableFuture<Void> settled(int from) {
            return CompletableFuture.allOf(
                    others(from).stream()
                            .map(shard -> shard.ask(_ -> true))
                            .toArray(CompletableFuture<?>[]::new));
        }

        private List<Shard> others(int from) {
            var others = new ArrayList<>(shards);
            others.remove(from);
            return others;
        }
    }

    /// Has all engines do something, each on its own thread, soon.
    public void tellAll(Consumer<Engine> order) {
        for (Shard shard : shards) {
            var _ =
                    shard.ask(
                            engine -> {
                                order.accept(engine);
                                return true;
                            });
        }
    }

    /// What all engines answer to a question, in the order of the shards.
    public <T> List<T> askAll(Function<Engine, T> question) {
        List<CompletableFuture<T>> answers =
                shards.stream().map(shard -> shard.ask(question)).toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    /// Whether all shards come to answer a question within that time.
    public boolean answer(Duration patience) {
        CompletableFuture<?>[] answers =
                shards.stream()
                        .map(shard -> shard.ask(_ -> true))
                        .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(answers).get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// All IKE_SAs that have not ended, shard by shard.
    public List<Placed> views() {
        return placed(askAll(Engine::views));
    }

    private static List<Placed> placed(List<List<IkeView>> views) {
        var placed = new ArrayList<Placed>();
        for (int number = 0; number < views.size(); number++) {
            for (IkeView view : views.get(number)) {
                if (!view.state().equals(ENDED)) {
                    placed.add(new Placed(number, view));
                }
            }
        }
        return placed;
    }

    /// The live IKE_SAs of one connection, oldest first.
    public List<Placed> viewsOf(String connection) {
        return placed(askAll(engine -> engine.viewsOf(connection))).stream()
                .sorted(BY_AGE)
                .toList();
    }

    /// All IKE_SAs that have not ended, oldest first, some at a time: no shard is held up for long.
    ///
    /// @param visitor tells whether it wants more
    public void visit(int count, Predicate<List<Placed>> visitor) {
        record Place(int shard, int uniqueId) {}
        var places = new ArrayList<Place>();
        List<int[]> ids = askAll(Engine::uniqueIds);
        for (int number = 0; number < ids.size(); number++) {
            for (int id : ids.get(number)) {
                places.add(new Place(number, id));
            }
        }
        places.sort(Comparator.comparingInt(Place::uniqueId));
        boolean more = true;
        for (int at = 0; at < places.size() && more; at += count) {
            Set<Integer> some =
                    places.subList(at, Math.min(at + count, places.size())).stream()
                            .map(Place::uniqueId)
                            .collect(Collectors.toSet());
            List<Placed> views = placed(askAll(engine -> engine.viewsOf(some)));
            more = visitor.test(views.stream().sorted(BY_AGE).toList());
        }
    }

    private static final Comparator<Placed> BY_AGE =
            Comparator.comparingInt(placed -> placed.view().uniqueId());

    /// Deletes all SAs and waits until that is done or the time is over.
    ///
    /// @return how many SAs were left behind
    public int shutDown(Duration patience) {
        giveAll(new Input.Shutdown());
        Instant end = clock.now().plus(patience);
        int live = liveCount();
        while (live > 0 && clock.now().isBefore(end)) {
            pause();
            live = liveCount();
        }
        return live;
    }

    private int liveCount() {
        return askAll(Engine::liveCount).stream().mapToInt(Integer::intValue).sum();
    }

    private static void pause() {
        try {
            new CompletableFuture<Void>().get(10, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            // that was the pause
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        shards.forEach(Shard::stop);
        if (performers != null) {
            performers.close();
        }
    }
}
