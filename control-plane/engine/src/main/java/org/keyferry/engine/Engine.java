package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.keyferry.engine.Event.Dropped.Cause;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.exchange.Comeback;
import org.keyferry.engine.exchange.ConfigAnswer;
import org.keyferry.engine.exchange.CrashDetection;
import org.keyferry.engine.exchange.Redirect;
import org.keyferry.engine.exchange.SetUp;
import org.keyferry.engine.sa.Duplicates;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.Lookup;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.Task;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PeerViolation;

/// All IKE_SAs of one shard. Single-threaded; time, randomness and everything slow come from
/// outside.
public final class Engine {
    private static final int MAJOR_VERSION = 2;

    private final int shard;
    private final SaCore.Context context;
    private final TimerQueue timers = new TimerQueue();
    private final FrontDoor frontDoor;
    private final SaTable table;
    private Configuration configuration = Configuration.empty();
    private final Tally tally = new Tally();
    private final KeepaliveIntervals keepalives;
    private Optional<List<IpAddress>> ownAddresses = Optional.empty();
    private final PromisedSpis promised = new PromisedSpis();
    private Instant now = Instant.MIN;
    private boolean shuttingDown;
    private int logLevel;

    /// @param shard 0 to 255, goes into the SPIs, see [Spis]
    /// @param random the only source of randomness; a strong one outside of tests
    /// @param ids shared by all shards
    public Engine(int shard, EngineSettings settings, RandomGenerator random, Ids ids) {
        this.shard = shard;
        this.context = new SaCore.Context(settings, random, ids, new ShardLookup());
        this.frontDoor = new FrontDoor(context);
        this.keepalives =
                new KeepaliveIntervals(settings.keepAlive(), settings.paths().keepAliveLimit());
        this.table = new SaTable(frontDoor, ids.census());
        this.logLevel = settings.logLevel();
    }

    /// Log lines above this level are no longer made, as nobody prints them.
    public void logUpTo(int level) {
        logLevel = level;
    }

    private final class ShardLookup implements Lookup {
        @Override
        public Configuration configuration() {
            return configuration;
        }

        @Override
        public Duplicates duplicates(SaCore of) {
            return table.duplicates(of);
        }

        @Override
        public Optional<IkeSa> find(IkeSpi own) {
            return Optional.ofNullable(table.get(own));
        }

        @Override
        public void arrived(SaCore sa, Instant at, Outbox out) {
            frontDoor.arrived(sa, at, out);
        }

        @Override
        public KeepaliveIntervals keepalives() {
            return keepalives;
        }

        @Override
        public Tally tally() {
            return tally;
        }

        @Override
        public Optional<List<IpAddress>> ownAddresses() {
            return ownAddresses;
        }

        @Override
        public IkeSpi newSpi() {
            IkeSpi spi = Engine.this.newSpi();
            promised.add(spi, now);
            return spi;
        }
    }

