package org.keyferry.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.AddressAnswer;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.CrashTokens;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.Path;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TicketKeys;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IpAddress;

/// A host: an engine of one shard, a kernel, and the performer of the engine's effects.
public final class SimPeer {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration KERNEL_TIME = Duration.ofMillis(1);

    private final SimWorld world;
    private final String name;
    private final List<IpAddress> addresses = new ArrayList<>();
    private IpAddress address;
    private final EngineSettings settings;
    private final RandomGenerator random;
    private final List<Event> events = new ArrayList<>();
    private List<Connection> connections = List.of();
    private List<SharedSecret> secrets = List.of();
    private List<TicketKeys.Key> ticketKeys = List.of();
    private Ids ids = new Ids();
    private Engine engine;
    private SimKernel kernel;
    private Function<EapQuery, Optional<EapAnswer>> eapBackend = _ -> Optional.empty();
    private int life;
    private long lastRequest;
    private int keepalives;
    private Optional<SimPool> pool = Optional.empty();
    private Duration addressTime = SimProcessor.COMPUTE_TIME;
    private final List<Retry> retries = new ArrayList<>();
    private final List<String> traps = new ArrayList<>();
    private Instant wakeAt = Instant.MAX;
    private final SimProcessor processor = new SimProcessor();
    private Instant asleepUntil = Instant.MIN;
    private Consumer<Event> listener = _ -> {};

    SimPeer(SimWorld world, String name, IpAddress address, EngineSettings settings) {
        this.world = world;
        this.name = name;
        this.address = address;
        this.addresses.add(address);
        this.settings = settings;
        this.random = world.split();
        this.kernel = new SimKernel(name, random);
        ids.ticketKeys().kept(List.of(), made -> ticketKeys = made);
        this.engine = newEngine();
        networkChanged();
    }

    private Engine newEngine() {
        var fresh = new Engine(0, settings, random, ids);
        if (!world.isRecorded()) {
            fresh.logUpTo(-1);
        }
        return fresh;
    }

    public String name() {
        return name;
    }

    /// The preferred one of its addresses, or the last one that it had.
    public IpAddress address() {
        return address;
    }

    public boolean holds(IpAddress wanted) {
        return addresses.contains(wanted);
    }

    /// Has these addresses from now on, the preferred one of each family first, and its engine
    /// hears of it.
    public SimPeer movesTo(String... wanted) {
        addresses.clear();
        for (String text : wanted) {
            addresses.add(IpAddress.parse(text));
        }
        if (!addresses.isEmpty()) {
            address = addresses.getFirst();
        }
        world.note("%s is at %s", name, addresses);
        networkChanged();
        return this;
    }

    private void networkChanged() {
        give(new Input.NetworkChanged(addresses));
        Instant soon = world.now().plus(SOON);
        List<Retry> late = retries.stream().filter(r -> r.at().isAfter(soon.plus(SOON))).toList();
        retries.removeAll(late);
        late.forEach(retry -> retryAt(soon, retry.wish()));
    }

    /// What is tried again later.
    private record Retry(Instant at, Effect.Reinitiate wish) {}

    /// As a host with one default route in each family answers.
    private List<Path> paths(IpAddress local, List<IpAddress> remotes) {
        var paths = new ArrayList<Path>();
        for (IpAddress remote : remotes) {
            addresses.stream()
                    .filter(own -> own.v6() == remote.v6())
                    .findFirst()
                    .ifPresent(own -> paths.add(new Path(own, remote)));
        }
        if (holds(local) && !remotes.isEmpty() && remotes.getFirst().v6() == local.v6()) {
            paths.add(new Path(local, remotes.getFirst()));
        }
        return paths.stream().distinct().toList();
    }

    EngineSettings settings() {
        return settings;
    }

    public SimKernel kernel() {
        return kernel;
    }

    public Engine engine() {
        return engine;
    }

    public List<Event> events() {
        return List.copyOf(events);
    }

    /// How many NAT keepalives it has sent.
    public int keepalives() {
        return keepalives;
    }

    public List<IkeView> views() {
        return engine.views().stream().filter(v -> !"DESTROYING".equals(v.state())).toList();
    }

    public long established() {
        return views().stream().filter(v -> "ESTABLISHED".equals(v.state())).count();
    }

    public SimPeer configured(List<Connection> newConnections, List<SharedSecret> newSecrets) {
        return configured(newConnections, newSecrets, Credentials.none());
    }

