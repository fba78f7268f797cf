package org.keyferry.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.keyferry.engine.Event.Dropped.Cause;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.exchange.SetUp;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PeerViolation;

/// All IKE_SAs of one shard. Single-threaded; time, randomness and everything slow come from
/// outside.
public final class Engine {
    /// A state as the kernel knows it.
    private record ChildState(IpAddress destination, int protocolId, ChildSpi spi) {
        static ChildState inbound(ChildInstallation child) {
            return new ChildState(child.local().address(), child.protocolId(), child.spiIn());
        }

        static ChildState outbound(ChildInstallation child) {
            return new ChildState(child.remote().address(), child.protocolId(), child.spiOut());
        }
    }

    private record Pair(Identification local, Identification remote, boolean v6) {
        static Pair of(SaCore core) {
            return new Pair(core.localId(), core.remoteId(), core.remote().address().v6());
        }
    }

    /// All that the indexes go by. Most steps leave it as it is, and then nothing is entered anew.
    private record Marks(
            boolean halfOpen,
            boolean live,
            boolean established,
            Endpoint remote,
            IkeSpi initiator,
            Connection connection,
            Identification localId,
            Identification remoteId,
            List<ChildSa> children) {
        static Marks of(IkeSa sa) {
            SaCore core = sa.core();
            return new Marks(
                    sa.isHalfOpen(),
                    sa.isLive(),
                    sa.isEstablished(),
                    core.remote(),
                    core.initiatorSpi(),
                    core.connection(),
                    core.localId(),
                    core.remoteId(),
                    List.copyOf(core.children()));
        }

        Pair pair() {
            return new Pair(localId, remoteId, remote.address().v6());
        }

        /// By identity where that does: an SA keeps its objects until it takes others.
        @SuppressWarnings("ReferenceEquality")
        boolean same(Marks now) {
            return halfOpen == now.halfOpen
                    && live == now.live
                    && established == now.established
                    && remote == now.remote
                    && initiator.equals(now.initiator)
                    && connection == now.connection
                    && localId == now.localId
                    && remoteId == now.remoteId
                    && sameChildren(now.children);
        }

        @SuppressWarnings("ReferenceEquality")
        private boolean sameChildren(List<ChildSa> others) {
            boolean same = children.size() == others.size();
            for (int i = 0; same && i < children.size(); i++) {
                same = children.get(i) == others.get(i);
            }
            return same;
        }
    }

    private static final int MAJOR_VERSION = 2;

    private final int shard;
    private final SaCore.Context context;
    private final TimerQueue timers = new TimerQueue();
    private final Long2ObjectHashMap<IkeSa> bySpi = new Long2ObjectHashMap<>();
    private final Int2ObjectHashMap<IkeSa> byUniqueId = new Int2ObjectHashMap<>();
    private final Map<ChildState, IkeSa> byChildState = new HashMap<>();
    private final Map<Pair, Set<IkeSa>> byIds = new HashMap<>();
    private final Map<String, Set<IkeSa>> byConnection = new HashMap<>();
    private final FrontDoor frontDoor;
    private final Tally tally = new Tally();
    private Configuration configuration = Configuration.empty();
    private boolean shuttingDown;
    private int logLevel;

    /// @param shard 0 to 255, goes into the SPIs, see [Spis]
    /// @param random the only source of randomness; a strong one outside of tests
    /// @param ids shared by all shards
    public Engine(int shard, EngineSettings settings, RandomGenerator random, Ids ids) {
        this.shard = shard;
        this.context = new SaCore.Context(settings, random, ids, new ShardLookup());
        this.frontDoor = new FrontDoor(context);
        this.logLevel = settings.logLevel();
    }

    /// Log lines above this level are no longer made, as nobody prints them.
    public void logUpTo(int level) {
        logLevel = level;
    }

    private final class ShardLookup implements SaCore.Lookup {
        @Override
        public Configuration configuration() {
            return configuration;
        }

        @Override
        public Tally tally() {
            return tally;
        }

        @Override
        public List<IkeSa> duplicates(SaCore of) {
            return byIds.getOrDefault(Pair.of(of), Set.of()).stream()
                    .filter(sa -> sa.core() != of)
                    .toList();
        }
    }

