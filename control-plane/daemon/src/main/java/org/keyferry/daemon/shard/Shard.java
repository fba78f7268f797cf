package org.keyferry.daemon.shard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.keyferry.daemon.MonotonicClock;
import org.keyferry.daemon.log.ThreadNumbers;
import org.keyferry.daemon.transport.Outgoing;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Engine;
import org.keyferry.engine.Event;
import org.keyferry.engine.Input;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.wire.IkeSpi;

/// One engine and the only thread that touches it.
final class Shard {
    private static final int INPUTS_BETWEEN_FLUSHES = 64;

    private final int number;
    private final Engine engine;
    private final Surroundings around;
    private final Inbox inbox;
    private final Thread thread;

    /// Answers that came at once; taken before anything else.
    private final ArrayDeque<Input> inline = new ArrayDeque<>();

    private List<Outgoing> outgoing = new ArrayList<>();
    private volatile boolean stopping;

    /// What all shards share.
    record Surroundings(
            MonotonicClock clock,
            Performers performers,
            ShardCounters counters,
            EventSink events,
            Mistakes mistakes,
            Broadcaster broadcaster,
            Wishes wishes) {}

    /// Gives an input to all other shards.
    interface Broadcaster {
        void broadcast(int from, Input input);

        /// When the other shards have taken what was broadcast before.
        CompletableFuture<Void> settled(int from);
    }

    /// Reports a mistake of ours.
    interface Mistakes {
        void report(String what, Throwable mistake);
    }