    public SimPeer configured(
            List<Connection> newConnections,
            List<SharedSecret> newSecrets,
            Credentials credentials) {
        connections = List.copyOf(newConnections);
        secrets = List.copyOf(newSecrets);
        var configuration = new Configuration(connections, secrets, Map.of(), credentials);
        give(new Input.Configured(configuration));
        return this;
    }

    /// What stands for a RADIUS server; without one nobody answers.
    public SimPeer passesEapTo(Function<EapQuery, Optional<EapAnswer>> backend) {
        eapBackend = backend;
        return this;
    }

    /// Asks for a tunnel, as a user does with `keyferry up`.
    ///
    /// @return a number for [#outcome]
    public long initiates(String connection, String child, IpAddress remote) {
        return initiates(connection, child, remote, Attempt.MANUAL);
    }

    private Connection connection(String wanted) {
        return connections.stream().filter(c -> c.name().equals(wanted)).findFirst().orElseThrow();
    }

    /// What the configuration wants, or a packet.
    public long initiates(String connection, String child, IpAddress remote, Attempt attempt) {
        long requestId = ++lastRequest;
        give(
                new Input.Initiate(
                        requestId,
                        connection(connection),
                        Optional.ofNullable(child),
                        new Endpoint(address, 500),
                        new Endpoint(remote, 500),
                        attempt));
        return requestId;
    }

    /// Gives addresses to those who ask.
    public SimPool gives(List<ConfigAttribute> attributes, String... addresses) {
        var given = new SimPool(Stream.of(addresses).map(IpAddress::parse).toList(), attributes);
        pool = Optional.of(given);
        return given;
    }

    /// How long it takes to find an address.
    public void findsAddressesIn(Duration time) {
        addressTime = time;
    }

    /// Children whose trap was asked for, in order.
    public List<String> trapsAskedFor() {
        return List.copyOf(traps);
    }

    /// Numbers that its SAs have in common, to register traps.
    public Ids ids() {
        return ids;
    }

    private long asks(LongFunction<Input> request) {
        give(request.apply(++lastRequest));
        return lastRequest;
    }

    public long terminates(int ikeUniqueId) {
        return terminates(ikeUniqueId, false);
    }

    public long terminates(int ikeUniqueId, boolean force) {
        return asks(id -> new Input.TerminateIke(id, ikeUniqueId, force));
    }

    /// Reqids of the kernel that are given out.
    public int reqidsInUse() {
        return ids.reqidsInUse();
    }

    public long terminatesChild(int childUniqueId) {
        return asks(id -> new Input.TerminateChild(id, childUniqueId, false));
    }

    public long rekeysChild(int childUniqueId) {
        return asks(id -> new Input.RekeyChild(id, childUniqueId));
    }

    public long rekeysIke(int ikeUniqueId) {
        return asks(id -> new Input.RekeyIke(id, ikeUniqueId));
    }

    public long reauthenticates(int ikeUniqueId) {
        return asks(id -> new Input.Reauthenticate(id, ikeUniqueId));
    }

    public void limitsSession(int ikeUniqueId, Duration limit) {
        give(new Input.LimitSession(ikeUniqueId, limit));
    }

    /// The unique id of the only IKE_SA that is up.
    public int ike() {
        var up = views().stream().filter(v -> "ESTABLISHED".equals(v.state())).toList();
        if (up.size() != 1) {
            throw new AssertionError(name + " has " + up.size() + " IKE_SAs");
        }
        return up.getFirst().uniqueId();
    }

    /// Of CHILD_SAs that carry traffic, by name.
    public List<ChildView> children(String child) {
        return views().stream()
                .flatMap(view -> view.children().stream())
                .filter(c -> c.installation().config().name().equals(child))
                .filter(c -> !c.state().equals("DELETED"))
                .toList();
    }

    /// The unique id of the only such CHILD_SA.
    public int child(String name) {
        var found = children(name);
        if (found.size() != 1) {
            throw new AssertionError(this.name + " has " + found.size() + " of " + name);
        }
        return found.getFirst().installation().childUniqueId();
    }

    public void shutsDown() {
        give(new Input.Shutdown());
    }

    /// Empty while the request is under way; then empty inside for success.
    public Optional<Optional<Reason>> outcome(long requestId) {
        return events.stream()
                .filter(Event.RequestDone.class::isInstance)
                .map(Event.RequestDone.class::cast)
                .filter(done -> done.requestId() == requestId)
                .map(Event.RequestDone::failure)
                .findFirst();
    }

    /// Loses everything but the configuration: the process and the kernel start anew.
    public void crashes() {
        world.note("%s crashes", name);
        life++;
        retries.clear();
        pool.ifPresent(SimPool::forgetOnline);
        ids = freshIds();
        kernel = new SimKernel(name, random);
        world.watch().crashed(this);
        engine = newEngine();
        wakeAt = Instant.MAX;
        networkChanged();
        configured(connections, secrets);
    }

