package org.keyferry.daemon.transport;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
import org.keyferry.netlink.route.RouteEvent;
import org.keyferry.netlink.route.RouteGroup;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.socket.EventSocket;
import org.keyferry.netlink.socket.NetlinkLink;
import org.keyferry.settings.SocketConf.Interfaces;

/// The addresses that the kernel knows in the network namespace of the thread that opened this. Any
/// event means: dump again, as lost events do too.
public final class KernelAddresses implements OwnAddresses {
    private static final int DUMP_SECONDS = 10;

    private final NetlinkLink link;
    private final Routes routes;
    private final Interfaces interfaces;
    private final Log log;
    private final AtomicBoolean dumpAsked = new AtomicBoolean();
    private final ExecutorService dumper =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("addresses").factory());
    private EventSocket events;

    private KernelAddresses(NetlinkLink link, Interfaces interfaces, Log log) {
        this.link = link;
        this.interfaces = interfaces;
        this.routes = new Routes(link);
        this.log = log;
    }

    /// @param interfaces whose addresses count
    public static KernelAddresses open(Interfaces interfaces, Log log) throws IOException {
        return new KernelAddresses(NetlinkLink.open(Routes.NETLINK_PROTOCOL), interfaces, log);
    }

    @Override
    public void follow(Consumer<List<InetAddress>> listener) throws IOException {
        events =
                EventSocket.route(
                        Set.of(RouteGroup.IPV4_ADDRESS, RouteGroup.IPV6_ADDRESS),
                        new Changes(() -> dumpSoon(listener), dumper));
        listener.accept(dump());
    }

    private void dumpSoon(Consumer<List<InetAddress>> listener) {
        dumpAsked.set(false);
        try {
            listener.accept(dump());
        } catch (IOException e) {
            log.log(Group.KNL, 0, "unable to list own addresses: %s", e.getMessage());
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

    private final class Changes implements EventSocket.Listener<RouteEvent> {
        private final Runnable dump;
        private final Executor executor;

        Changes(Runnable dump, Executor executor) {
            this.dump = dump;
            this.executor = executor;
        }

        @Override
        public void event(RouteEvent event) {
            overrun();
        }

        @Override
        public void overrun() {
            if (!dumper.isShutdown() && !dumpAsked.getAndSet(true)) {
                executor.execute(dump);
            }
        }

        @Override
        public void failed(IOException cause) {
            log.log(Group.KNL, 0, "address changes go unnoticed: %s", cause.getMessage());
        }
    }
}