    Shard(int number, Engine engine, int inboxDatagrams, Surroundings around) {
        this.number = number;
        this.engine = engine;
        this.around = around;
        this.inbox = new Inbox(inboxDatagrams);
        this.thread = Thread.ofPlatform().name("shard-" + number).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Ends the thread after what waits now.
    void stop() {
        run(() -> stopping = true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void receive(Input.Received datagram) {
        if (!inbox.offerDatagram(new Inbox.Work.Give(datagram))) {
            around.counters().inboxFull.increment();
        }
    }

    void give(Input input) {
        inbox.put(new Inbox.Work.Give(input));
    }

    private void run(Runnable action) {
        inbox.put(new Inbox.Work.Run(action));
    }

    /// Asks the engine on its own thread.
    <T> CompletableFuture<T> ask(Function<Engine, T> question) {
        var answer = new CompletableFuture<T>();
        run(
                () -> {
                    try {
                        answer.complete(question.apply(engine));
                    } catch (RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    private void run() {
        ThreadNumbers.claim();
        while (!stopping) {
            boolean idle = drain();
            if (isTickDue()) {
                handle(new Input.Tick());
            }
            flush();
            if (idle && !stopping) {
                inbox.sleep(nanosToDeadline());
            }
        }
    }

    /// @return whether all work is done
    private boolean drain() {
        for (int count = 0; count < INPUTS_BETWEEN_FLUSHES; count++) {
            switch (inbox.poll()) {
                case null -> {
                    return true;
                }
                case Inbox.Work.Give(Input input) -> handle(input);
                case Inbox.Work.Run(Runnable action) -> action.run();
            }
        }
        return false;
    }

    private boolean isTickDue() {
        Optional<Instant> deadline = engine.nextDeadline();
        return deadline.isPresent() && !deadline.get().isAfter(around.clock().now());
    }

    private long nanosToDeadline() {
        return engine.nextDeadline()
                .map(deadline -> Duration.between(around.clock().now(), deadline))
                .map(Shard::nanosOf)
                .orElse(Long.MAX_VALUE);
    }

    private static long nanosOf(Duration duration) {
        return duration.compareTo(Duration.ofHours(2)) > 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    private void handle(Input first) {
        handleOne(first);
        for (Input next = inline.poll(); next != null; next = inline.poll()) {
            handleOne(next);
        }
    }

    /// The only place where an exception of the engine ends: the SA concerned is closed, the shard
    /// goes on.
    private void handleOne(Input input) {
        try {
            for (Effect effect : engine.handle(around.clock().now(), input)) {
                perform(effect);
            }
        } catch (RuntimeException | AssertionError e) {
            around.counters().mistakes.increment();
            around.mistakes().report("input " + input.getClass().getSimpleName(), e);
            closeConcerned(input);
        }
    }

    private void closeConcerned(Input faulty) {
        Optional<IkeSpi> concerned = FaultySa.of(faulty);
        try {
            concerned
                    .flatMap(spi -> FaultySa.uniqueId(spi, engine.views()))
                    .map(id -> new Input.TerminateIke(0, id, true))
                    .map(terminate -> engine.handle(around.clock().now(), terminate))
                    .ifPresent(effects -> effects.forEach(this::perform));
        } catch (RuntimeException | AssertionError e) {
            around.mistakes().report("closing the SA of a faulty input", e);
        }
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Send(var local, var remote, var datagram, boolean marked, int dscp) ->
                    outgoing.add(new Outgoing(local, remote, Optional.of(datagram), marked, dscp));
            case Effect.SendKeepalive(var local, var remote) ->
                    outgoing.add(new Outgoing(local, remote, Optional.empty(), false, 0));
            case Effect.Compute compute -> compute(compute);
            case Effect.Kernel kernel -> kernel(kernel);
            case Effect.Address address -> address(address);
            case Effect.GiveBack(var lease) -> around.performers().giveBack(lease);
            case Effect.TakeOver(var lease) -> around.performers().takeOver(lease);
            case Effect.Eap(var sa, long ticket, var query) ->
                    around.performers()
                            .eap(
                                    sa,
                                    query,
                                    answer -> give(new Input.EapAnswered(sa, ticket, answer)));
            case Effect.Reinitiate wish -> around.wishes().reinitiate(wish);
            case Effect.Trap wish -> around.wishes().trap(wish);
            case Effect.FindPaths question -> findPaths(question);
            case Effect.OpenStream(var sa, var local, var remote) ->
                    around.performers().open(sa, local, remote, this::give);
            case Effect.KeepStream(var local, var remote) ->
                    around.performers().keep(local, remote);
            case Effect.CloseStream stream -> {
                flush(); // what was said last
                around.performers().close(stream.local(), stream.remote());
            }
            case Effect.FindGateway wish ->
                    around.wishes()
                            .findGateway(
                                    wish, path -> give(new Input.GatewayFound(wish.sa(), path)));
            case Effect.Broadcast(Input input) -> around.broadcaster().broadcast(number, input);
            case Effect.Tell(Event.Dropped(var cause)) -> around.counters().dropped(cause);
            case Effect.Tell(Event event) -> around.events().tell(event);
        }
    }

    private void compute(Effect.Compute compute) {
        around.performers()
                .compute(compute.job())
                .ifPresentOrElse(
                        result ->
                                inline.add(
                                        new Input.Computed(compute.sa(), compute.ticket(), result)),
                        () ->
                                around.performers()
                                        .computeElsewhere(
                                                compute.job(),
                                                result ->
                                                        give(
                                                                new Input.Computed(
                                                                        compute.sa(),
                                                                        compute.ticket(),
                                                                        result))));
    }

    private void kernel(Effect.Kernel kernel) {
        CompletableFuture<KernelAnswer> answer = around.performers().kernel(kernel.op());
        if (answer.isDone()) {
            inline.add(new Input.KernelAnswered(kernel.sa(), kernel.ticket(), answer.resultNow()));
        } else {
            var _ =
                    answer.thenAccept(
                            result ->
                                    give(
                                            new Input.KernelAnswered(
                                                    kernel.sa(), kernel.ticket(), result)));
        }
    }

    private void address(Effect.Address address) {
        CompletableFuture<Void> settled =
                address.afterOthers()
                        ? around.broadcaster().settled(number)
                        : CompletableFuture.completedFuture(null);
        var _ =
                around.performers()
                        .addresses(address.request(), settled)
                        .thenAccept(
                                answer ->
                                        give(
                                                new Input.Addressed(
                                                        address.sa(),
                                                        address.ticket(),
                                                        address.request(),
                                                        answer)));
    }

    private void findPaths(Effect.FindPaths question) {
        var _ =
                around.performers()
                        .paths(question)
                        .thenAccept(paths -> give(new Input.PathsFound(question.sa(), paths)));
    }

    private void flush() {
        if (!outgoing.isEmpty()) {
            around.performers().send(outgoing);
            outgoing = new ArrayList<>();
        }
    }
}
