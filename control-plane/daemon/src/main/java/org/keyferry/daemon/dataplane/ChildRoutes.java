package org.keyferry.daemon.dataplane;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Link;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.route.Routes;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Routes to the networks behind peers, so that this host itself sends to them from an address that
/// the CHILD_SA covers. A route that cannot be had is logged, and is no reason to do without the
/// CHILD_SA: forwarded packets need none.
final class ChildRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ChildRoutes.class);

    private final Routes routes;
    private final RouteFinder finder;
    private final XfrmOptions options;
    private final SharedEntries<IpPrefix, Route> entries;
    private final Map<Object, List<IpPrefix>> byOwner = new ConcurrentHashMap<>();

    ChildRoutes(Routes routes, RouteFinder finder, XfrmOptions options) {
        this.routes = routes;
        this.finder = finder;
        this.options = options;
        this.entries = new SharedEntries<>(new InKernel(), ChildRoutes::staysAhead);
    }

    /// Does nothing if the configuration or the kind of CHILD_SA wants no routes.
    ///
    /// @return never fails
    CompletableFuture<Void> install(Object owner, PolicySource child) {
        if (!options.installRoutes()
                || !child.config().kernel().policies()
                || (child.tags().ifIdOut() != 0 && !options.routesForInterfaces())
                || ChildPolicy.isTransport(child)
                || child.kind() == PolicySource.Kind.DROP) {
            return CompletableFuture.completedFuture(null);
        }
        if (child.kind() == PolicySource.Kind.PASS) {
            return acquire(owner, passing(child));
        }
        return routes.addresses()
                .thenCombine(
                        way(child),
                        (addresses, towards) -> {
                            if (towards.isEmpty()) {
                                LOG.info("no way to the peer of {}", child.name());
                            }
                            return towards.map(way -> plan(child, addresses, way))
                                    .orElse(List.of());
                        })
                .thenCompose(wanted -> acquire(owner, wanted))
                .exceptionally(
                        failure -> {
                            LOG.warn(
                                    "{} has no routes: {}",
                                    child.name(),
                                    Refusals.cause(failure).getMessage());
                            return null;
                        });
    }

    /// Towards the peer, or into the XFRM interface that the policies belong to.
    private CompletableFuture<Optional<Route>> way(PolicySource child) {
        InetAddress remote = Inet.of(child.remote().address());
        int ifId = child.tags().ifIdOut();
        if (ifId == 0) {
            // A peer on the link is the gateway itself.
            return finder.towards(remote, Optional.of(Inet.of(child.local().address())))
                    .thenApply(
                            found -> found.map(r -> r.gateway().isPresent() ? r : r.via(remote)));
        }
        return routes.links()
                .thenApply(
                        all ->
                                all.stream()
                                        .filter(link -> link.xfrmIfId().orElse(0) == ifId)
                                        .map(Link::index)
                                        .findFirst()
                                        .map(i -> Route.to(Inet.host(remote), options.table(), i)));
    }

    CompletableFuture<Void> remove(Object owner) {
        List<IpPrefix> held = byOwner.remove(owner);
        if (held == null) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<Void>> requests =
                held.stream().map(prefix -> entries.release(prefix, owner, true)).toList();
        return CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> acquire(Object owner, List<Route> wanted) {
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        byOwner.put(owner, wanted.stream().map(Route::destination).toList());
        List<CompletableFuture<Void>> requests =
                wanted.stream().map(r -> entries.acquire(r.destination(), owner, r)).toList();
        return Settled.of(requests)
                .thenAccept(
                        result -> {
                            for (int i = 0; i < wanted.size(); i++) {
                                if (!result.mayBeDone(i)) {
                                    giveUp(owner, wanted.get(i), result.outcomes().get(i));
                                }
                            }
                        });
    }

    private void giveUp(Object owner, Route route, Optional<Throwable> failure) {
        LOG.warn(
                "no route to {}: {}",
                route.destination(),
                failure.map(Throwable::getMessage).orElse(""));
        entries.release(route.destination(), owner, false)
                .exceptionally(
                        f -> {
                            LOG.warn("route of another CHILD_SA: {}", f.getMessage());
                            return null;
                        });
    }

    /// One route per remote prefix for which some local selector covers an address of ours.
    private List<Route> plan(PolicySource child, List<InterfaceAddress> addresses, Route towards) {
        var planned = new LinkedHashMap<IpPrefix, Route>();
        for (TrafficSelector remote : child.remoteTs()) {
            for (TrafficSelector local : child.localTs()) {
                if (!isPlain(local, remote)) {
                    continue;
                }
                sourceInside(local.addresses(), child.local().address(), addresses)
                        .ifPresent(
                                source -> {
                                    for (IpPrefix to : destinations(remote.addresses())) {
                                        planned.putIfAbsent(
                                                to, route(to, source, device(to, towards)));
                                    }
                                });
            }
        }
        return List.copyOf(planned.values());
    }

    /// What passes in the clear goes before any CHILD_SA; of other routes the newcomer's is taken.
    private static boolean staysAhead(Route present, Route newcomer) {
        boolean passes = present.type() == Route.THROW && newcomer.type() != Route.THROW;
        return passes || present.equals(newcomer);
    }

    /// Traffic between such selectors can be told by its addresses alone.
    private static boolean isPlain(TrafficSelector local, TrafficSelector remote) {
        return Selectors.between(local, remote)
                .filter(s -> s.protocol() == 0)
                .filter(s -> s.sourcePorts().mask() == 0)
                .filter(s -> s.destinationPorts().mask() == 0)
                .isPresent();
    }

    /// What passes in the clear must not follow the route of a CHILD_SA: the search in our table
    /// ends there.
    private List<Route> passing(PolicySource shunt) {
        if (options.routingTable() == 0) {
            return List.of();
        }
        return shunt.remoteTs().stream()
                .filter(remote -> shunt.localTs().stream().anyMatch(own -> isPlain(own, remote)))
                .map(remote -> Inet.prefix(remote.addresses()))
                .distinct()
                .map(to -> Route.to(to, options.table(), 0).ofType(Route.THROW))
                .toList();
    }

    /// The outer address if it is covered, else the lowest one that is.
    private static Optional<InetAddress> sourceInside(
            AddressRange range, IpAddress outer, List<InterfaceAddress> addresses) {
        return addresses.stream()
                .filter(a -> a.scope() != Route.SCOPE_HOST && a.scope() != Route.SCOPE_LINK)
                .filter(a -> (a.flags() & InterfaceAddress.TENTATIVE) == 0)
                .map(a -> IpAddress.ofBytes(a.local().address().getAddress()))
                .filter(range::contains)
                .min(
                        (a, b) ->
                                a.equals(b)
                                        ? 0
                                        : a.equals(outer)
                                                ? -1
                                                : b.equals(outer) ? 1 : a.compareTo(b))
                .map(Inet::of);
    }

    /// In the main table, a default route of ours must not collide with the host's.
    private List<IpPrefix> destinations(AddressRange remote) {
        IpPrefix prefix = Inet.prefix(remote);
        if (options.routingTable() != 0 || prefix.bits() != 0) {
            return List.of(prefix);
        }
        boolean v6 = prefix.family() == AddressFamily.IPV6;
        IpAddress upperHalf = IpAddress.parse(v6 ? "8000::" : "128.0.0.0");
        var halves = new ArrayList<IpPrefix>();
        halves.add(new IpPrefix(prefix.address(), 1));
        halves.add(new IpPrefix(Inet.of(upperHalf), 1));
        return halves;
    }

    /// What this host multicasts stays in its own network, where others send to peers, too.
    private Route device(IpPrefix destination, Route towards) {
        Optional<String> network =
                destination.address().isMulticastAddress()
                        ? options.multicastNetwork()
                        : Optional.empty();
        return network.flatMap(ChildRoutes::indexOf)
                .map(index -> Route.to(destination, options.table(), index))
                .orElse(towards);
    }

    private static Optional<Integer> indexOf(String link) {
        try {
            return Optional.ofNullable(NetworkInterface.getByName(link))
                    .map(NetworkInterface::getIndex);
        } catch (SocketException e) {
            LOG.warn("{} has no number: {}", link, e.getMessage());
            return Optional.empty();
        }
    }

    private Route route(IpPrefix destination, InetAddress source, Route towards) {
        Route route = Route.to(destination, options.table(), towards.interfaceIndex());
        // A gateway of the other family is of no use: only the device matters then.
        return towards.gateway()
                .filter(gateway -> AddressFamily.of(gateway) == destination.family())
                .map(route::via)
                .orElse(route)
                .from(source)
                .mtu(options.conf().routes().mtu(), options.conf().routes().mss());
    }

    private final class InKernel implements SharedEntries.Kernel<IpPrefix, Route> {
        @Override
        public CompletableFuture<Void> add(IpPrefix destination, Route route) {
            return routes.replaceRoute(route);
        }

        @Override
        public CompletableFuture<Void> replace(IpPrefix destination, Route route) {
            return routes.replaceRoute(route);
        }

        @Override
        public CompletableFuture<Void> remove(IpPrefix destination, Route last) {
            return routes.deleteRoute(last);
        }
    }
}
