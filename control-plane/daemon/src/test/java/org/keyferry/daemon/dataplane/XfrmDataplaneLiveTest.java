package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.nativeshim.Libc;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.socket.NetlinkLink;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;

/// Against the kernel below, in a network namespace. Kernels without ESP refuse states: then it is
/// seen that nothing is left of the attempt. `LiveTunnelCheck` is for kernels that have it.
@Timeout(60)
class XfrmDataplaneLiveTest {
    private static final int SOCKET_DGRAM = 2;
    private static final int IPPROTO_UDP = 17;
    private static final int UDP_ENCAP = 100;

    private final TestChild child = new TestChild();
    private TestNamespace namespace;
    private XfrmDataplane dataplane;

    @BeforeEach
    void open() throws Exception {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        assumeTrue(root, "needs root to make a network namespace");
        namespace = TestNamespace.create();
        namespace.shell(
                """
                ip link add wan type veth peer name lan
                ip address add 192.0.2.1/24 dev wan
                ip address add 10.1.0.1/16 dev lan
                ip -6 address add fd01::1/64 dev lan nodad
                ip link set wan up
                ip link set lan up
                ip route add default via 192.0.2.254
                """);
        dataplane = namespace.run(() -> XfrmDataplane.open(TestDataplane.WITH_ROUTES));
    }

