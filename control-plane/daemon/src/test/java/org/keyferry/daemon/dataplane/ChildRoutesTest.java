package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Route;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.IpAddress;

/// What the routes look like is seen in the live test; here, which there are.
class ChildRoutesTest {
    private final FakeKernel kernel = new FakeKernel();
    private final FakeKernel routes = new FakeKernel();
    private final XfrmDataplane dataplane =
            TestDataplane.over(kernel, routes, TestDataplane.WITH_ROUTES);
    private final TestChild child = new TestChild();

    ChildRoutesTest() {
        routes.reachesAll(
                Route.to(prefix("0.0.0.0/0"), Route.TABLE_MAIN, 2)
                        .via(InetAddress.ofLiteral("192.0.2.254"))
                        .from(InetAddress.ofLiteral("192.0.2.1")));
        routes.hasAddress(address("192.0.2.1/24"));
        routes.hasAddress(address("10.1.0.1/16"));
    }

    @Test
    void rulesLeadToTheTableWhileTheDataplaneIsOpen() {
        assertEquals(List.of("220 family 2", "220 family 10"), routes.rules);
        dataplane.close();
        assertEquals(List.of(), routes.rules);
    }

    @Test
    void aRuleThatWasThereStays() {
        XfrmDataplane second = TestDataplane.over(kernel, routes, TestDataplane.WITH_ROUTES);
        second.close();
        assertEquals(2, routes.rules.size());
    }

    @Test
    void aNetworkBehindThePeerHasARouteWhileItsSaLives() {
        install(child);
        assertEquals(List.of("to 10.2.0.0/16 table 220"), List.copyOf(routes.routes.keySet()));
        remove(child);
        assertEquals(Map.of(), routes.routes);
    }

    @Test
    void theRouteStaysWithTheLastUser() {
        install(child);
        var successor = new TestChild();
        successor.spiIn++;
        successor.spiOut++;
        install(successor);
        remove(child);
        assertEquals(1, routes.routes.size());
        remove(successor);
        assertEquals(Map.of(), routes.routes);
    }

    @Test
    void withoutAnAddressInTheLocalSelectorThereIsNone() {
        child.localTs = List.of("10.7.0.0/16");
        install(child);
        assertEquals(Map.of(), routes.routes);
    }

    @Test
    void selectorsWithPortsTransportModeAndInterfacesHaveNone() {
        child.remoteTs = List.of("10.2.0.0/16[tcp/80]");
        install(child);
        child.spiIn++;
        child.spiOut++;
        child.remoteTs = List.of("10.3.0.0/16");
        child.ifIdOut = 5;
        install(child);
        child.spiIn++;
        child.spiOut++;
        child.ifIdOut = 0;
        child.mode = ChildMode.TRANSPORT;
        install(child);
        assertEquals(Map.of(), routes.routes);
    }

    @Test
    void routesThroughXfrmInterfacesIfAskedFor() {
        routes.hasXfrmInterface(8, "ipsec0", 5);
        var d = KernelConf.Routes.DEFAULT;
        var through =
                new KernelConf.Routes(
                        true, 220, 220, Set.of(), true, false, true, true, 0, 0, d.fwmark());
        var options = new XfrmOptions(KernelConf.DEFAULT.with(through));
        var other = TestDataplane.over(new FakeKernel(), routes, options);
        child.ifIdOut = 5;
        other.perform(child.install()).join();
        assertEquals(List.of("to 10.2.0.0/16 table 220"), List.copyOf(routes.routes.keySet()));
        child.ifIdOut = 6;
        child.spiIn++;
        child.spiOut++;
        child.remoteTs = List.of("10.3.0.0/16");
        other.perform(child.install()).join();
        assertEquals(1, routes.routes.size(), "no interface has that id");
    }

    @Test
    void inTheMainTableADefaultRouteIsSplit() {
        var options =
                new XfrmOptions(
                        KernelConf.DEFAULT.with(KernelConf.Routes.DEFAULT.installed(true, 0)));
        var other = TestDataplane.over(new FakeKernel(), routes, options);
        child.remoteTs = List.of("0.0.0.0/0");
        other.perform(child.install()).join();
        assertEquals(
                List.of("to 0.0.0.0/1 table 254", "to 128.0.0.0/1 table 254"),
                List.copyOf(routes.routes.keySet()));
    }

    @Test
    void aPeerThatCannotBeReachedIsNoReasonToFail() {
        var unreachable = new FakeKernel();
        var other = TestDataplane.over(kernel, unreachable, TestDataplane.WITH_ROUTES);
        assertEquals(new KernelAnswer.Done(), other.perform(child.install()).join());
        assertEquals(Map.of(), unreachable.routes);
    }

    @Test
    void theSourceAddressIsThatOfTheWay() throws Exception {
        assertEquals(
                Optional.of(IpAddress.parse("192.0.2.1")),
                dataplane.sourceAddress(IpAddress.parse("198.51.100.1")));
    }

    private void install(TestChild one) {
        assertEquals(new KernelAnswer.Done(), dataplane.perform(one.install()).join());
    }

    private void remove(TestChild one) {
        assertEquals(
                new KernelAnswer.Done(),
                dataplane.perform(new KernelOp.RemoveChild(one.build())).join());
    }

    private static InterfaceAddress address(String text) {
        return InterfaceAddress.of(2, prefix(text), 0);
    }

    private static IpPrefix prefix(String text) {
        String[] parts = text.split("/", 2);
        return new IpPrefix(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
    }
}