    /// Takes one input; returns what must be done, in order. The same history gives the same
    /// effects.
    public List<Effect> handle(Instant now, Input input) {
        var out = new Outbox(timers, logLevel);
        switch (input) {
            case Input.Received received -> onReceived(now, received, out);
            case Input.Tick() -> onTick(now, out);
            case Input.Computed(IkeSpi spi, long ticket, var result) -> {
                if (bySpi.containsKey(spi.value())) {
                    tell(spi, new SaInput.Computed(ticket, result), now, out);
                } else {
                    IkeSa.discard(result);
                }
            }
            case Input.KernelAnswered(IkeSpi spi, long ticket, KernelAnswer answer) ->
                    onKernelAnswer(spi, ticket, answer, now, out);
            case Input.Configured(Configuration next) -> configuration = next;
            case Input.Initiate initiate -> onInitiate(initiate, now, out);
            case Input.TerminateIke terminate -> onTerminateIke(terminate, now, out);
            case Input.TerminateChild terminate -> onTerminateChild(terminate, now, out);
            case Input.RekeyChild rekey -> onRekeyChild(rekey, now, out);
            case Input.ChildExpired(var destination, int protocolId, var spi, boolean hard) ->
                    tell(
                            new ChildState(destination, protocolId, spi),
                            new SaInput.ChildExpired(protocolId, spi, hard),
                            now,
                            out);
            case Input.PeerSeen(var destination, int protocolId, var spi, var remote) ->
                    tell(
                            new ChildState(destination, protocolId, spi),
                            new SaInput.PeerSeen(remote),
                            now,
                            out);
            case Input.DuplicatesObsolete obsolete -> onObsolete(obsolete, now, out);
            case Input.Shutdown() -> onShutdown(now, out);
        }
        out.takeAparts().forEach(apart -> initiateApart(apart, now, out));
        for (var asides = out.takeAsides(); !asides.isEmpty(); asides = out.takeAsides()) {
            asides.forEach(aside -> tell(aside.sa(), aside.input(), now, out));
        }
        countRekeyings(out.effects());
        return out.effects();
    }

