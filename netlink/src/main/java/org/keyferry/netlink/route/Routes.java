package org.keyferry.netlink.route;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.KernelLink;

/// The kernel's links, addresses, routes and rules. Futures are those of [KernelLink#send].
public final class Routes {
    /// `NETLINK_ROUTE`.
    public static final int NETLINK_PROTOCOL = 0;

    /// For [#routes]: of every table.
    public static final int ALL_TABLES = 0;

    private final KernelLink link;

    /// Speaks through a link of its own protocol.
    ///
    /// @param link to [#NETLINK_PROTOCOL]; stays the caller's to close
    public Routes(KernelLink link) {
        this.link = link;
    }

    public CompletableFuture<List<Link>> links() {
        return link.send(RouteRequests.dumpLinks());
    }

    public CompletableFuture<Link> link(int index) {
        return link.sendForOne(RouteRequests.getLink(index));
    }

    public CompletableFuture<Link> link(String name) {
        return link.sendForOne(RouteRequests.getLink(name));
    }

    /// A virtual link without parameters, such as of kind `dummy`.
    public CompletableFuture<Void> addLink(String name, String kind) {
        return link.sendChange(RouteRequests.newLink(name, kind, _ -> {}));
    }

    /// An XFRM interface.
    ///
    /// @param parentIndex 0 for none
    public CompletableFuture<Void> addXfrmInterface(String name, int parentIndex, int ifId) {
        return link.sendChange(
                RouteRequests.newLink(
                        name, "xfrm", out -> RouteRequests.xfrmData(out, parentIndex, ifId)));
    }

    public CompletableFuture<Void> setLinkUp(int index, boolean up) {
        return link.sendChange(RouteRequests.setLinkUp(index, up));
    }

    public CompletableFuture<Void> deleteLink(int index) {
        return link.sendChange(RouteRequests.deleteLink(index));
    }

    /// Of both families.
    public CompletableFuture<List<InterfaceAddress>> addresses() {
        var ipv6 = link.send(RouteRequests.dumpAddresses(AddressFamily.IPV6));
        return link.send(RouteRequests.dumpAddresses(AddressFamily.IPV4))
                .thenCombine(
                        ipv6, (four, six) -> Stream.concat(four.stream(), six.stream()).toList());
    }

    public CompletableFuture<Void> addAddress(InterfaceAddress address) {
        return link.sendChange(RouteRequests.newAddress(address));
    }

    public CompletableFuture<Void> deleteAddress(InterfaceAddress address) {
        return link.sendChange(RouteRequests.deleteAddress(address));
    }

    /// Label for the choice of IPv6 source addresses (RFC 6724 §2.1).
    public CompletableFuture<Void> addAddressLabel(IpPrefix prefix, int label) {
        return link.sendChange(RouteRequests.newAddressLabel(prefix, label));
    }

    public CompletableFuture<Void> deleteAddressLabel(IpPrefix prefix, int label) {
        return link.sendChange(RouteRequests.deleteAddressLabel(prefix, label));
    }

    /// Routes of one table or of all.
    ///
    /// @param family IPv4 or IPv6
    /// @param table or [#ALL_TABLES]
    public CompletableFuture<List<Route>> routes(AddressFamily family, int table) {
        return link.send(RouteRequests.dumpRoutes(family, table))
                .thenApply(all -> inTable(all, table));
    }

    /// The way that a packet would go.
    public CompletableFuture<Route> lookup(InetAddress destination) {
        return lookup(destination, Optional.empty(), 0, 0);
    }

    /// The way that a packet with that source, outgoing interface and mark would go.
    ///
    /// @param interfaceIndex 0 for any
    /// @param mark 0 for none
    public CompletableFuture<Route> lookup(
            InetAddress destination, Optional<InetAddress> source, int interfaceIndex, int mark) {
        return link.sendForOne(RouteRequests.lookup(destination, source, interfaceIndex, mark));
    }

    /// `EEXIST` if the destination has a route with that priority in that table.
    public CompletableFuture<Void> addRoute(Route route) {
        return link.sendChange(RouteRequests.newRoute(route, false));
    }

    /// Adds it or puts it in the place of the one that is there.
    public CompletableFuture<Void> replaceRoute(Route route) {
        return link.sendChange(RouteRequests.newRoute(route, true));
    }

    /// Whatever its metrics; `ESRCH` if it is not there.
    public CompletableFuture<Void> deleteRoute(Route route) {
        return link.sendChange(RouteRequests.deleteRoute(route));
    }

    public CompletableFuture<List<RouteRule>> rules(AddressFamily family) {
        return link.send(RouteRequests.dumpRules(family));
    }

    public CompletableFuture<Void> addRule(RouteRule rule) {
        return link.sendChange(RouteRequests.newRule(rule));
    }

    public CompletableFuture<Void> deleteRule(RouteRule rule) {
        return link.sendChange(RouteRequests.deleteRule(rule));
    }

    /// Kernels before 4.20 do not filter.
    private static List<Route> inTable(List<Route> all, int table) {
        return table == ALL_TABLES
                ? all
                : all.stream().filter(route -> route.table() == table).toList();
    }
}
