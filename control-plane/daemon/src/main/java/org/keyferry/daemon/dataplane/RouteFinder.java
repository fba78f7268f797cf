package org.keyferry.daemon.dataplane;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.route.Routes;

/// Finds ways as if the table with the routes of CHILD_SAs did not exist: the tunnel's own packets
/// must not be sent into the tunnel.
final class RouteFinder {
    private static final Comparator<Route> BEST_FIRST =
            Comparator.<Route>comparingInt(route -> -route.destination().bits())
                    .thenComparing(Route::priority, Integer::compareUnsigned);

    private static final Comparator<Route> MAIN_TABLE_FIRST =
            Comparator.comparing(route -> route.table() != Route.TABLE_MAIN);

    /// No route, and routes of the types unreachable and prohibit.
    private static final Set<String> UNREACHABLE = Set.of("ENETUNREACH", "EHOSTUNREACH", "EACCES");

    private final Routes routes;
    private final Set<Integer> passedOver;
    private final int mark;

    /// @param passedOver tables whose routes do not count
    /// @param mark of the packets whose way is looked for, 0 for none
    RouteFinder(Routes routes, Set<Integer> passedOver, int mark) {
        this.routes = routes;
        this.passedOver = Set.copyOf(passedOver);
        this.mark = mark;
    }

    static RouteFinder of(Routes routes, XfrmOptions options) {
        var passedOver = new HashSet<>(TableNames.ofHost().numbers(options.ignoredTables()));
        passedOver.add(options.routingTable());
        return new RouteFinder(routes, passedOver, options.lookupMark());
    }

    /// The kernel knows all rules, so it is asked first. If it answers from a table that does not
    /// count, the main table is searched here, and then all others.
    ///
    /// @param source narrows the search by rules that look at it; not needed
    CompletableFuture<Optional<Route>> towards(
            InetAddress destination, Optional<InetAddress> source) {
        CompletableFuture<Route> lookup =
                routes.lookup(destination, source, 0, mark)
                        .exceptionallyCompose(
                                failure ->
                                        source.isPresent()
                                                ? routes.lookup(
                                                        destination, Optional.empty(), 0, mark)
                                                : CompletableFuture.failedFuture(failure));
        return counting(lookup, destination);
    }

    /// The address that packets to `destination` get.
    CompletableFuture<Optional<InetAddress>> sourceTowards(InetAddress destination) {
        return towards(destination, Optional.empty())
                .thenCompose(
                        found ->
                                found.isEmpty() || found.get().preferredSource().isPresent()
                                        ? CompletableFuture.completedFuture(
                                                found.flatMap(Route::preferredSource))
                                        : onInterface(found.get(), destination));
    }

    /// Whether packets from `source` have a way to `destination`.
    CompletableFuture<Boolean> leads(InetAddress source, InetAddress destination) {
        return counting(routes.lookup(destination, Optional.of(source), 0, mark), destination)
                .thenApply(Optional::isPresent)
                .exceptionally(_ -> false); // the kernel does not know such a source
    }

    private CompletableFuture<Optional<Route>> counting(
            CompletableFuture<Route> lookup, InetAddress destination) {
        return lookup.thenApply(Optional::of)
                .exceptionallyCompose(RouteFinder::noRoute)
                .thenCompose(
                        found ->
                                found.map(Route::table).filter(passedOver::contains).isPresent()
                                        ? inOtherTables(destination)
                                        : CompletableFuture.completedFuture(found));
    }

    private static CompletableFuture<Optional<Route>> noRoute(Throwable failure) {
        boolean unreachable =
                Refusals.cause(failure) instanceof KernelError error
                        && UNREACHABLE.contains(error.errnoName());
        return unreachable
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<Optional<Route>> inOtherTables(InetAddress destination) {
        return routes.routes(AddressFamily.of(destination), Routes.ALL_TABLES)
                .thenApply(
                        all ->
                                all.stream()
                                        .filter(route -> route.type() == Route.UNICAST)
                                        .filter(route -> !passedOver.contains(route.table()))
                                        .filter(route -> covers(route.destination(), destination))
                                        .min(MAIN_TABLE_FIRST.thenComparing(BEST_FIRST))
                                        .map(RouteFinder::singleHop));
    }

    private static Route singleHop(Route route) {
        if (route.nextHops().isEmpty()) {
            return route;
        }
        Route.NextHop hop = route.nextHops().getFirst();
        Route single = Route.to(route.destination(), route.table(), hop.interfaceIndex());
        single = hop.gateway().map(single::via).orElse(single);
        return route.preferredSource().map(single::from).orElse(single);
    }

    /// Prefers an address in the subnet of the next hop.
    private CompletableFuture<Optional<InetAddress>> onInterface(
            Route route, InetAddress destination) {
        InetAddress nextHop = route.gateway().orElse(destination);
        AddressFamily family = AddressFamily.of(destination);
        return routes.addresses()
                .thenApply(
                        all -> {
                            List<IpPrefix> candidates =
                                    all.stream()
                                            .filter(
                                                    a ->
                                                            a.interfaceIndex()
                                                                    == route.interfaceIndex())
                                            .filter(a -> a.scope() == Route.SCOPE_UNIVERSE)
                                            .map(InterfaceAddress::local)
                                            .filter(prefix -> prefix.family() == family)
                                            .toList();
                            return candidates.stream()
                                    .filter(prefix -> covers(prefix, nextHop))
                                    .findFirst()
                                    .or(() -> candidates.stream().findFirst())
                                    .map(IpPrefix::address);
                        });
    }

    private static boolean covers(IpPrefix prefix, InetAddress address) {
        if (prefix.family() != AddressFamily.of(address)) {
            return false;
        }
        int hostBits = prefix.family().addressBits() - prefix.bits();
        BigInteger differing =
                new BigInteger(1, prefix.address().getAddress())
                        .xor(new BigInteger(1, address.getAddress()));
        return differing.bitLength() <= hostBits;
    }
}
