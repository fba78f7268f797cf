package org.keyferry.daemon.transport;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Link;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.route.RouteEvent;
import org.keyferry.netlink.route.RouteGroup;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.socket.EventSocket;
import org.keyferry.netlink.socket.NetlinkLink;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.SocketConf.Interfaces;
import org.keyferry.wire.IpAddress;

/// The addresses that the kernel knows in the network namespace of the thread that opened this. Any
/// event means: dump again, as lost events do too. Changes of the network are told together, and
/// those of routes alone not more than once a second: a router has many.
public final class KernelAddresses implements OwnAddresses {
    private static final int DUMP_SECONDS = 10;
    private static final long TOGETHER_MILLIS = 100;
    private static final long ROUTES_MILLIS = 1_000;

    /// What is listened to besides addresses.
    ///
    /// @param ownTable whose routes are ours
    public record Changes(boolean links, boolean routes, boolean rules, int ownTable) {
        public static Changes of(KernelConf conf) {
            var routes = conf.routes();
            boolean any = routes.roamEvents();
            return new Changes(
                    any,
                    any && routes.followChanges(),
                    any && routes.followRules(),
                    routes.table());
        }

        private Set<RouteGroup> groups() {
            var groups = EnumSet.of(RouteGroup.IPV4_ADDRESS, RouteGroup.IPV6_ADDRESS);
            if (links) {
                groups.add(RouteGroup.LINK);
            }
            if (routes) {
                groups.addAll(Set.of(RouteGroup.IPV4_ROUTE, RouteGroup.IPV6_ROUTE));
            }
            if (rules) {
                groups.addAll(Set.of(RouteGroup.IPV4_RULE, RouteGroup.IPV6_RULE));
            }
            return groups;
        }
    }

    private final NetlinkLink link;
    private final Routes routes;
    private final Interfaces interfaces;
    private final Log log;
    private final Changes changes;
    private final AtomicBoolean dumpAsked = new AtomicBoolean();
    private final AtomicBoolean tellAsked = new AtomicBoolean();
    private final ScheduledExecutorService dumper =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("addresses").factory());
    private volatile long lastToldMillis;
    private EventSocket events;

    private KernelAddresses(NetlinkLink link, Interfaces interfaces, Changes changes, Log log) {
        this.link = link;
        this.interfaces = interfaces;
        this.changes = changes;
        this.routes = new Routes(link);
        this.log = log;
    }

    /// @param interfaces whose addresses count
    public static KernelAddresses open(Interfaces interfaces, Changes changes, Log log)
            throws IOException {
        return new KernelAddresses(
                NetlinkLink.open(Routes.NETLINK_PROTOCOL), interfaces, changes, log);
    }

    @Override
    public void follow(Consumer<List<InetAddress>> sockets, Consumer<List<IpAddress>> network)
            throws IOException {
        events = EventSocket.route(changes.groups(), new Listener(sockets, network));
        sockets.accept(dump());
        network.accept(usable());
    }

    private void dumpNow(Consumer<List<InetAddress>> listener) {
        dumpAsked.set(false);
        try {
            listener.accept(dump());
        } catch (IOException e) {
            log.log(Group.KNL, 0, "unable to list own addresses: %s", e.getMessage());
        }
    }

    private void tellNow(Consumer<List<IpAddress>> listener) {
        tellAsked.set(false);
        lastToldMillis = millis();
        try {
            listener.accept(usable());
        } catch (IOException e) {
            log.log(Group.KNL, 0, "unable to list own addresses: %s", e.getMessage());
        }
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /// On interfaces that are up, and not under a check for duplicates.
    private List<IpAddress> usable() throws IOException {
        try {
            Set<Integer> up =
                    routes.links().get(DUMP_SECONDS, TimeUnit.SECONDS).stream()
                            .filter(Link::isUp)
                            .map(Link::index)
                            .collect(Collectors.toSet());
            Predicate<InterfaceAddress> counts = counting();
            return routes.addresses().get(DUMP_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(counts)
                    .filter(address -> up.contains(address.interfaceIndex()))
                    .filter(address -> (address.flags() & InterfaceAddress.TENTATIVE) == 0)
                    .map(address -> IpAddress.of(address.local().address()))
                    .distinct()
                    .toList();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the kernel did not list its addresses", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private List<InetAddress> dump() throws IOException {
        try {
            Predicate<InterfaceAddress> counts = counting();
            return routes.addresses().get(DUMP_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(counts)
                    .map(KernelAddresses::scoped)
                    .distinct()
                    .toList();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the kernel did not list its addresses", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Predicate<InterfaceAddress> counting()
            throws ExecutionException, TimeoutException, InterruptedException {
        if (interfaces.equals(Interfaces.ALL)) {
            return _ -> true;
        }
        Set<Integer> used =
                routes.links().get(DUMP_SECONDS, TimeUnit.SECONDS).stream()
                        .filter(each -> interfaces.uses(each.name()))
                        .map(Link::index)
                        .collect(Collectors.toSet());
        return address -> used.contains(address.interfaceIndex());
    }

    /// A link-local address can only be bound together with its interface.
    private static InetAddress scoped(InterfaceAddress address) {
        InetAddress local = address.local().address();
        if (!(local instanceof Inet6Address) || !local.isLinkLocalAddress()) {
            return local;
        }
        try {
            return Inet6Address.getByAddress(null, local.getAddress(), address.interfaceIndex());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an address", e);
        }
    }

    @Override
    public void close() {
        if (events != null) {
            events.close();
        }
        dumper.shutdownNow();
        link.close();
    }

    private final class Listener implements EventSocket.Listener<RouteEvent> {
        private final Consumer<List<InetAddress>> sockets;
        private final Consumer<List<IpAddress>> network;

        Listener(Consumer<List<InetAddress>> sockets, Consumer<List<IpAddress>> network) {
            this.sockets = sockets;
            this.network = network;
        }

        @Override
        public void event(RouteEvent event) {
            switch (event) {
                case RouteEvent.AddressChanged _, RouteEvent.AddressRemoved _ -> overrun();
                case RouteEvent.RouteChanged(Route route) -> onRoute(route);
                case RouteEvent.RouteRemoved(Route route) -> onRoute(route);
                case RouteEvent.Unrecognized _ -> {}
                default -> tellAfter(TOGETHER_MILLIS);
            }
        }

        private void onRoute(Route route) {
            if (route.table() != changes.ownTable()) {
                long since = millis() - lastToldMillis;
                tellAfter(Math.max(TOGETHER_MILLIS, ROUTES_MILLIS - since));
            }
        }

        private void tellAfter(long waitMillis) {
            if (!dumper.isShutdown() && !tellAsked.getAndSet(true)) {
                var _ = dumper.schedule(() -> tellNow(network), waitMillis, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void overrun() {
            if (!dumper.isShutdown() && !dumpAsked.getAndSet(true)) {
                dumper.execute(() -> dumpNow(sockets));
            }
            tellAfter(TOGETHER_MILLIS);
        }

        @Override
        public void failed(IOException cause) {
            log.log(Group.KNL, 0, "address changes go unnoticed: %s", cause.getMessage());
        }
    }
}