    /// Takes one input; returns what must be done, in order. The same history gives the same
    /// effects.
    public List<Effect> handle(Instant now, Input input) {
        var out = new Outbox(timers, logLevel);
        this.now = now;
        switch (input) {
            case Input.Received received -> onReceived(now, received, out);
            case Input.Tick() -> onTick(now, out);
            case Input.Computed(IkeSpi spi, long ticket, var result) -> {
                if (table.has(spi)) {
                    tell(spi, new SaInput.Computed(ticket, result), now, out);
                } else {
                    IkeSa.discard(result);
                }
            }
            case Input.EapAnswered(IkeSpi spi, long ticket, var answer) ->
                    tell(spi, new SaInput.EapAnswered(ticket, answer), now, out);
            case Input.KernelAnswered(IkeSpi spi, long ticket, KernelAnswer answer) ->
                    onKernelAnswer(spi, ticket, answer, now, out);
            case Input.Addressed(IkeSpi spi, long ticket, var request, var answer) -> {
                if (table.has(spi)) {
                    tell(spi, new SaInput.Addressed(ticket, request, answer), now, out);
                } else {
                    ConfigAnswer.giveBack(request, answer, out);
                }
            }
            case Input.Configured(Configuration next) -> {
                configuration = next;
                context.ids().retainLogins(next);
            }
            case Input.Initiate initiate -> onInitiate(initiate, now, out);
            case Input.Redirect(int ike, var target) ->
                    onIkeSa(0, ike, new SaInput.Redirect(target), now, out);
            case Input.GatewayFound(IkeSpi spi, var path) ->
                    tell(spi, new SaInput.GatewayFound(path), now, out);
            case Input.LimitSession(int ike, Duration limit) -> limitSession(ike, limit, now, out);
            case Input.TerminateIke terminate -> onTerminateIke(terminate, now, out);
            case Input.TerminateChild terminate -> onTerminateChild(terminate, now, out);
            case Input.RekeyChild rekey -> onRekeyChild(rekey, now, out);
            case Input.RekeyIke(long requestId, int id) ->
                    onIkeSa(requestId, id, new SaInput.RekeyIke(requestId), now, out);
            case Input.Reauthenticate(long requestId, int id) ->
                    onIkeSa(requestId, id, new SaInput.Reauthenticate(requestId), now, out);
            case Input.ChildExpired(var destination, int protocolId, var spi, boolean hard) ->
                    tell(
                            table.byChildState(destination, protocolId, spi),
                            new SaInput.ChildExpired(protocolId, spi, hard),
                            now,
                            out);
            case Input.PeerSeen(var destination, int protocolId, var spi, var remote) ->
                    tell(
                            table.byChildState(destination, protocolId, spi),
                            new SaInput.PeerSeen(remote),
                            now,
                            out);
            case Input.TrafficSeen traffic -> onTraffic(traffic);
            case Input.NetworkChanged(var own) -> onNetworkChanged(own, now, out);
            case Input.PathsFound(IkeSpi spi, var paths) ->
                    tell(spi, new SaInput.PathsFound(paths), now, out);
            case Input.StreamOpened(IkeSpi spi, var local, var remote) -> {
                if (table.has(spi)) {
                    tell(spi, new SaInput.StreamOpened(local, remote), now, out);
                } else {
                    out.add(new Effect.CloseStream(local, remote));
                }
            }
            case Input.StreamRefused(IkeSpi spi, var remote, var reason) ->
                    tell(spi, new SaInput.StreamRefused(remote, reason), now, out);
            case Input.StreamLost lost -> onStreamLost(lost, now, out);
            case Input.DuplicatesObsolete obsolete -> onObsolete(obsolete, now, out);
            case Input.Shutdown() -> onShutdown(now, out);
        }
        for (var asides = out.takeAsides(); !asides.isEmpty(); asides = out.takeAsides()) {
            asides.forEach(aside -> tell(aside.sa(), aside.input(), now, out));
        }
        out.takeAparts().forEach(apart -> initiateApart(apart, now, out));
        out.takeAnew().forEach(anew -> setUpAnew(anew, now, out));
        out.finish();
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
        return table.all().stream().map(IkeSa::view).toList();
    }

    /// Of all SAs, in no order.
    public int[] uniqueIds() {
        return table.all().stream().mapToInt(sa -> sa.core().uniqueId()).toArray();
    }

    /// Those of these SAs that are here.
    public List<IkeView> viewsOf(Set<Integer> uniqueIds) {
        return uniqueIds.stream()
                .map(table::byUniqueId)
                .filter(Objects::nonNull)
                .map(IkeSa::view)
                .toList();
    }

    /// Live SAs of one connection.
    public List<IkeView> viewsOf(String connection) {
        return table.ofConnection(connection).stream().map(IkeSa::view).toList();
    }

    public Tally tally() {
        return tally;
    }

    public int size() {
        return table.size();
    }

    /// SAs that have not ended; one that only repeats its last answer has.
    public int liveCount() {
        return (int) table.all().stream().filter(IkeSa::isLive).count();
    }

    public int halfOpenCount() {
        return frontDoor.halfOpenCount();
    }

    /// Records of all established SAs between two exchanges.
    public List<IkeSaSnapshot> snapshots() {
        return table.all().stream().map(IkeSaSnapshot::of).flatMap(Optional::stream).toList();
    }