    /// With the tokens' secret, the keys of tickets, and SIM cards, which lie in files.
    private Ids freshIds() {
        var fresh = new Ids();
        fresh.crashTokens(ids.crashTokens());
        fresh.ticketKeys().kept(ticketKeys, made -> ticketKeys = made);
        fresh.sims(ids.sims());
        return fresh;
    }

    /// The file with the keys of tickets is gone.
    public void losesTicketKeys() {
        ticketKeys = List.of();
    }

    /// Makes and takes tokens for quick crash detection from now on.
    public SimPeer detectsCrashes() {
        byte[] secret = new byte[CrashTokens.SECRET_BYTES];
        random.nextBytes(secret);
        ids.crashTokens(CrashTokens.of(secret));
        return this;
    }

    /// The process is replaced by one that takes over its SAs; the kernel keeps running.
    public int restartsFromSnapshots() {
        return restartsFromSnapshots(Function.identity());
    }

    int restartsFromSnapshots(Function<IkeSaSnapshot, IkeSaSnapshot> changed) {
        List<IkeSaSnapshot> snapshots = engine.snapshots().stream().map(changed).toList();
        life++;
        retries.clear();
        pool.ifPresent(SimPool::forgetOnline);
        kernel.forgetsAddressUsers();
        ids = freshIds();
        engine = newEngine();
        wakeAt = Instant.MAX;
        networkChanged();
        configured(connections, secrets);
        snapshots.forEach(snapshot -> perform(engine.restore(world.now(), snapshot)));
        kernel.keepsOnly(believed());
        return snapshots.size();
    }

    void receive(Endpoint local, Endpoint remote, Bytes datagram) {
        give(new Input.Received(local, remote, datagram));
    }

