package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPorts;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.IpAddress;

/// Options of strongswan.conf that change what the kernel is told.
class ConfiguredKernelTest {
    private final FakeKernel kernel = new FakeKernel();
    private final TestChild child = new TestChild();

    @Test
    void policyUpdateNeverAsksWhetherAPolicyIsThere() {
        var options =
                TestDataplane.options(
                        "install_routes = no\nplugins { kernel-netlink { policy_update = yes } }");
        var dataplane = TestDataplane.over(kernel, new FakeKernel(), options);
        var _ = dataplane.perform(child.install()).join();
        assertEquals(
                List.of("update", "update", "update"),
                kernel.transcript.stream()
                        .filter(request -> request.contains(" policy "))
                        .map(request -> request.substring(0, request.indexOf(' ')))
                        .toList());
    }

    @Test
    void portBypassLetsThePortPassWhateverTheConnectionsWant() throws Exception {
        var options =
                TestDataplane.options(
                        "install_routes = no\nplugins { kernel-netlink { port_bypass = yes } }");
        var dataplane = TestDataplane.over(kernel, new FakeKernel(), options);
        dataplane.prepareSocket(-1, false, false, 500);
        dataplane.prepareSocket(-1, true, false, 500);
        dataplane.prepareSocket(-1, false, false, 500);
        assertEquals(
                Set.of(
                        "in 0.0.0.0/0 to 0.0.0.0/0 proto 17",
                        "out 0.0.0.0/0 to 0.0.0.0/0 proto 17",
                        "in 0:0:0:0:0:0:0:0/0 to 0:0:0:0:0:0:0:0/0 proto 17",
                        "out 0:0:0:0:0:0:0:0/0 to 0:0:0:0:0:0:0:0/0 proto 17"),
                kernel.policies.keySet());
        assertEquals(4, kernel.transcript.size(), "once for each");
        XfrmPolicy in = kernel.heldPolicy("in 0.0.0.0/0 to 0.0.0.0/0 proto 17");
        assertEquals(32, in.priority());
        assertEquals(List.of(), in.templates());
        assertEquals(XfrmPorts.exactly(500), in.id().selector().destinationPorts());
        assertEquals(XfrmPorts.ANY, in.id().selector().sourcePorts());
        XfrmPolicy out = kernel.heldPolicy("out 0.0.0.0/0 to 0.0.0.0/0 proto 17");
        assertEquals(XfrmPorts.exactly(500), out.id().selector().sourcePorts());
        dataplane.close();
        assertEquals(Map.of(), kernel.policies);
    }

    @Test
    void statesInTransportModeSelectByPortsIfAsked() throws Exception {
        child.mode = ChildMode.TRANSPORT;
        child.localTs = List.of("192.0.2.1/32[tcp/80]");
        child.remoteTs = List.of("192.0.2.2/32[tcp]");
        var states = new ChildStates(new SplittableRandom(1), true, true);
        XfrmSelector selector =
                states.outbound(child.build(), child.keys(20, 32), Placement.ANYWHERE)
                        .getLast()
                        .selector();
        assertEquals(6, selector.protocol());
        assertEquals(XfrmPorts.exactly(80), selector.sourcePorts());
        assertEquals(XfrmPorts.ANY, selector.destinationPorts());
    }

    @Test
    void tablesHaveNamesAndNumbers() {
        var names = TableNames.parse(List.of("# reserved", "255 local", "0x63\tvpn # ours", "x y"));
        assertEquals(
                Set.of(99, 254, 17), names.numbers(Set.of("vpn", "main", "17", "nobody's table")));
    }

    @Test
    void theRuleHasItsMarkAndIgnoredTablesShowNoWay() throws Exception {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        assumeTrue(root, "needs root to make a network namespace");
        try (var namespace = TestNamespace.create()) {
            namespace.shell(
                    """
                    ip link add wan type veth peer name lan
                    ip address add 192.0.2.1/24 dev wan
                    ip address add 10.1.0.1/16 dev lan
                    ip link set wan up
                    ip link set lan up
                    ip route add default via 192.0.2.254
                    ip route add 198.51.100.0/24 via 10.1.0.254 table 99
                    ip rule add lookup 99 priority 100
                    """);
            var peer = IpAddress.parse("198.51.100.7");
            assertEquals("10.1.0.1", source(namespace, "", peer), "as the kernel has it");
            assertEquals("192.0.2.1", source(namespace, "ignore_routing_tables = 99", peer));
            String fwmark = "plugins { kernel-netlink { fwmark = !0x42/0xff } }";
            var dataplane = namespace.run(() -> XfrmDataplane.open(TestDataplane.options(fwmark)));
            String rules = namespace.shell("ip rule; ip -6 rule");
            assertEquals(
                    2,
                    rules.split("220:\tnot from all fwmark 0x42/0xff lookup 220", -1).length - 1,
                    rules);
            dataplane.close();
            assertTrue(!namespace.shell("ip rule").contains("220"));
        }
    }

    private static String source(TestNamespace namespace, String conf, IpAddress peer)
            throws Exception {
        var dataplane = namespace.run(() -> XfrmDataplane.open(TestDataplane.options(conf)));
        Optional<IpAddress> source = dataplane.sourceAddress(peer);
        dataplane.close();
        return source.map(IpAddress::toString).orElse("none");
    }
}