    /// Takes over an SA from a record.
    ///
    /// @throws IllegalArgumentException if its connection is not configured
    public List<Effect> restore(Instant now, IkeSaSnapshot snapshot) {
        var out = new Outbox(timers, logLevel);
        adopt(snapshot.restore(context, configuration, now, out));
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
        IkeSa sa = table.get(own);
        if (sa == null || !fits(sa.core(), header) || header.majorVersion() != MAJOR_VERSION) {
            tally.count("", Tally.Counter.INVALID_SPI);
            out.tell(new Event.Dropped(Cause.UNKNOWN_SPI));
            // without connections the peer, who comes at once, would be turned away
            if (sa == null
                    && header.majorVersion() == MAJOR_VERSION
                    && !configuration.isEmpty()
                    && !promised.keep(own, in)) {
                CrashDetection.answer(
                        context.ids().crashTokens(), in, context.settings().port(), now, out);
            }
            return;
        }
        run(sa, in, now, out);
    }

    /// Our own IKE_SA_INIT request, thrown back at us.
    private boolean isReflection(IkeHeader header) {
        IkeSa sa = table.get(header.initiatorSpi());
        return sa != null && sa.core().isInitiator();
    }

    private void adopt(FrontDoor.Arrival arrival, Instant now, Outbox out) {
        switch (arrival) {
            case FrontDoor.Arrival.Fresh(IkeSa sa) -> adopt(sa);
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
        if (table.has(spi)) {
            tell(spi, new SaInput.KernelAnswered(ticket, answer), now, out);
        } else if (answer instanceof KernelAnswer.Refused(String errno, String text)) {
            out.log(Group.KNL, 0, "kernel refused: %s (%s)", text, errno);
        }
    }

    private void onTraffic(Input.TrafficSeen traffic) {
        for (Input.InboundState state : traffic.states()) {
            table.byChildState(state.destination(), state.protocolId(), state.spi())
                    .ifPresent(sa -> sa.onTraffic(traffic.from(), traffic.to()));
        }
    }

    private void onNetworkChanged(List<IpAddress> own, Instant now, Outbox out) {
        ownAddresses = Optional.of(own);
        for (IkeSa sa : List.copyOf(table.all())) {
            run(sa, new SaInput.NetworkChanged(), now, out);
        }
    }

    private void onStreamLost(Input.StreamLost lost, Instant now, Outbox out) {
        for (IkeSa sa : List.copyOf(table.all())) {
            boolean used =
                    sa.core().local().equals(lost.local())
                            && sa.core().remote().equals(lost.remote());
            if (used) {
                run(sa, new SaInput.StreamLost(), now, out);
            }
        }
    }

    private void onObsolete(Input.DuplicatesObsolete obsolete, Instant now, Outbox out) {
        for (IkeSa sa : table.established(obsolete.localId(), obsolete.remoteId(), obsolete.v6())) {
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
        var core = SaCore.fresh(context, true, newSpi(), connection, local, remote);
        core.wantedChild(child);
        return core;
    }

    private void begin(SaCore core, Instant now, Outbox out) {
        core.now(now);
        adopt(IkeSa.initiate(core, core.wantedChild(), out));
    }

    /// Reauthentication, by the configuration as it is now: certificates may have been replaced
    /// since.
    private void setUpAnew(Outbox.Anew anew, Instant now, Outbox out) {
        if (shuttingDown) {
            return;
        }
        SaCore of = anew.former();
        Connection current = configuration.connection(of.name()).orElse(of.connection());
        List<Child> children =
                anew.children().stream()
                        .map(c -> current.child(c.name()).orElse(c))
                        .filter(c -> anew.beside() || !comesOtherwise(anew, current, c, now, out))
                        .toList();
        if (children.isEmpty() && !anew.children().isEmpty()) {
            return;
        }
        var core = fresh(current, children.stream().findFirst(), anew.local(), anew.remote());
        Redirect.inherit(of, core, anew.beside(), anew.redirected());
        children.stream().skip(1).forEach(c -> core.tasks().add(Task.CreateChild.of(c, 0)));
        core.replacement().formerAddresses(anew.addresses());
        Comeback.wish(core, children);
        if (anew.beside()) {
            core.replacement().predecessor(of.ownSpi());
        }
        begin(core, now, out);
    }

    /// Whether a CHILD_SA of an IKE_SA that has ended is there, or comes, over another one.
    private boolean comesOtherwise(
            Outbox.Anew anew, Connection current, Child child, Instant now, Outbox out) {
        Attempt wish = anew.former().wishes().of(child.name()).orElse(Attempt.MANUAL);
        var attempt = // who waits has been told
                new Attempt(1, 0, wish.persistent(), List.of(), Optional.empty());
        var name = Optional.of(child.name());
        var initiate = new Input.Initiate(0, current, name, anew.local(), anew.remote(), attempt);
        return joins(initiate, current, Optional.of(child), now, out);
    }

    /// A CHILD_SA for which the peer has no room beside others.
    private void initiateApart(Outbox.Apart apart, Instant now, Outbox out) {
        SaCore of = apart.sa();
        var core = fresh(of.connection(), Optional.of(apart.config()), of.local(), of.remote());
        of.wishes().of(apart.config().name()).ifPresent(core::attempt);
        core.wishes().add(apart.config().name(), core.attempt());
        of.wishes().forget(apart.config().name());
        if (apart.requestId() != 0) {
            core.waitingRequests().add(apart.requestId());
            out.tell(new Event.RequestBegan(apart.requestId(), core.uniqueId()));
        }
        begin(core, now, out);
    }

    /// Whether what is asked for exists already, is on its way, or goes over an IKE_SA that is
    /// there. With `reuse_ikesa = no` nothing of that holds for somebody's request.
    private boolean joins(
            Input.Initiate initiate,
            Connection connection,
            Optional<Child> child,
            Instant now,
            Outbox out) {
        boolean reuse = context.settings().children().reuseIkesa();
        if (!reuse && !initiate.requests().isEmpty()) {
            return false;
        }
        var candidates = table.ofConnection(initiate.connection().name());
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
        if (!reuse || child.isEmpty()) {
            return false;
        }
        for (IkeSa sa : candidates) {
            if (Initiations.fits(sa, connection)) {
                Initiations.began(sa.core(), initiate, out);
                sa.core().wishes().add(child.get().name(), initiate.attempt());
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
        return table.all().stream()
                .filter(sa -> sa.core().childByUniqueId(childUniqueId).isPresent())
                .findFirst();
    }

    private void onTerminateIke(Input.TerminateIke terminate, Instant now, Outbox out) {
        long requestId = terminate.requestId();
        var input = new SaInput.Terminate(Reason.Plain.REQUESTED, requestId, terminate.force());
        onIkeSa(requestId, terminate.ikeUniqueId(), input, now, out);
    }

    private void limitSession(int ikeUniqueId, Duration limit, Instant now, Outbox out) {
        IkeSa sa = table.byUniqueId(ikeUniqueId);
        if (sa != null) {
            run(sa, new SaInput.LimitSession(limit), now, out);
        }
    }

    private void onIkeSa(long requestId, int ikeUniqueId, SaInput input, Instant now, Outbox out) {
        IkeSa sa = table.byUniqueId(ikeUniqueId);
        if (sa == null) {
            out.tell(new Event.RequestDone(requestId, Optional.of(Reason.Plain.NO_SUCH_SA)));
            return;
        }
        out.tell(new Event.RequestBegan(requestId, ikeUniqueId));
        run(sa, input, now, out);
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
        for (IkeSa sa : List.copyOf(table.all())) {
            run(sa, new SaInput.Terminate(Reason.Plain.SHUTDOWN, 0, false), now, out);
        }
    }

    private void tell(Optional<IkeSa> sa, SaInput input, Instant now, Outbox out) {
        sa.ifPresent(s -> run(s, input, now, out));
    }

    private void tell(IkeSpi spi, SaInput input, Instant now, Outbox out) {
        IkeSa sa = table.get(spi);
        if (sa != null) {
            run(sa, input, now, out);
        }
    }

    private void run(IkeSa sa, SaInput input, Instant now, Outbox out) {
        SaTable.Marks before = SaTable.Marks.of(sa);
        sa.handle(now, input, out);
        table.stepped(sa, before);
        out.takeSuccessors().forEach(next -> promised.tell(adopt(next), out));
    }

    private IkeSpi adopt(IkeSa sa) {
        table.register(sa);
        table.index(sa);
        return sa.core().ownSpi();
    }

    private IkeSpi newSpi() {
        var label = context.settings().spiLabel();
        return Spis.draw(shard, label, context.random(), spi -> table.has(new IkeSpi(spi)));
    }
}
