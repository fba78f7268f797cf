package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Path;
import org.keyferry.netlink.KernelLink;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Linux: states, policies and routes through netlink.
public final class XfrmDataplane implements Dataplane {
    private static final Logger LOG = LoggerFactory.getLogger(XfrmDataplane.class);

    /// How many CHILD_SAs are removed at once when closing: their requests must fit into the link's
    /// queue.
    private static final int CLOSE_BATCH = 1_000;

    private static final int CLOSE_SECONDS = 10;

    private final Xfrm xfrm;
    private final XfrmOptions options;
    private final RouteFinder finder;
    private final ChildStates states;
    private final ChildInstaller installer;
    private final PolicyInstaller policyInstaller;
    private final Routes routes;
    private final RoutingRules rules;
    private final PortBypass portBypass;
    private final StateWatch watch;
    private final LastCounters lastCounters;

    /// Closed last, in this order.
    private final List<AutoCloseable> resources = new ArrayList<>();

    /// What was begun last for a CHILD_SA, by its inbound state.
    private final Map<StateKey, CompletableFuture<KernelAnswer>> underWay =
            new ConcurrentHashMap<>();

    private final Map<StateKey, ChildInstallation> installed = new ConcurrentHashMap<>();

    /// Of which only the inbound state is left.
    private final Map<StateKey, ChildInstallation> retired = new ConcurrentHashMap<>();

    private final HostAddresses hostAddresses;
    private final Reservations reservations;

    private volatile boolean closed;

    /// Over links that the dataplane closes.
    ///
    /// @param random for the random parts of lifetimes, safe for many threads
    /// @param kernelKnowsDirection see [ChildStates]
    XfrmDataplane(
            KernelLink xfrmLink,
            KernelLink routeLink,
            XfrmOptions options,
            RandomGenerator random,
            boolean kernelKnowsDirection) {
        this.routes = new Routes(routeLink);
        this.xfrm = new Xfrm(xfrmLink);
        this.options = options;
        this.finder = RouteFinder.of(routes, options);
        this.states = new ChildStates(random, kernelKnowsDirection, options.portsInTransport());
        var policies = new Policies(xfrm, options.conf().policyUpdate());
        var childRoutes = new ChildRoutes(routes, finder, options);
        var placements = new Placements(routes);
        this.installer = new ChildInstaller(xfrm, states, policies, childRoutes, placements);
        this.policyInstaller = new PolicyInstaller(policies, childRoutes, placements);
        this.hostAddresses = new HostAddresses(routes, finder, options);
        this.reservations = new Reservations(xfrm, states, options);
        this.rules = new RoutingRules(routes);
        this.portBypass = new PortBypass(xfrm);
        this.watch = new StateWatch(xfrm);
        this.lastCounters = new LastCounters(xfrm);
        resources.add(xfrmLink);
        resources.add(routeLink);
    }

    /// Opens the kernel in the calling thread's network namespace.
    static XfrmDataplane open(XfrmOptions options) throws IOException {
        return XfrmOpening.open(options);
    }

    /// To be called before anything is installed.
    void start(XfrmOpening.Events events) throws IOException {
        resources.addFirst(events.listen(watch));
        if (options.wantsRule()) {
            await(rules.add(options));
        }
    }

    @Override
    public CompletableFuture<KernelAnswer> perform(KernelOp op) {
        if (closed) {
            if (op instanceof KernelOp.InstallChild install) {
                install.keys().close();
            }
            return CompletableFuture.completedFuture(
                    new KernelAnswer.Refused("CLOSED", "the dataplane is closed"));
        }
        return switch (op) {
            case KernelOp.AllocateSpi allocation -> reservations.allocate(allocation);
            case KernelOp.ReleaseSpi(Endpoint local, Endpoint remote, ChildSpi spi) ->
                    reservations.release(local.address(), remote.address(), spi);
            case KernelOp.AddAddresses add -> hostAddresses.add(add);
            case KernelOp.MoveAddresses move -> hostAddresses.move(move);
            case KernelOp.RemoveAddresses remove -> hostAddresses.remove(remove);
            case KernelOp.InstallChild install ->
                    inOrder(StateKey.inbound(install.child()), () -> install(install));
            case KernelOp.RemoveChild(ChildInstallation child) ->
                    inOrder(StateKey.inbound(child), () -> remove(child));
            case KernelOp.RetireChild(ChildInstallation child) ->
                    inOrder(StateKey.inbound(child), () -> retire(child));
            case KernelOp.PreferChild(ChildInstallation child) ->
                    inOrder(StateKey.inbound(child), () -> prefer(child));
            case KernelOp.MoveChild(ChildInstallation before, ChildInstallation after) ->
                    moveInOrder(before, after);
            case KernelOp.RemoveInbound(ChildInstallation child) ->
                    inOrder(StateKey.inbound(child), () -> removeInbound(child));
        };
    }

