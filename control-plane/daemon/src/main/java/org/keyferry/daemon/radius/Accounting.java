package org.keyferry.daemon.radius;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.RemovalListener;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.AccountingRecord.Status;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusCode;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.RadiusConf;

/// RADIUS accounting (RFC 2866): a Start for each IKE_SA that comes up, interim records, and a Stop
/// with all that went through it, over its rekeyings. Nobody waits for the server.
final class Accounting implements EventSink, RemovalListener, AutoCloseable {
    /// The kernel tells the last counters right after an IKE_SA's end; a Stop waits for them.
    private static final Duration PATIENCE_WITH_KERNEL = Duration.ofSeconds(5);

    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(3);

    /// Interim records that are due within that time share one look at the kernel.
    private static final Duration TOGETHER = Duration.ofSeconds(1);

    private final RadiusConf conf;
    private final RadiusClient client;
    private final Supplier<Map<StateKey, Counters>> counters;
    private final IntConsumer onInterimTimeout;
    private final Supplier<Instant> clock;
    private final ScheduledExecutorService timer;
    private final Log log;

    private final Map<Integer, AccountedSession> byIke = new HashMap<>();
    private final Map<Integer, AccountedSession> byChild = new HashMap<>();
    private final Set<AccountedSession> ending = new HashSet<>();
    private final Map<Integer, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final long firstId;
    private int ids;
    private int records;
    private Instant nextLook = Instant.MAX;