    @AfterEach
    void close() throws Exception {
        if (dataplane != null) {
            dataplane.close();
            assertEquals(
                    "",
                    shell(
                            "ip xfrm policy; ip xfrm state; ip route show table all | grep 220"
                                    + " || :"));
            assertEquals("", shell("ip rule | grep 220 || :"));
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void spisAreReservedInTheConfiguredRange() throws Exception {
        var install = child.build();
        var allocation =
                new KernelOp.AllocateSpi(install.local(), install.remote(), ProtocolId.ESP, false);
        var answer =
                assertInstanceOf(
                        KernelAnswer.SpiAllocated.class, dataplane.perform(allocation).join());
        int spi = answer.spi().value();
        assertEquals(0xc, spi >>> 28);
        assertTrue(shell("ip xfrm state").contains("spi 0x%08x".formatted(spi)));
        var release = new KernelOp.ReleaseSpi(install.local(), install.remote(), answer.spi());
        assertEquals(new KernelAnswer.Done(), dataplane.perform(release).join());
        assertEquals("", shell("ip xfrm state"));
        assertEquals(new KernelAnswer.Done(), dataplane.perform(release).join());
    }

    @Test
    void aReservedSpiGoesWhenTheDataplaneCloses() {
        var install = child.build();
        dataplane
                .perform(
                        new KernelOp.AllocateSpi(
                                install.local(), install.remote(), ProtocolId.ESP, false))
                .join();
    }

    @Test
    void aKernelWithoutEspIsToldAndNothingIsLeft() throws Exception {
        child.encr = TestChild.AES_CBC_128;
        child.integ = TestChild.HMAC_SHA2_256_128;
        var install = new KernelOp.InstallChild(child.build(), child.keys(16, 32));
        KernelAnswer answer = dataplane.perform(install).join();
        if (answer instanceof KernelAnswer.Refused(String errnoName, String text)) {
            assertEquals("EPROTONOSUPPORT", errnoName);
            assertTrue(text.contains("CHILD_SA net{1} of IKE_SA gw[1]"), text);
            assertTrue(text.contains("CONFIG_INET_ESP"), text);
            assertEquals("", shell("ip xfrm policy; ip xfrm state"));
            assertEquals(0, dataplane.heldStates());
        } else {
            assertEquals("2", shell("ip xfrm state | grep -c ^src").strip());
            assertEquals("3", shell("ip xfrm policy | grep -c ^src").strip());
        }
        var removal = new KernelOp.RemoveChild(child.build());
        assertEquals(new KernelAnswer.Done(), dataplane.perform(removal).join());
        assertEquals("", shell("ip xfrm policy; ip xfrm state"));
    }

    @Test
    void policiesAreThoseOfTheSelectors() throws Exception {
        try (var link = namespace.run(() -> NetlinkLink.open(Xfrm.NETLINK_PROTOCOL))) {
            var policies = new Policies(new Xfrm(link), false);
            child.localTs = List.of("10.1.1.0/24");
            child.remoteTs = List.of("10.2.2.0/24[udp/53]");
            child.reqid = 9;
            List<ChildPolicy> wanted =
                    ChildPolicy.of(PolicySource.of(child.build()), Placement.ANYWHERE);
            assertTrue(Settled.of(policies.acquire("old", wanted)).join().allDone());
            String out = shell("ip xfrm policy list dir out");
            assertTrue(out.contains("src 10.1.1.0/24 dst 10.2.2.0/24 proto udp dport 53"), out);
            // 375423, less 256 for the protocol and 64 for the port
            assertTrue(out.contains("dir out priority 375103"), out);
            assertTrue(out.contains("tmpl src 192.0.2.1 dst 192.0.2.2"), out);
            assertTrue(out.contains("proto esp spi 0xd0000001 reqid 9 mode tunnel"), out);
            child.spiOut = 0xd000_0002;
            List<ChildPolicy> replacing =
                    ChildPolicy.of(PolicySource.of(child.build()), Placement.ANYWHERE);
            assertTrue(Settled.of(policies.acquire("new", replacing)).join().allDone());
            assertEquals("3", shell("ip xfrm policy | grep -c ^src").strip());
            assertTrue(shell("ip xfrm policy list dir out").contains("spi 0xd0000002"));
            wanted.forEach(policy -> policies.release("old", policy, true).join());
            assertEquals("3", shell("ip xfrm policy | grep -c ^src").strip());
            wanted.forEach(policy -> policies.release("new", policy, true).join());
            assertEquals("", shell("ip xfrm policy"));
        }
    }

    @Test
    void policiesOfOtherProgramsSurvive() throws Exception {
        String foreign =
                "src 10.8.0.0/16 dst 10.9.0.0/16 dir out priority 7"
                        + " tmpl src 192.0.2.1 dst 192.0.2.9 proto esp mode tunnel";
        shell("ip xfrm policy add " + foreign);
        var _ = dataplane.perform(child.install()).join();
        dataplane.close();
        assertTrue(shell("ip xfrm policy").contains("src 10.8.0.0/16 dst 10.9.0.0/16"));
        shell("ip xfrm policy flush");
    }

    @Test
    void routesLeadToThePeerFromAnAddressInTheSelector() throws Exception {
        try (var link = namespace.run(() -> NetlinkLink.open(Routes.NETLINK_PROTOCOL))) {
            var routes = new Routes(link);
            var finder = new RouteFinder(routes, Set.of(220), 0);
            var childRoutes = new ChildRoutes(routes, finder, TestDataplane.WITH_ROUTES);
            child.remote = "198.51.100.7";
            child.localTs = List.of("10.1.0.0/16", "fd01::/64");
            child.remoteTs = List.of("10.2.0.0/16", "fd02::/64", "198.51.100.0/24");
            childRoutes.install("one", PolicySource.of(child.build())).join();
            childRoutes.install("two", PolicySource.of(child.build())).join();
            assertEquals(
                    List.of(
                            "10.2.0.0/16 via 192.0.2.254 dev wan proto static src 10.1.0.1",
                            "198.51.100.0/24 via 192.0.2.254 dev wan proto static src 10.1.0.1"),
                    lines("ip route show table 220"));
            assertEquals(
                    List.of("fd02::/64 dev wan proto static src fd01::1 metric 1024 pref medium"),
                    lines("ip -6 route show table 220"));
            assertTrue(shell("ip rule").contains("220:\tfrom all lookup 220"));
            assertTrue(shell("ip -6 rule").contains("220:\tfrom all lookup 220"));
            // The peer's own address now has a route with another source, which must not count.
            assertEquals(
                    Optional.of(IpAddress.parse("192.0.2.1")),
                    dataplane.sourceAddress(IpAddress.parse("198.51.100.7")));
            childRoutes.remove("one").join();
            assertEquals(2, lines("ip route show table 220").size());
            childRoutes.remove("two").join();
            assertEquals(List.of(), lines("ip route show table 220"));
            assertEquals(List.of(), lines("ip -6 route show table 220"));
        }
    }

    @Test
    void theSourceAddressIsTheKernelsChoice() throws Exception {
        assertEquals(
                Optional.of(IpAddress.parse("10.1.0.1")),
                dataplane.sourceAddress(IpAddress.parse("10.1.0.77")));
        assertEquals(
                Optional.of(IpAddress.parse("fd01::1")),
                dataplane.sourceAddress(IpAddress.parse("fd01::77")));
        assertEquals(Optional.empty(), dataplane.sourceAddress(IpAddress.parse("2001:db8::1")));
    }

    @Test
    void socketsOfIkeBypassPolicies() throws Exception {
        int v4 = socket(Libc.AF_INET);
        int v6 = socket(Libc.AF_INET6);
        try {
            dataplane.prepareSocket(v4, false, true, 4500);
            dataplane.prepareSocket(v6, true, true, 4500);
            assertEquals(2, Libc.getsockopt(v4, IPPROTO_UDP, UDP_ENCAP));
            assertEquals(2, Libc.getsockopt(v6, IPPROTO_UDP, UDP_ENCAP));
            String policies = shell("ip xfrm policy");
            assertEquals(2, policies.split("socket in priority 0", -1).length - 1, policies);
            assertEquals(2, policies.split("socket out priority 0", -1).length - 1, policies);
            assertTrue(policies.contains("src ::/0 dst ::/0"), policies);
        } finally {
            Libc.close(v4);
            Libc.close(v6);
        }
    }

    private int socket(int family) throws IOException {
        return namespace.run(() -> Libc.socket(family, SOCKET_DGRAM, 0));
    }

    private String shell(String command) throws Exception {
        return namespace.shell(command);
    }

    private List<String> lines(String command) throws Exception {
        return shell(command).lines().map(String::strip).toList();
    }
}