    void give(Input input) {
        perform(engine.handle(world.now(), input));
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            perform(effect);
        }
        world.watch().settled(this);
        engine.nextDeadline().ifPresent(this::wake);
    }

    /// Hears no timer for a while.
    public void sleeps(Duration time) {
        asleepUntil = world.now().plus(time);
    }

    private void wake(Instant timer) {
        Instant deadline = timer.isBefore(asleepUntil) ? asleepUntil : timer;
        if (!deadline.isBefore(wakeAt)) {
            return;
        }
        wakeAt = deadline;
        int alive = life;
        world.at(
                deadline,
                () -> {
                    if (alive != life || !deadline.equals(wakeAt)) {
                        return; // another one came earlier and saw to the rest
                    }
                    wakeAt = Instant.MAX;
                    if (world.now().isBefore(asleepUntil)) {
                        wake(asleepUntil);
                    } else {
                        give(new Input.Tick());
                    }
                });
    }

    public SimProcessor processor() {
        return processor;
    }

    private void perform(Effect effect) {
        int alive = life;
        switch (effect) {
            case Effect.Send(var local, var remote, var datagram, boolean marked, _) ->
                    world.network().send(this, local, remote, datagram, marked);
            case Effect.SendKeepalive(var local, var remote) -> {
                keepalives++;
                world.network().keepsAlive(local, remote);
            }
            case Effect.Compute(var sa, long ticket, var job) -> {
                Input.Computation result = (world.isRecorded() ? job : SmallGroup.in(job)).run();
                world.after(
                        processor.timeOf(job),
                        () -> ifAlive(alive, new Input.Computed(sa, ticket, result)));
            }
            case Effect.Kernel(var sa, long ticket, var op) -> {
                world.traffic().send();
                var answer = world.watch().perform(this, op);
                world.traffic().send();
                world.after(
                        KERNEL_TIME,
                        () -> ifAlive(alive, new Input.KernelAnswered(sa, ticket, answer)));
            }
            case Effect.Address(var sa, long ticket, var request, _) -> {
                var answer =
                        pool.map(p -> p.assign(request))
                                .orElseGet(() -> AddressAnswer.nothing(request, "no pool"));
                world.after(
                        addressTime,
                        () -> ifAlive(alive, new Input.Addressed(sa, ticket, request, answer)));
            }
            case Effect.GiveBack(var lease) -> pool.orElseThrow().giveBack(lease);
            case Effect.TakeOver(var lease) -> pool.orElseThrow().takeOver(lease);
            case Effect.Eap(var sa, long ticket, var query) ->
                    eapBackend
                            .apply(query)
                            .ifPresent(
                                    answer ->
                                            world.after(
                                                    SimProcessor.COMPUTE_TIME,
                                                    () ->
                                                            ifAlive(
                                                                    alive,
                                                                    new Input.EapAnswered(
                                                                            sa, ticket, answer))));
            case Effect.Reinitiate wish -> reinitiate(wish);
            case Effect.Trap(_, var child) -> traps.add(child);
            case Effect.FindPaths(var sa, var local, var remotes) ->
                    world.after(
                            KERNEL_TIME,
                            () -> ifAlive(alive, new Input.PathsFound(sa, paths(local, remotes))));
            case Effect.OpenStream(var sa, var local, var remote) ->
                    world.network().streams().open(this, sa, local, remote);
            case Effect.KeepStream _ -> world.network().streams().keeps();
            case Effect.CloseStream(var local, var remote) ->
                    world.network().streams().close(this, local, remote);
            case Effect.FindGateway(var sa, _, var gateway) ->
                    world.after(
                            world.lookupTime(),
                            () -> ifAlive(alive, new Input.GatewayFound(sa, path(gateway))));
            case Effect.Broadcast _ -> {}
            case Effect.Tell(var event) -> hear(event);
        }
    }

    private void hear(Event event) {
        world.watch().heard(this, event);
        listener.accept(event);
        if (world.isRecorded()) {
            events.add(event);
        }
    }

    /// Who hears of everything that this peer's engine tells.
    void tells(Consumer<Event> hearer) {
        listener = hearer;
    }

    private Optional<Path> path(Gateway gateway) {
        Optional<IpAddress> remote =
                switch (gateway) {
                    case Gateway.Address(var known) -> Optional.of(known);
                    case Gateway.Name(var host) -> Optional.ofNullable(world.names().get(host));
                };
        return remote.filter(r -> r.v6() == address.v6()).map(r -> new Path(address, r));
    }

    /// Sends the client of an IKE_SA to another gateway.
    public void redirects(int ikeUniqueId, String gateway) {
        give(new Input.Redirect(ikeUniqueId, Gateway.parse(gateway)));
    }

    /// As the daemon does it, with the connection as it is configured by now.
    private void reinitiate(Effect.Reinitiate wish) {
        retryAt(world.now().plus(wish.delay()), wish);
    }

    private void retryAt(Instant at, Effect.Reinitiate wish) {
        int alive = life;
        var retry = new Retry(at, wish);
        retries.add(retry);
        world.at(
                at,
                () -> {
                    if (retries.remove(retry)) {
                        connections.stream()
                                .filter(c -> c.name().equals(wish.connection().name()))
                                .findFirst()
                                .ifPresent(
                                        now ->
                                                ifAlive(
                                                        alive,
                                                        new Input.Initiate(
                                                                0,
                                                                now,
                                                                wish.child(),
                                                                new Endpoint(address, 500),
                                                                new Endpoint(
                                                                        wish.remote().address(),
                                                                        500),
                                                                wish.attempt())));
                    }
                });
    }

    /// What the SAs have and have given is what lies in the kernel and what the pool says.
    private void checkAddresses() {
        var own = new HashMap<IpAddress, Integer>();
        var given = new ArrayList<String>();
        for (IkeView view : engine.views()) {
            view.virtualIps().local().forEach(a -> own.merge(a, 1, Integer::sum));
            view.virtualIps()
                    .leases()
                    .forEach(lease -> given.add(lease.address() + " " + lease.identity()));
        }
        given.sort(null);
        List<String> online = pool.map(SimPool::online).orElse(List.of());
        if (!own.equals(kernel.addresses()) || !given.equals(online)) {
            throw new AssertionError(
                    "seed %d: %s has addresses %s and gave %s; kernel: %s, pool: %s"
                            .formatted(world.seed(), name, own, given, kernel.addresses(), online));
        }
    }

    private void ifAlive(int bornIn, Input input) {
        if (bornIn == life) {
            give(input);
        }
    }

    private Set<Integer> believed() {
        var believed = new TreeSet<Integer>();
        for (IkeView view : views()) {
            view.children().forEach(c -> believed.add(c.installation().childUniqueId()));
        }
        return believed;
    }

    /// What the engine believes to be installed is what the kernel has.
    void checkKernelMatchesEngine() {
        checkAddresses();
        Set<Integer> believed = believed();
        var real = new TreeSet<>(kernel.children());
        if (!believed.equals(real) || kernel.reservedSpis() > 0) {
            throw new AssertionError(
                    "seed %d: %s believes in CHILD_SAs %s, its kernel has %s and %d reserved SPIs"
                            .formatted(world.seed(), name, believed, real, kernel.reservedSpis()));
        }
    }
}
