package org.keyferry.netlink.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Link;
import org.keyferry.netlink.route.Route;
import org.keyferry.netlink.route.RouteEvent;
import org.keyferry.netlink.route.RouteGroup;
import org.keyferry.netlink.route.RouteRule;
import org.keyferry.netlink.route.Routes;

@Timeout(60)
class LiveRoutesTest {
    private static final int TABLE = 220;

    private TestNamespace namespace;
    private NetlinkLink link;
    private Routes routes;
    private int index;

    @BeforeEach
    void open() throws Exception {
        namespace = TestNamespace.create();
        namespace.shell("ip link add d0 type veth peer d1; ip link set d0 up; ip link set d1 up");
        link = namespace.run(() -> NetlinkLink.open(Routes.NETLINK_PROTOCOL));
        routes = new Routes(link);
        index = routes.link("d0").get().index();
    }

    @AfterEach
    void close() throws Exception {
        if (link != null) link.close();
        if (namespace != null) namespace.close();
    }

    @Test
    void linksAreListedMadeSetUpAndDeleted() throws Exception {
        Link d0 = routes.link(index).get();
        assertEquals("d0", d0.name());
        assertEquals(Optional.of("veth"), d0.kind());
        assertEquals(1500, d0.mtuBytes());
        assertTrue(d0.isUp());
        assertFalse(d0.isLoopback());
        routes.addLink("br7", "bridge").get();
        Link bridge = routes.link("br7").get();
        assertFalse(bridge.isUp());
        routes.setLinkUp(bridge.index(), true).get();
        assertTrue(routes.link(bridge.index()).get().isUp());
        List<String> names = routes.links().get().stream().map(Link::name).toList();
        assertTrue(names.containsAll(List.of("lo", "d0", "d1", "br7")), names.toString());
        routes.deleteLink(bridge.index()).get();
        var gone = assertThrows(ExecutionException.class, () -> routes.link("br7").get());
        assertEquals("ENODEV", assertInstanceOf(KernelError.class, gone.getCause()).errnoName());
    }

    @Test
    void addressesOfBothFamiliesComeAndGo() throws Exception {
        var four = InterfaceAddress.of(index, prefix("10.3.0.1", 32), 0);
        var six = InterfaceAddress.of(index, prefix("2001:db8::7", 128), InterfaceAddress.NO_DAD);
        routes.addAddress(four).get();
        routes.addAddress(six).get();
        List<InterfaceAddress> all = routes.addresses().get();
        assertTrue(all.stream().anyMatch(a -> a.local().equals(four.local())), all.toString());
        InterfaceAddress found =
                all.stream().filter(a -> a.local().equals(six.local())).findFirst().orElseThrow();
        assertEquals(0, found.flags() & InterfaceAddress.TENTATIVE);
        assertEquals(InterfaceAddress.FOR_EVER, found.preferredSeconds());
        routes.addAddressLabel(six.local(), TABLE).get();
        assertTrue(namespace.shell("ip addrlabel").contains("2001:db8::7/128 label 220"));
        routes.deleteAddressLabel(six.local(), TABLE).get();
        routes.deleteAddress(four).get();
        routes.deleteAddress(six).get();
        var after = routes.addresses().get().stream().map(InterfaceAddress::local).toList();
        assertFalse(after.contains(four.local()) || after.contains(six.local()));
    }

    @Test
    void anAddressThatIsNotPreferredKeepsItsLifetime() throws Exception {
        var six =
                new InterfaceAddress(
                        index,
                        prefix("2001:db8::8", 128),
                        0,
                        InterfaceAddress.NO_DAD,
                        0,
                        InterfaceAddress.FOR_EVER);
        routes.addAddress(six).get();
        InterfaceAddress found =
                routes.addresses().get().stream()
                        .filter(a -> a.local().equals(six.local()))
                        .findFirst()
                        .orElseThrow();
        assertEquals(0, found.preferredSeconds());
        assertTrue((found.flags() & InterfaceAddress.DEPRECATED) != 0);
    }

    @Test
    void aRouteInATableOfItsOwnIsReplacedLookedUpAndDeleted() throws Exception {
        namespace.shell("ip addr add 10.3.0.1/24 dev d0");
        Route route =
                Route.to(prefix("10.7.0.0", 16), TABLE, index)
                        .via(address("10.3.0.2"))
                        .from(address("10.3.0.1"))
                        .mtu(1400, 1360);
        routes.addRoute(route).get();
        routes.replaceRoute(route.mtu(1300, 0)).get();
        Route found = routes.routes(AddressFamily.IPV4, TABLE).get().getFirst();
        assertEquals(route.destination(), found.destination());
        assertEquals(route.gateway(), found.gateway());
        assertEquals(route.preferredSource(), found.preferredSource());
        assertEquals(1300, found.mtuBytes());
        assertEquals(TABLE, found.table());
        assertEquals(
                "10.7.0.0/16 via 10.3.0.2 dev d0 proto static src 10.3.0.1 mtu 1300",
                namespace.shell("ip route list table 220").strip());
        routes.addRule(RouteRule.lookup(AddressFamily.IPV4, TABLE, TABLE)).get();
        Route chosen = routes.lookup(address("10.7.8.9")).get();
        assertEquals(Optional.of(address("10.3.0.2")), chosen.gateway());
        assertEquals(TABLE, chosen.table());
        routes.deleteRoute(route).get();
        assertEquals(List.of(), routes.routes(AddressFamily.IPV4, TABLE).get());
        assertTrue(routes.routes(AddressFamily.IPV4, Routes.ALL_TABLES).get().size() > 1);
    }