    private void countRekeyings(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Tell(Event.ChildRekeyed rekeyed)) {
                tally.count(rekeyed.ike().connection().name(), Tally.Counter.CHILD_REKEY);
            } else if (effect instanceof Effect.Tell(Event.IkeRekeyed(_, IkeView next))) {
                tally.count(
                        next.connection().name(),
                        next.initiator()
                                ? Tally.Counter.IKE_REKEY_INIT
                                : Tally.Counter.IKE_REKEY_RESP);
            }
        }
    }

    /// When to call [#handle] with a [Input.Tick] at the latest.
    public Optional<Instant> nextDeadline() {
        return timers.next();
    }

    public List<IkeView> views() {
        return bySpi.values().stream().map(IkeSa::view).toList();
    }

    /// Of all SAs, in no order.
    public int[] uniqueIds() {
        return byUniqueId.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    /// Those of these SAs that are here.
    public List<IkeView> viewsOf(Set<Integer> uniqueIds) {
        return uniqueIds.stream()
                .map(byUniqueId::get)
                .filter(Objects::nonNull)
                .map(IkeSa::view)
                .toList();
    }

    /// Live SAs of one connection.
    public List<IkeView> viewsOf(String connection) {
        return byConnection.getOrDefault(connection, Set.of()).stream().map(IkeSa::view).toList();
    }

    public int size() {
        return bySpi.size();
    }

    public Tally tally() {
        return tally;
    }

    /// SAs that have not ended; one that only repeats its last answer has.
    public int liveCount() {
        return (int) bySpi.values().stream().filter(IkeSa::isLive).count();
    }

    public int halfOpenCount() {
        return frontDoor.halfOpenCount();
    }

    /// Records of all established SAs between two exchanges.
    public List<IkeSaSnapshot> snapshots() {
        return bySpi.values().stream().map(IkeSaSnapshot::of).flatMap(Optional::stream).toList();
    }

    /// Takes over an SA from a record.
    ///
    /// @throws IllegalArgumentException if its connection is not configured
    public List<Effect> restore(Instant now, IkeSaSnapshot snapshot) {
        var out = new Outbox(timers, logLevel);
        IkeSa sa = snapshot.restore(context, configuration, now, out);
        register(sa);
        index(sa);
        return out.effects();
    }

    private void onReceived(Instant now, Input.Received received, Outbox out) {
        IkeHeader header;
        try {
            header = IkeHeader.decode(received.datagram().asBuffer());
        } catch (PeerViolation e) {
            tally.count("", Tally.Counter.INVALID);
            out.tell(new Event.Dropped(Cause.MALFORMED));
            return;
        }
        var in =
                new SaInput.Received(
                        received.local(), received.remote(), header, received.datagram());
        IkeSpi own = header.fromInitiator() ? header.responderSpi() : header.initiatorSpi();
        if (own.equals(IkeSpi.ZERO)) {
            if (isReflection(header)) {
                out.tell(new Event.Dropped(Cause.NOT_EXPECTED));
            } else if (!shuttingDown) {
                frontDoor.onInit(now, in, out, this::newSpi).ifPresent(sa -> adopt(sa, now, out));
            }
            return;
        }
        IkeSa sa = bySpi.get(own.value());
        if (sa == null || !fits(sa.core(), header) || header.majorVersion() != MAJOR_VERSION) {
            tally.count("", Tally.Counter.INVALID_SPI);
            out.tell(new Event.Dropped(Cause.UNKNOWN_SPI));
            return;
        }
        run(sa, in, now, out);
    }

    /// Our own IKE_SA_INIT request, thrown back at us.
    private boolean isReflection(IkeHeader header) {
        IkeSa sa = bySpi.get(header.initiatorSpi().value());
        return sa != null && sa.core().isInitiator();
    }

    private void adopt(FrontDoor.Arrival arrival, Instant now, Outbox out) {
        switch (arrival) {
            case FrontDoor.Arrival.Fresh(IkeSa sa) -> {
                register(sa);
                index(sa);
            }
            case FrontDoor.Arrival.Repeated(IkeSpi sa, SaInput.Received in) ->
                    tell(sa, in, now, out);
        }
    }

    private static boolean fits(SaCore core, IkeHeader header) {
        IkeSpi peer = header.fromInitiator() ? header.initiatorSpi() : header.responderSpi();
        boolean spiFits = core.peerSpi().equals(IkeSpi.ZERO) || core.peerSpi().equals(peer);
        return spiFits && header.fromInitiator() != core.isInitiator();
    }

    private void onTick(Instant now, Outbox out) {
        for (var due = timers.poll(now); due.isPresent(); due = timers.poll(now)) {
            tell(due.get().sa(), new SaInput.TimerDue(due.get().kind()), now, out);
        }
    }

    private void onKernelAnswer(
            IkeSpi spi, long ticket, KernelAnswer answer, Instant now, Outbox out) {
        if (bySpi.containsKey(spi.value())) {
            tell(spi, new SaInput.KernelAnswered(ticket, answer), now, out);
        } else if (answer instanceof KernelAnswer.Refused(String errno, String text)) {
            out.log(Group.KNL, 0, "kernel refused: %s (%s)", text, errno);
        }
    }

    private void onObsolete(Input.DuplicatesObsolete obsolete, Instant now, Outbox out) {
        var pair = new Pair(obsolete.localId(), obsolete.remoteId(), obsolete.v6());
        for (IkeSa sa : List.copyOf(byIds.getOrDefault(pair, Set.of()))) {
            SetUp.end(sa.core(), obsolete).ifPresent(input -> run(sa, input, now, out));
        }
    }

    private void onInitiate(Input.Initiate initiate, Instant now, Outbox out) {
        var refusals = new ArrayList<String>();
        Optional<Connection> usable = Usable.part(initiate.connection(), refusals);
        Optional<Child> child =
                initiate.child().flatMap(name -> usable.flatMap(c -> c.child(name)));
        Optional<Reason> refusal =
                Initiations.refusal(shuttingDown, initiate, usable, child, refusals);
        if (refusal.isPresent()) {
            Initiations.done(initiate, refusal, out);
            return;
        }
        if (joins(initiate, usable.orElseThrow(), child, now, out)) {
            return;
        }
        var core = fresh(usable.orElseThrow(), child, initiate.local(), initiate.remote());
        core.attempt(initiate.attempt());
        Initiations.waits(core, initiate, out);
        begin(core, now, out);
    }

    private SaCore fresh(
            Connection connection, Optional<Child> child, Endpoint local, Endpoint remote) {
        IkeSpi spi = newSpi();
        var core = SaCore.fresh(context, true, spi, connection, local, remote);
        core.wantedChild(child);
        return core;
    }

    private void begin(SaCore core, Instant now, Outbox out) {
        core.now(now);
        IkeSa sa = IkeSa.initiate(core, core.wantedChild(), out);
        register(sa);
        index(sa);
    }

    /// A CHILD_SA for which the peer has no room beside others.
    private void initiateApart(Outbox.Apart apart, Instant now, Outbox out) {
        SaCore of = apart.sa();
        var core = fresh(of.connection(), Optional.of(apart.config()), of.local(), of.remote());
        of.wish(apart.config().name()).ifPresent(core::attempt);
        core.wants(apart.config().name(), core.attempt());
        of.forget(apart.config().name());
        if (apart.requestId() != 0) {
            core.waitingRequests().add(apart.requestId());
            out.tell(new Event.RequestBegan(apart.requestId(), core.uniqueId()));
        }
        begin(core, now, out);
    }

    /// Whether what is asked for exists already, is on its way, or goes over an IKE_SA that is
    /// there.
    private boolean joins(
            Input.Initiate initiate,
            Connection connection,
            Optional<Child> child,
            Instant now,
            Outbox out) {
        var candidates =
                List.copyOf(byConnection.getOrDefault(initiate.connection().name(), Set.of()));
        for (IkeSa sa : candidates) {
            if (Initiations.has(sa, child)) {
                Initiations.began(sa.core(), initiate, out);
                out.log(sa.core(), Group.CHD, 1, "not establishing again what is up already");
                Initiations.done(initiate, Optional.empty(), out);
                return true;
            }
            if (Initiations.isConnecting(sa)
                    && sa.core().wantedChild().map(Child::name).equals(initiate.child())) {
                sa.core().attempt(sa.core().attempt().joined(initiate.attempt()));
                Initiations.waits(sa.core(), initiate, out);
                return true;
            }
        }
        if (!context.settings().children().reuseIkesa() || child.isEmpty()) {
            return false;
        }
        for (IkeSa sa : candidates) {
            boolean fits = sa.isEstablished() || Initiations.isConnecting(sa);
            if (fits && Initiations.samePeer(sa.core().connection(), connection)) {
                Initiations.began(sa.core(), initiate, out);
                sa.core().wants(child.get().name(), initiate.attempt());
                List<Long> requests = initiate.requests();
                for (long requestId : requests.isEmpty() ? List.of(0L) : requests) {
                    run(sa, new SaInput.CreateChild(child.get(), requestId), now, out);
                }
                return true;
            }
        }
        return false;
    }

    private void onRekeyChild(Input.RekeyChild rekey, Instant now, Outbox out) {
        Optional<IkeSa> found = byChild(rekey.childUniqueId());
        if (found.isEmpty()) {
            out.tell(
                    new Event.RequestDone(rekey.requestId(), Optional.of(Reason.Plain.NO_SUCH_SA)));
            return;
        }
        out.tell(new Event.RequestBegan(rekey.requestId(), found.get().core().uniqueId()));
        run(
                found.get(),
                new SaInput.RekeyChild(rekey.childUniqueId(), rekey.requestId()),
                now,
                out);
    }

    private Optional<IkeSa> byChild(int childUniqueId) {
        return bySpi.values().stream()
                .filter(sa -> sa.core().childByUniqueId(childUniqueId).isPresent())
                .findFirst();
    }

    private void onTerminateIke(Input.TerminateIke terminate, Instant now, Outbox out) {
        IkeSa sa = byUniqueId.get(terminate.ikeUniqueId());
        if (sa == null) {
            out.tell(
                    new Event.RequestDone(
                            terminate.requestId(), Optional.of(Reason.Plain.NO_SUCH_SA)));
            return;
        }
        out.tell(new Event.RequestBegan(terminate.requestId(), terminate.ikeUniqueId()));
        run(
                sa,
                new SaInput.Terminate(
                        Reason.Plain.REQUESTED, terminate.requestId(), terminate.force()),
                now,
                out);
    }

    private void onTerminateChild(Input.TerminateChild terminate, Instant now, Outbox out) {
        int id = terminate.childUniqueId();
        Optional<IkeSa> found = byChild(id);
        if (found.isEmpty()) {
            out.tell(
                    new Event.RequestDone(
                            terminate.requestId(), Optional.of(Reason.Plain.NO_SUCH_SA)));
            return;
        }
        out.tell(new Event.RequestBegan(terminate.requestId(), found.get().core().uniqueId()));
        run(
                found.get(),
                new SaInput.TerminateChild(id, terminate.requestId(), terminate.force()),
                now,
                out);
    }

    private void onShutdown(Instant now, Outbox out) {
        shuttingDown = true;
        for (IkeSa sa : List.copyOf(bySpi.values())) {
            run(sa, new SaInput.Terminate(Reason.Plain.SHUTDOWN, 0, false), now, out);
        }
    }

    private void tell(ChildState state, SaInput input, Instant now, Outbox out) {
        IkeSa sa = byChildState.get(state);
        if (sa != null) {
            run(sa, input, now, out);
        }
    }

    private void tell(IkeSpi spi, SaInput input, Instant now, Outbox out) {
        IkeSa sa = bySpi.get(spi.value());
        if (sa != null) {
            run(sa, input, now, out);
        }
    }

    private void run(IkeSa sa, SaInput input, Instant now, Outbox out) {
        Marks before = Marks.of(sa);
        sa.handle(now, input, out);
        Marks after = Marks.of(sa);
        boolean gone = sa.isGone();
        if (gone || !before.same(after)) {
            unindex(sa, before);
        }
        if (gone) {
            bySpi.remove(sa.core().ownSpi().value());
            byUniqueId.remove(sa.core().uniqueId());
        } else if (!before.same(after)) {
            index(sa, after);
        }
    }

    private void register(IkeSa sa) {
        bySpi.put(sa.core().ownSpi().value(), sa);
        byUniqueId.put(sa.core().uniqueId(), sa);
    }

    private IkeSpi newSpi() {
        var label = context.settings().spiLabel();
        return Spis.draw(shard, label, context.random(), bySpi::containsKey);
    }

    private void index(IkeSa sa) {
        index(sa, Marks.of(sa));
    }

    private void index(IkeSa sa, Marks marks) {
        if (marks.halfOpen()) {
            frontDoor.index(sa, marks.remote(), marks.initiator());
        }
        if (marks.live()) {
            byConnection
                    .computeIfAbsent(marks.connection().name(), _ -> new LinkedHashSet<>(2))
                    .add(sa);
        }
        if (marks.established()) {
            context.ids().census().countEstablished(1);
            byIds.computeIfAbsent(marks.pair(), _ -> new LinkedHashSet<>(2)).add(sa);
        }
        for (ChildSa child : marks.children()) {
            var i = child.installation();
            byChildState.put(ChildState.inbound(i), sa);
            if (child.state() != ChildSa.State.DELETED) {
                byChildState.put(ChildState.outbound(i), sa);
            }
        }
    }

    /// Takes the SA out from under what it was.
    private void unindex(IkeSa sa, Marks marks) {
        if (marks.halfOpen()) {
            frontDoor.unindex(marks.remote(), marks.initiator());
        }
        if (marks.live()) {
            remove(byConnection, marks.connection().name(), sa);
        }
        if (marks.established()) {
            context.ids().census().countEstablished(-1);
            remove(byIds, marks.pair(), sa);
        }
        for (ChildSa child : marks.children()) {
            var i = child.installation();
            byChildState.remove(ChildState.inbound(i), sa);
            byChildState.remove(ChildState.outbound(i), sa);
        }
    }

    private static <K> void remove(Map<K, Set<IkeSa>> index, K key, IkeSa sa) {
        Set<IkeSa> entries = index.get(key);
        if (entries != null && entries.remove(sa) && entries.isEmpty()) {
            index.remove(key);
        }
    }
}