    /// @param counters reads the kernel's; may block
    /// @param onInterimTimeout told the IKE_SA of an interim record that nobody answered
    Accounting(
            RadiusConf conf,
            RadiusClient client,
            Supplier<Map<StateKey, Counters>> counters,
            IntConsumer onInterimTimeout,
            Supplier<Instant> clock,
            ScheduledExecutorService timer,
            Log log) {
        this.conf = conf;
        this.client = client;
        this.counters = counters;
        this.onInterimTimeout = onInterimTimeout;
        this.clock = clock;
        this.timer = timer;
        this.log = log;
        this.firstId = clock.get().getEpochSecond();
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.IkeUp(IkeView ike) -> up(ike);
            case Event.IkeDown(IkeView ike, var reason) -> down(ike, TerminateCause.of(reason));
            case Event.IkeRekeyed(IkeView former, IkeView now) -> rekeyed(former, now);
            case Event.ChildUp(IkeView ike, ChildView child) -> add(ike, child.installation());
            case Event.ChildRekeyed(IkeView ike, _, ChildView now) -> add(ike, now.installation());
            default -> {}
        }
    }

    private synchronized void up(IkeView ike) {
        if (conf.accounting().requiresVip() && ike.virtualIps().remote().isEmpty()) {
            return;
        }
        Duration interval =
                ike.login().facts().interimInterval().orElse(conf.accounting().interval());
        ids++;
        var session = new AccountedSession(firstId + "-" + ids, ike, interval, clock.get());
        byIke.put(ike.uniqueId(), session);
        ike.children().forEach(child -> add(ike, child.installation()));
        send(Status.START, session);
        schedule(session.nextInterim());
    }

    private synchronized void add(IkeView ike, ChildInstallation child) {
        AccountedSession session = byIke.get(ike.uniqueId());
        if (session != null && byChild.putIfAbsent(child.childUniqueId(), session) == null) {
            session.add(child);
        }
    }

    private synchronized void rekeyed(IkeView former, IkeView now) {
        AccountedSession session = byIke.remove(former.uniqueId());
        if (session != null) {
            session.follow(now);
            byIke.put(now.uniqueId(), session);
        }
    }

    private synchronized void down(IkeView ike, TerminateCause cause) {
        AccountedSession session = byIke.remove(ike.uniqueId());
        if (session == null) {
            return;
        }
        session.follow(ike);
        session.end(cause);
        ending.add(session);
        if (session.isComplete()) {
            stop(session);
        } else {
            var _ =
                    timer.schedule(
                            () -> stop(session),
                            PATIENCE_WITH_KERNEL.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void removing(
            ChildInstallation child, boolean inbound, Optional<Counters> last) {
        AccountedSession session = byChild.get(child.childUniqueId());
        if (session == null) {
            return;
        }
        if (session.settle(child, inbound, last)) {
            byChild.remove(child.childUniqueId());
        }
        if (session.isComplete() && session.ended().isPresent()) {
            stop(session);
        }
    }

    @Override
    public synchronized void moved(ChildInstallation now) {
        AccountedSession session = byChild.get(now.childUniqueId());
        if (session != null) {
            session.moved(now);
        }
    }

    private synchronized void stop(AccountedSession session) {
        if (ending.remove(session)) {
            session.unsettled().forEach(byChild::remove);
            send(Status.STOP, session);
        }
    }

    /// Why the IKE_SA will end, where its reason would not tell.
    synchronized void ends(int ikeUniqueId, TerminateCause cause) {
        AccountedSession session = byIke.get(ikeUniqueId);
        if (session != null) {
            session.end(cause);
        }
    }

    /// The id of the session of an IKE_SA.
    synchronized Optional<String> sessionId(int ikeUniqueId) {
        return Optional.ofNullable(byIke.get(ikeUniqueId)).map(AccountedSession::id);
    }

    private void schedule(Instant next) {
        if (next.isBefore(nextLook) && !timer.isShutdown()) {
            nextLook = next;
            long millis = Math.max(0, Duration.between(clock.get(), next).toMillis());
            var _ =
                    timer.schedule(
                            () -> Thread.startVirtualThread(this::interim),
                            millis,
                            TimeUnit.MILLISECONDS);
        }
    }

    /// Sends the records that are due; blocks while the kernel is asked.
    void interim() {
        Map<StateKey, Counters> present = counters.get();
        synchronized (this) {
            Instant now = clock.get();
            nextLook = Instant.MAX;
            for (AccountedSession session : byIke.values()) {
                if (!session.nextInterim().isAfter(now.plus(TOGETHER))) {
                    session.look(present);
                    session.interimSent(now);
                    send(Status.INTERIM, session);
                }
            }
            byIke.values().stream()
                    .map(AccountedSession::nextInterim)
                    .min(Instant::compareTo)
                    .ifPresent(this::schedule);
        }
    }

    private void send(Status status, AccountedSession session) {
        List<RadiusAttribute> attributes = AccountingRecord.of(status, session, conf, clock.get());
        CompletableFuture<RadiusAnswer> answer =
                client.ask(RadiusCode.ACCOUNTING_REQUEST, attributes);
        int number = ++records;
        underWay.put(number, answer);
        var _ =
                answer.whenComplete(
                        (_, failure) -> {
                            underWay.remove(number);
                            if (failure != null) {
                                failed(status, session, failure);
                            }
                        });
    }

    private void failed(Status status, AccountedSession session, Throwable failure) {
        int ike = session.ike().uniqueId();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        log.log(
                Group.CFG,
                0,
                "RADIUS accounting %s of session %s (IKE_SA %s[%d]) failed: %s",
                status,
                session.id(),
                session.ike().connection().name(),
                ike,
                cause.getMessage());
        if (status == Status.INTERIM && session.ended().isEmpty()) {
            onInterimTimeout.accept(ike);
        }
    }

    /// Sends what is left and waits for the answers a little.
    @Override
    public void close() {
        synchronized (this) {
            List.copyOf(ending).forEach(this::stop);
        }
        var left = new ArrayList<>(underWay.values());
        try {
            CompletableFuture.allOf(left.toArray(CompletableFuture<?>[]::new))
                    .handle((_, _) -> null)
                    .orTimeout(PATIENCE_AT_END.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (java.util.concurrent.CompletionException _) {
            log.log(Group.CFG, 0, "%d RADIUS accounting records are lost", underWay.size());
        }
    }
}