    @Override
    public void onExpired(ExpiryListener listener) {
        watch.listener(listener);
    }

    @Override
    public void onRemoval(RemovalListener listener) {
        lastCounters.listener(listener);
    }

    @Override
    public void onMapping(MappingListener listener) {
        watch.mappings(listener);
    }

    @Override
    public CompletableFuture<KernelAnswer> install(PolicySource trapOrShunt) {
        return closed
                ? CompletableFuture.completedFuture(
                        new KernelAnswer.Refused("CLOSED", "the dataplane is closed"))
                : policyInstaller.install(trapOrShunt);
    }

    @Override
    public CompletableFuture<KernelAnswer> remove(PolicySource trapOrShunt) {
        return policyInstaller.remove(trapOrShunt);
    }

    @Override
    public void onAcquire(AcquireListener listener) {
        watch.acquires(listener);
    }

    @Override
    public Optional<String> deviceTowards(IpAddress remote) throws IOException {
        Optional<Route> way = await(finder.towards(Inet.of(remote), Optional.empty()));
        if (way.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(await(routes.link(way.get().interfaceIndex())).name());
    }

    @Override
    public void prepareSocket(int fd, boolean v6, boolean natT, int port) throws IOException {
        boolean global = options.conf().portBypass();
        if (global) {
            portBypass.exempt(v6, port);
        }
        IkeSockets.prepare(fd, v6, natT, !global);
    }

    @Override
    public void prepareStream(int fd, boolean v6) throws IOException {
        IkeSockets.prepare(fd, v6, false, true);
    }

    @Override
    public boolean frameStream(int fd) throws IOException {
        IkeSockets.takeEspFromStream(fd);
        return true;
    }

    @Override
    public Optional<IpAddress> sourceAddress(IpAddress remote) throws IOException {
        return await(finder.sourceTowards(Inet.of(remote)))
                .map(InetAddress::getAddress)
                .map(IpAddress::ofBytes);
    }

    @Override
    public CompletableFuture<List<Path>> paths(IpAddress local, List<IpAddress> remotes) {
        var found = new ArrayList<CompletableFuture<Optional<Path>>>();
        for (IpAddress remote : remotes) {
            found.add(
                    finder.sourceTowards(Inet.of(remote))
                            .thenApply(
                                    source ->
                                            source.map(
                                                    s ->
                                                            new Path(
                                                                    IpAddress.ofBytes(
                                                                            s.getAddress()),
                                                                    remote))));
        }
        remotes.stream()
                .limit(1)
                .filter(remote -> remote.v6() == local.v6())
                .forEach(remote -> found.add(presentPath(local, remote)));
        return Settled.of(found.stream().map(f -> f.<Void>thenApply(_ -> null)).toList())
                .thenApply(
                        _ ->
                                found.stream()
                                        .filter(f -> !f.isCompletedExceptionally())
                                        .flatMap(f -> f.join().stream())
                                        .distinct()
                                        .toList());
    }

    @Override
    public boolean isVirtual(IpAddress address) {
        return hostAddresses.has(address);
    }

    private CompletableFuture<Optional<Path>> presentPath(IpAddress local, IpAddress remote) {
        return finder.leads(Inet.of(local), Inet.of(remote))
                .thenApply(
                        leads -> leads ? Optional.of(new Path(local, remote)) : Optional.empty());
    }

    @Override
    public Map<StateKey, Counters> counters() {
        try {
            return await(watch.counters());
        } catch (IOException e) {
            LOG.warn("no counters: {}", e.getMessage());
            return Map.of();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            removeAll();
        } catch (IOException e) {
            LOG.warn("closing may leave something in the kernel: {}", e.getMessage());
        }
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("closing: {}", e.getMessage());
            }
        }
    }

    /// Our own view of what is in the kernel: zeros after everything was removed.
    int heldStates() {
        return watch.size();
    }

    StateWatch watch() {
        return watch;
    }

    private CompletableFuture<KernelAnswer> install(KernelOp.InstallChild op) {
        ChildInstallation child = op.child();
        StateKey key = StateKey.inbound(child);
        reservations.use(child);
        return installer
                .install(child, op.keys())
                .thenApply(
                        answer -> {
                            if (answer instanceof KernelAnswer.Done) {
                                installed.put(key, child);
                                watch.add(child);
                            }
                            return answer;
                        });
    }

    private CompletableFuture<KernelAnswer> remove(ChildInstallation child) {
        StateKey key = StateKey.inbound(child);
        watch.remove(child);
        boolean ours = installed.remove(key) != null;
        return lastCounters.before(child, ours, ours, () -> installer.remove(child, ours));
    }

    private CompletableFuture<KernelAnswer> retire(ChildInstallation child) {
        StateKey key = StateKey.inbound(child);
        watch.removeOutbound(child);
        boolean ours = installed.remove(key) != null;
        if (ours) {
            retired.put(key, child);
        }
        return lastCounters.before(child, false, ours, () -> installer.retire(child, ours));
    }

    /// A CHILD_SA that was removed meanwhile stays so.
    private CompletableFuture<KernelAnswer> move(
            ChildInstallation before, ChildInstallation after) {
        if (!installed.remove(StateKey.inbound(before), before)) {
            return CompletableFuture.completedFuture(new KernelAnswer.Done());
        }
        watch.remove(before);
        lastCounters.moved(after);
        installed.put(StateKey.inbound(after), after);
        watch.add(after);
        return hostAddresses
                .settled()
                .thenCompose(_ -> installer.move(before, after))
                .thenApply(
                        answer -> {
                            if (answer instanceof KernelAnswer.Refused) {
                                watch.lost(after);
                            }
                            return answer;
                        });
    }

    /// A CHILD_SA that was removed meanwhile stays so.
    private CompletableFuture<KernelAnswer> prefer(ChildInstallation child) {
        return installed.replace(StateKey.inbound(child), child) == null
                ? CompletableFuture.completedFuture(new KernelAnswer.Done())
                : installer.prefer(child);
    }

    private CompletableFuture<KernelAnswer> removeInbound(ChildInstallation child) {
        watch.remove(child);
        boolean ours = retired.remove(StateKey.inbound(child)) != null;
        return lastCounters.before(child, ours, false, () -> installer.removeInbound(child));
    }

    /// What comes for the CHILD_SA at its new place waits, too.
    private CompletableFuture<KernelAnswer> moveInOrder(
            ChildInstallation before, ChildInstallation after) {
        StateKey from = StateKey.inbound(before);
        StateKey to = StateKey.inbound(after);
        CompletableFuture<KernelAnswer> moved = inOrder(from, () -> move(before, after));
        if (!to.equals(from) && !moved.isDone()) {
            underWay.put(to, moved);
            var _ = moved.whenComplete((_, _) -> underWay.remove(to, moved));
        }
        return moved;
    }

    /// Begins `operation` when what was begun before for the same CHILD_SA has ended.
    private CompletableFuture<KernelAnswer> inOrder(
            StateKey key, Supplier<CompletableFuture<KernelAnswer>> operation) {
        var result = new CompletableFuture<KernelAnswer>();
        CompletableFuture<KernelAnswer> before = underWay.put(key, result);
        if (before == null) {
            begin(key, operation, result);
        } else {
            var _ = before.whenComplete((_, _) -> begin(key, operation, result));
        }
        return result;
    }

    private void begin(
            StateKey key,
            Supplier<CompletableFuture<KernelAnswer>> operation,
            CompletableFuture<KernelAnswer> result) {
        var _ =
                operation
                        .get()
                        .whenComplete(
                                (answer, failure) -> {
                                    underWay.remove(key, result);
                                    if (failure == null) {
                                        result.complete(answer);
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
    }

    private void removeAll() throws IOException {
        await(Settled.of(underWay.values().stream().map(XfrmDataplane::ended).toList()));
        var batch = new ArrayList<CompletableFuture<KernelAnswer>>();
        for (ChildInstallation child : List.copyOf(installed.values())) {
            batch.add(remove(child));
            if (batch.size() == CLOSE_BATCH) {
                report(batch);
            }
        }
        for (ChildInstallation child : List.copyOf(retired.values())) {
            batch.add(removeInbound(child));
            if (batch.size() == CLOSE_BATCH) {
                report(batch);
            }
        }
        report(batch);
        for (var release : reservations.releaseAll()) {
            batch.add(release.get());
            if (batch.size() == CLOSE_BATCH) {
                report(batch);
            }
        }
        report(batch);
        batch.add(hostAddresses.removeAll());
        report(batch);
        policyInstaller.removeAll();
        await(portBypass.remove())
                .firstFailureButGone()
                .ifPresent(failure -> LOG.warn("port_bypass: {}", failure.getMessage()));
        await(rules.remove())
                .firstFailureButGone()
                .ifPresent(failure -> LOG.warn("rule: {}", failure.getMessage()));
    }

    private static CompletableFuture<Void> ended(CompletableFuture<KernelAnswer> operation) {
        return operation.thenApply(_ -> null);
    }

    private static void report(List<CompletableFuture<KernelAnswer>> batch) throws IOException {
        for (CompletableFuture<KernelAnswer> removal : batch) {
            if (await(removal) instanceof KernelAnswer.Refused(_, String text)) {
                LOG.warn("closing: {}", text);
            }
        }
        batch.clear();
    }

    /// For the callers that may block.
    static <T> T await(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            Throwable cause = Refusals.cause(e);
            throw new IOException(
                    cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }
    }
}
