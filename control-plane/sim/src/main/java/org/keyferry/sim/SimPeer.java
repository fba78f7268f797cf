package org.keyferry.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Configuration;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Engine;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Input;
import org.keyferry.engine.Reason;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapQuery;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeSaSnapshot;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// A host: an engine of one shard, a kernel, and the performer of the engine's effects.
public final class SimPeer {
    private static final Duration COMPUTE_TIME = Duration.ofMillis(1);
    private static final Duration KERNEL_TIME = Duration.ofMillis(1);

    private final SimWorld world;
    private final String name;
    private final IpAddress address;
    private final EngineSettings settings;
    private final RandomGenerator random;
    private final List<Event> events = new ArrayList<>();
    private List<Connection> connections = List.of();
    private List<SharedSecret> secrets = List.of();
    private Ids ids = new Ids();
    private Engine engine;
    private SimKernel kernel;
    private Function<EapQuery, Optional<EapAnswer>> eapBackend = _ -> Optional.empty();
    private int life;
    private long lastRequest;
    private int keepalives;
    private final List<String> traps = new ArrayList<>();
    private Instant wakeAt = Instant.MAX;
    private Instant asleepUntil = Instant.MIN;

    SimPeer(SimWorld world, String name, IpAddress address, EngineSettings settings) {
        this.world = world;
        this.name = name;
        this.address = address;
        this.settings = settings;
        this.random = world.split();
        this.kernel = new SimKernel(name, random);
        this.engine = new Engine(0, settings, random, ids);
    }

    public String name() {
        return name;
    }

    public IpAddress address() {
        return address;
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

    /// Children whose trap was asked for, in order.
    public List<String> trapsAskedFor() {
        return List.copyOf(traps);
    }

    /// Numbers that its SAs have in common, to register traps.
    public Ids ids() {
        return ids;
    }

    public long terminates(int ikeUniqueId) {
        return terminates(ikeUniqueId, false);
    }

    /// @param force without waiting for the other end
    public long terminates(int ikeUniqueId, boolean force) {
        long requestId = ++lastRequest;
        give(new Input.TerminateIke(requestId, ikeUniqueId, force));
        return requestId;
    }

    /// Reqids of the kernel that are given out.
    public int reqidsInUse() {
        return ids.reqidsInUse();
    }

    public long terminatesChild(int childUniqueId) {
        long requestId = ++lastRequest;
        give(new Input.TerminateChild(requestId, childUniqueId, false));
        return requestId;
    }

    public long rekeysChild(int childUniqueId) {
        long requestId = ++lastRequest;
        give(new Input.RekeyChild(requestId, childUniqueId));
        return requestId;
    }

    public long rekeysIke(int ikeUniqueId) {
        long requestId = ++lastRequest;
        give(new Input.RekeyIke(requestId, ikeUniqueId));
        return requestId;
    }

    public long reauthenticates(int ikeUniqueId) {
        long requestId = ++lastRequest;
        give(new Input.Reauthenticate(requestId, ikeUniqueId));
        return requestId;
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
        ids = new Ids();
        kernel = new SimKernel(name, random);
        engine = new Engine(0, settings, random, ids);
        wakeAt = Instant.MAX;
        configured(connections, secrets);
    }

    /// The process is replaced by one that takes over its SAs; the kernel keeps running.
    public int restartsFromSnapshots() {
        List<IkeSaSnapshot> snapshots = engine.snapshots();
        life++;
        ids = new Ids();
        engine = new Engine(0, settings, random, ids);
        wakeAt = Instant.MAX;
        configured(connections, secrets);
        snapshots.forEach(snapshot -> perform(engine.restore(world.now(), snapshot)));
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
                    if (alive == life) {
                        if (world.now().isBefore(asleepUntil)) {
                            wakeAt = Instant.MAX;
                            wake(asleepUntil);
                            return;
                        }
                        wakeAt = Instant.MAX;
                        give(new Input.Tick());
                    }
                });
    }

    private void perform(Effect effect) {
        int alive = life;
        switch (effect) {
            case Effect.Send(var local, var remote, var datagram, boolean marked, _) ->
                    world.network().send(this, local, remote, datagram, marked);
            case Effect.SendKeepalive(_, _) -> keepalives++;
            case Effect.Compute(var sa, long ticket, var job) -> {
                Input.Computation result = job.run();
                world.after(
                        COMPUTE_TIME, () -> ifAlive(alive, new Input.Computed(sa, ticket, result)));
            }
            case Effect.Kernel(var sa, long ticket, var op) -> {
                world.traffic().send();
                var answer = kernel.perform(op);
                world.traffic().send();
                world.after(
                        KERNEL_TIME,
                        () -> ifAlive(alive, new Input.KernelAnswered(sa, ticket, answer)));
            }
            case Effect.Eap(var sa, long ticket, var query) ->
                    eapBackend
                            .apply(query)
                            .ifPresent(
                                    answer ->
                                            world.after(
                                                    COMPUTE_TIME,
                                                    () ->
                                                            ifAlive(
                                                                    alive,
                                                                    new Input.EapAnswered(
                                                                            sa, ticket, answer))));
            case Effect.Reinitiate wish -> reinitiate(wish);
            case Effect.Trap(_, var child) -> traps.add(child);
            case Effect.Broadcast _ -> {}
            case Effect.Tell(var event) -> events.add(event);
        }
    }

    /// As the daemon does it, with the connection as it is configured by now.
    private void reinitiate(Effect.Reinitiate wish) {
        int alive = life;
        world.after(
                wish.delay(),
                () ->
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
                                                                wish.attempt()))));
    }

    private void ifAlive(int bornIn, Input input) {
        if (bornIn == life) {
            give(input);
        }
    }

    /// What the engine believes to be installed is what the kernel has.
    void checkKernelMatchesEngine() {
        var believed = new TreeSet<Integer>();
        for (IkeView view : views()) {
            view.children().forEach(c -> believed.add(c.installation().childUniqueId()));
        }
        var real = new TreeSet<>(kernel.children());
        if (!believed.equals(real) || kernel.reservedSpis() > 0) {
            throw new AssertionError(
                    "seed %d: %s believes in CHILD_SAs %s, its kernel has %s and %d reserved SPIs"
                            .formatted(world.seed(), name, believed, real, kernel.reservedSpis()));
        }
    }
}
