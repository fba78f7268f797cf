package org.keyferry.daemon.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.MonotonicClock;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.engine.Event;
import org.keyferry.engine.Input;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;

/// Tells the engine from which peers packets came, so that it asks only those that are silent
/// (`dpd_delay`). One read of the kernel's table serves all SAs, some times in the shortest delay;
/// nothing is read while none has one.
public final class TrafficWatch implements EventSink, AutoCloseable {
    private static final Duration OFTENEST = Duration.ofSeconds(1);
    private static final Duration RAREST = Duration.ofSeconds(30);

    /// With three looks, what came is known well before the delay is over.
    private static final int LOOKS = 3;

    /// Looks for the sake of a NAT in front of us: silence that is none teaches nothing.
    private static final Duration NAT_PATIENCE = Duration.ofSeconds(20);

    private final Shards shards;
    private final Dataplane dataplane;
    private final boolean allEsp;
    private final MonotonicClock clock;
    private final Traffic traffic = new Traffic();
    private boolean scheduled;
    private Instant lastLook;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("liveness").factory());

    /// @param allEsp otherwise only what comes in UDP counts
    public TrafficWatch(Shards shards, Dataplane dataplane, boolean allEsp, MonotonicClock clock) {
        this.shards = shards;
        this.dataplane = dataplane;
        this.allEsp = allEsp;
        this.clock = clock;
        this.lastLook = clock.now();
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.ChildUp(IkeView ike, ChildView child) -> up(ike, child.installation());
            case Event.ChildDown(_, ChildView child, _) -> down(child.installation());
            case Event.ChildRekeyed(IkeView ike, ChildView former, ChildView now) -> {
                down(former.installation());
                up(ike, now.installation());
            }
            case Event.ChildMoved(IkeView ike, _, ChildView now) -> up(ike, now.installation());
            default -> {}
        }
    }

    private synchronized void up(IkeView ike, ChildInstallation child) {
        Duration dpd = ike.connection().dpdDelay();
        boolean counts = !dpd.isZero() && (allEsp || child.encap());
        if (counts || ike.natLocal()) {
            traffic.add(child, counts ? dpd : NAT_PATIENCE);
            schedule();
        } else {
            traffic.remove(child);
        }
    }

    private synchronized void down(ChildInstallation child) {
        traffic.remove(child);
    }

    private void schedule() {
        if (scheduled || timer.isShutdown()) {
            return;
        }
        Optional<Duration> shortest = traffic.shortest();
        if (shortest.isEmpty()) {
            return;
        }
        scheduled = true;
        Duration pause = shortest.get().dividedBy(LOOKS);
        pause = pause.compareTo(OFTENEST) < 0 ? OFTENEST : pause;
        pause = pause.compareTo(RAREST) > 0 ? RAREST : pause;
        lastLook = clock.now();
        var _ = timer.schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        Map<StateKey, Counters> counters = dataplane.counters();
        Instant from;
        Instant to;
        List<Input.InboundState> busy;
        synchronized (this) {
            scheduled = false;
            from = lastLook;
            to = clock.now();
            busy = traffic.look(counters);
            schedule();
        }
        if (!busy.isEmpty()) {
            shards.giveAll(new Input.TrafficSeen(busy, from, to));
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
