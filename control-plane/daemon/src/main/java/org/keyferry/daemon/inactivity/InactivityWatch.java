package org.keyferry.daemon.inactivity;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.keyferry.daemon.MonotonicClock;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;

/// `inactivity`: closes CHILD_SAs that carry nothing for a while. One read of the kernel's table
/// serves all of them; nothing is read while none is to be watched.
public final class InactivityWatch implements EventSink, AutoCloseable {
    private static final Duration OFTENEST = Duration.ofSeconds(1);
    private static final Duration RAREST = Duration.ofMinutes(1);

    /// Looks per the shortest time that is configured.
    private static final int LOOKS = 8;

    private final Shards shards;
    private final Dataplane dataplane;
    private final boolean closeIke;
    private final MonotonicClock clock;
    private final Log log;
    private final IntConsumer onIdle;
    private final Activity activity = new Activity();

    private boolean scheduled;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("inactivity").factory());

    /// @param closeIke the IKE_SA goes with its only CHILD_SA
    /// @param onIdle told the unique id of such an IKE_SA before it is deleted
    public InactivityWatch(
            Shards shards,
            Dataplane dataplane,
            boolean closeIke,
            IntConsumer onIdle,
            MonotonicClock clock,
            Log log) {
        this.shards = shards;
        this.dataplane = dataplane;
        this.closeIke = closeIke;
        this.onIdle = onIdle;
        this.clock = clock;
        this.log = log;
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.ChildUp(IkeView ike, ChildView child) -> up(ike, child.installation());
            case Event.ChildDown(_, ChildView child, _) -> down(child.installation());
            case Event.ChildRekeyed(_, ChildView former, ChildView now) ->
                    rekeyed(former.installation(), now.installation());
            case Event.ChildMoved(_, _, ChildView now) -> moved(now.installation());
            default -> {}
        }
    }

    private synchronized void up(IkeView ike, ChildInstallation child) {
        Duration limit = limit(ike, child);
        if (!limit.isZero()) {
            activity.add(child, limit, clock.now());
            schedule();
        }
    }

    /// What is configured, unless the server that let the peer in wants less.
    private static Duration limit(IkeView ike, ChildInstallation child) {
        Duration configured = child.config().inactivity();
        Duration granted = ike.login().facts().idleTimeout().orElse(Duration.ZERO);
        boolean less = configured.isZero() || granted.compareTo(configured) < 0;
        return !granted.isZero() && less ? granted : configured;
    }

    private synchronized void down(ChildInstallation child) {
        activity.remove(child);
    }

    private synchronized void rekeyed(ChildInstallation former, ChildInstallation now) {
        activity.replace(former, now);
    }

    private synchronized void moved(ChildInstallation child) {
        activity.move(child);
    }

    private synchronized void schedule() {
        Optional<Duration> shortest = activity.shortest();
        if (scheduled || timer.isShutdown() || shortest.isEmpty()) {
            return;
        }
        scheduled = true;
        Duration pause = shortest.get().dividedBy(LOOKS);
        pause = pause.compareTo(OFTENEST) < 0 ? OFTENEST : pause;
        pause = pause.compareTo(RAREST) > 0 ? RAREST : pause;
        var _ = timer.schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        Map<StateKey, Counters> counters = dataplane.counters();
        Map<ChildInstallation, Duration> idle;
        synchronized (this) {
            scheduled = false;
            idle = activity.look(counters, clock.now());
            idle.keySet().forEach(activity::remove); // closed once
            schedule();
        }
        idle.forEach(this::close);
    }

    private void close(ChildInstallation child, Duration limit) {
        boolean granted =
                !limit.equals(child.config().inactivity()); // Idle-Timeout: of the session
        Optional<IkeView> whole = closeIke || granted ? onlyChildOf(child) : Optional.empty();
        whole.ifPresent(ike -> onIdle.accept(ike.uniqueId()));
        log.log(
                new Event.Logged(
                        child.ikeName(),
                        child.ikeUniqueId(),
                        Group.CHD,
                        1,
                        "deleting %s after %d seconds of CHILD_SA inactivity",
                        List.of(
                                whole.isPresent() ? "IKE_SA" : "CHILD_SA " + child.config().name(),
                                limit.toSeconds())));
        shards.giveAll(
                whole.<Input>map(ike -> new Input.TerminateIke(0, ike.uniqueId(), false))
                        .orElseGet(
                                () -> new Input.TerminateChild(0, child.childUniqueId(), false)));
    }

    /// The IKE_SA that has no other CHILD_SA.
    private Optional<IkeView> onlyChildOf(ChildInstallation child) {
        return shards.views().stream()
                .map(Shards.Placed::view)
                .filter(ike -> ike.children().size() == 1)
                .filter(
                        ike ->
                                ike.children().getFirst().installation().childUniqueId()
                                        == child.childUniqueId())
                .findFirst();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
