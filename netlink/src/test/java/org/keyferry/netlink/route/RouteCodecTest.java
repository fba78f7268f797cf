package org.keyferry.netlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Captured;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.Mutations;
import org.keyferry.netlink.NetlinkMessage;

class RouteCodecTest {
    private static final int RTMSG_BYTES = 12;
    private static final int IFADDRMSG_BYTES = 8;

    @Test
    void aRouteIsWrittenAsIproute2WritesIt() throws Exception {
        Route route =
                Route.to(new IpPrefix(address("10.7.0.0"), 16), 220, 3)
                        .via(address("10.3.0.2"))
                        .from(address("10.3.0.1"))
                        .mtu(1400, 1360);
        var request = RouteRequests.newRoute(route, true);
        var theirs = Captured.parts("rt_route.request.2", RTMSG_BYTES);
        var ours = Captured.parts(request.body(), RTMSG_BYTES);
        // iproute2 leaves the table attribute out when the number fits the header.
        assertEquals("dc000000", ours.remove("attribute " + RouteAttribute.TABLE));
        assertEquals(theirs, ours);
        assertEquals(Captured.message("rt_route.request.2").flags() | 1, request.flags() | 1);
        var told = RouteEvent.decode(Captured.message("rt_routedump.answer.1"));
        assertEquals(new RouteEvent.RouteChanged(route), told);
    }

    @Test
    void aLookUpTellsDeviceAndSource() throws Exception {
        Route route = Route.decode(Captured.body("rt_routeget.answer.1"));
        assertEquals(IpPrefix.host(address("10.3.0.9")), route.destination());
        assertEquals(Optional.of(address("10.3.0.1")), route.preferredSource());
        assertEquals(Optional.empty(), route.gateway());
        assertEquals(3, route.interfaceIndex());
        assertEquals(Route.TABLE_MAIN, route.table());
    }

    @Test
    void addressesAreWrittenAsIproute2WritesThem() throws Exception {
        var four = InterfaceAddress.of(3, IpPrefix.host(address("10.6.0.1")), 0);
        var six =
                new InterfaceAddress(
                        3,
                        IpPrefix.host(address("2001:db8::7")),
                        0,
                        InterfaceAddress.NO_DAD,
                        0,
                        InterfaceAddress.FOR_EVER);
        assertEquals(
                Captured.parts("rt_addr.request.2", IFADDRMSG_BYTES),
                Captured.parts(four::encode, IFADDRMSG_BYTES));
        assertEquals(
                Captured.parts("rt_addr6.request.2", IFADDRMSG_BYTES),
                Captured.parts(six::encode, IFADDRMSG_BYTES));
    }

    @Test
    void theKernelsAddressesAreRead() throws Exception {
        var first = InterfaceAddress.decode(Captured.body("rt_addrdump.answer.1"));
        assertEquals(new IpPrefix(address("10.3.0.1"), 24), first.local());
        var third = InterfaceAddress.decode(Captured.body("rt_addrdump.answer.3"));
        assertEquals(IpPrefix.host(address("2001:db8::7")), third.local());
        assertEquals(0, third.preferredSeconds());
        int wanted = InterfaceAddress.DEPRECATED | InterfaceAddress.NO_DAD;
        assertEquals(wanted, third.flags() & wanted);
        var linkLocal = InterfaceAddress.decode(Captured.body("rt_addrdump.answer.4"));
        assertTrue(linkLocal.local().address().isLinkLocalAddress());
        assertEquals(Route.SCOPE_LINK, linkLocal.scope());
    }

    @Test
    void aRuleIsWrittenAsIproute2WritesItAndReadAsTheKernelDoes() throws Exception {
        RouteRule rule = RouteRule.lookup(AddressFamily.IPV4, 220, 220).withMark(0x2a, 0xff, false);
        var theirs = Captured.parts("rt_rule.request.1", RTMSG_BYTES);
        var ours = Captured.parts(rule::encode, RTMSG_BYTES);
        assertEquals("", theirs.remove("attribute 2")); // "from all", which we need not say
        ours.keySet().removeIf(part -> !theirs.containsKey(part)); // the table, as above
        assertEquals(theirs, ours);
        assertEquals(rule, RouteRule.decode(Captured.body("rt_ruledump.answer.2")));
        var local = RouteRule.decode(Captured.body("rt_ruledump.answer.1"));
        assertEquals(List.of(0, 255), List.of(local.priority(), local.table()));
    }

    @Test
    void aLinkIsRead() throws Exception {
        var changed =
                assertInstanceOf(
                        RouteEvent.LinkChanged.class,
                        RouteEvent.decode(Captured.message("rt_link.answer.1")));
        Link link = changed.link();
        assertEquals("d0", link.name());
        assertEquals(3, link.index());
        assertEquals(Optional.of("veth"), link.kind());
        assertTrue(link.isUp() && link.isRunning() && !link.isLoopback());
    }

    @Test
    void damagedMessagesAreRefusedAndNothingElseHappens() {
        int refused = Mutations.run(7, 1_000, RouteCodecTest::decodeEverything);
        assertTrue(refused > 1_000, Integer.toString(refused));
    }

    private static void decodeEverything(NetlinkMessage message) throws MalformedKernelMessage {
        if (message.type() == RouteMessageType.NEWLINK) Link.decode(message.body());
        else RouteEvent.decode(message);
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }
}