    @Test
    void throwRoutesAndOtherFamiliesGatewaysAreKept() throws Exception {
        namespace.shell("ip addr add 10.3.0.1/24 dev d0; ip -6 addr add fd00::1/64 dev d0 nodad");
        routes.addRoute(Route.to(prefix("10.8.0.0", 16), TABLE, 0).ofType(Route.THROW)).get();
        routes.addRoute(Route.to(prefix("10.9.0.0", 16), 1_000, index).via(address("fd00::2")))
                .get();
        assertEquals(Route.THROW, routes.routes(AddressFamily.IPV4, TABLE).get().getFirst().type());
        Route found = routes.routes(AddressFamily.IPV4, 1_000).get().getFirst();
        assertEquals(Optional.of(address("fd00::2")), found.gateway());
        assertEquals(1_000, found.table());
    }

    @Test
    void multipathRoutesAreReadAndWritten() throws Exception {
        namespace.shell("ip addr add 10.3.0.1/24 dev d0; ip addr add 10.4.0.1/24 dev d1");
        namespace.shell(
                "ip route add 10.5.0.0/16 table 220 nexthop via 10.3.0.2 weight 2"
                        + " nexthop via 10.4.0.2 dev d1");
        Route found = routes.routes(AddressFamily.IPV4, TABLE).get().getFirst();
        var first = new Route.NextHop(index, Optional.of(address("10.3.0.2")), 2);
        assertEquals(first, found.nextHops().getFirst());
        assertEquals(1, found.nextHops().getLast().weight());
        routes.deleteRoute(found).get();
        routes.addRoute(found).get();
        assertEquals(List.of(found), routes.routes(AddressFamily.IPV4, TABLE).get());
    }

    @Test
    void rulesComeAndGo() throws Exception {
        for (AddressFamily family : List.of(AddressFamily.IPV4, AddressFamily.IPV6)) {
            RouteRule rule = RouteRule.lookup(family, TABLE, TABLE).withMark(0x2a, 0xff, true);
            routes.addRule(rule).get();
            assertTrue(routes.rules(family).get().contains(rule), family.toString());
            routes.deleteRule(rule).get();
            assertFalse(routes.rules(family).get().contains(rule), family.toString());
        }
    }

    @Test
    void changesAreHeard() throws Exception {
        var heard = new LinkedBlockingQueue<RouteEvent>();
        var listener = new Recorder<>(heard);
        var all = EnumSet.allOf(RouteGroup.class);
        try (var _ = namespace.run(() -> EventSocket.route(all, listener))) {
            var address = InterfaceAddress.of(index, prefix("10.3.0.1", 24), 0);
            routes.addAddress(address).get();
            assertEquals(
                    address.local(),
                    await(heard, RouteEvent.AddressChanged.class).address().local());
            Route route = Route.to(prefix("10.7.0.0", 16), TABLE, index).via(address("10.3.0.2"));
            routes.addRoute(route).get();
            awaitRoute(heard, route);
            RouteRule rule = RouteRule.lookup(AddressFamily.IPV4, TABLE, TABLE);
            routes.addRule(rule).get();
            assertEquals(rule, await(heard, RouteEvent.RuleAdded.class).rule());
            routes.deleteRule(rule).get();
            assertEquals(rule, await(heard, RouteEvent.RuleRemoved.class).rule());
            routes.deleteRoute(route).get();
            await(heard, RouteEvent.RouteRemoved.class);
            routes.deleteAddress(address).get();
            await(heard, RouteEvent.AddressRemoved.class);
            routes.setLinkUp(index, false).get();
            assertFalse(await(heard, RouteEvent.LinkChanged.class).link().isUp());
            routes.deleteLink(index).get();
            await(heard, RouteEvent.LinkRemoved.class);
        }
        assertEquals(0, listener.overruns().get());
    }

    @Test
    void lostEventsAreTold() throws Exception {
        var permits = new Semaphore(0);
        var overruns = new LinkedBlockingQueue<Boolean>();
        var slow =
                new EventSocket.Listener<RouteEvent>() {
                    @Override
                    public void event(RouteEvent event) {
                        permits.acquireUninterruptibly();
                    }

                    @Override
                    public void overrun() {
                        overruns.add(true);
                    }

                    @Override
                    public void failed(IOException cause) {
                        throw new IllegalStateException(cause);
                    }
                };
        var group = EnumSet.of(RouteGroup.IPV4_RULE);
        try (var _ = namespace.run(() -> EventSocket.route(group, 1, slow))) {
            for (int i = 1; i <= 200; i++)
                routes.addRule(RouteRule.lookup(AddressFamily.IPV4, i, TABLE)).get();
            permits.release(200);
            assertEquals(true, overruns.poll(10, TimeUnit.SECONDS));
        }
    }

    private static <E> E await(LinkedBlockingQueue<? super E> heard, Class<E> type)
            throws InterruptedException {
        while (true) {
            Object event = heard.poll(10, TimeUnit.SECONDS);
            if (event == null || type.isInstance(event)) return type.cast(event);
        }
    }

    private static void awaitRoute(LinkedBlockingQueue<RouteEvent> heard, Route route)
            throws InterruptedException {
        Route found;
        do found = await(heard, RouteEvent.RouteChanged.class).route();
        while (!found.destination().equals(route.destination()));
        assertEquals(route.gateway(), found.gateway());
    }

    private static IpPrefix prefix(String text, int bits) throws Exception {
        return new IpPrefix(address(text), bits);
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }
}
