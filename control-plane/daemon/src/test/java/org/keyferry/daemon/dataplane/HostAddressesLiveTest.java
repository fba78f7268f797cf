package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.netlink.route.Routes;
import org.keyferry.netlink.socket.LinkLimits;
import org.keyferry.netlink.socket.NetlinkLink;
import org.keyferry.settings.KernelConf;
import org.keyferry.settings.StrongswanConf;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Virtual IPs on interfaces of the kernel below, in a network namespace.
@Timeout(60)
class HostAddressesLiveTest {
    private static final Endpoint PEER = new Endpoint(IpAddress.parse("192.0.2.2"), 4500);

    private TestNamespace namespace;
    private NetlinkLink link;

    @BeforeEach
    void open() throws Exception {
        boolean root = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        assumeTrue(root, "needs root to make a network namespace");
        namespace = TestNamespace.create();
        namespace.shell(
                """
                ip link add wan type veth peer name lan
                ip address add 192.0.2.1/24 dev wan
                ip link set wan up
                ip link set lan up
                """);
        link = namespace.run(() -> NetlinkLink.open(Routes.NETLINK_PROTOCOL, LinkLimits.DEFAULT));
    }

    @AfterEach
    void close() throws Exception {
        if (link != null) {
            link.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private HostAddresses addresses(Optional<String> device) throws Exception {
        var conf =
                StrongswanConf.of(
                        org.keyferry.settings.SettingsParser.parse(
                                Path.of("strongswan.conf"),
                                device.map("charon { install_virtual_ip_on = %s }"::formatted)
                                        .orElse("")
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                org.keyferry.settings.FileSource.DISK));
        assertEquals(new KernelConf.VirtualIps(true, device), conf.kernel().virtualIps());
        var routes = new Routes(link);
        return new HostAddresses(
                routes, new RouteFinder(routes, Set.of(), 220), XfrmOptions.of(conf));
    }

    private static List<IpAddress> list(String... texts) {
        return Arrays.stream(texts).map(IpAddress::parse).toList();
    }

    private static KernelOp.AddAddresses add(String... texts) {
        return new KernelOp.AddAddresses(list(texts), PEER, false);
    }

    private static KernelOp.RemoveAddresses remove(String... texts) {
        return new KernelOp.RemoveAddresses(list(texts));
    }

    /// Of the two devices, without those of the link and the labels of the loopback.
    private String there() throws Exception {
        return namespace
                .shell(
                        "ip -o address show | sed -n 's/^[0-9]*: \\([a-z]*\\) *inet6* \\([^ ]*\\)"
                                + " .*/\\1 \\2/p' | grep -v 'lo \\|fe80\\|192.0.2.1' || :")
                .replace("\n", "; ");
    }

    @Test
    void theyAreOnTheDeviceTowardsThePeerUntilTheLastUserGoes() throws Exception {
        var held = addresses(Optional.empty());
        assertInstanceOf(KernelAnswer.Done.class, held.add(add("10.3.0.1", "fec3::1")).join());
        assertEquals("wan 10.3.0.1/32; wan fec3::1/128; ", there());
        assertTrue(namespace.shell("ip addrlabel").contains("prefix fec3::1/128 label 220"));
        held.add(add("10.3.0.1")).join();
        held.remove(remove("10.3.0.1", "fec3::1")).join();
        assertEquals("wan 10.3.0.1/32; ", there());
        assertEquals("", namespace.shell("ip addrlabel | grep 220 || :"));
        held.remove(remove("10.3.0.1")).join();
        assertEquals("", there());
        assertInstanceOf(KernelAnswer.Done.class, held.remove(remove("10.3.0.1")).join());
    }

    @Test
    void whatOneTakesAwayAndAnotherBringsIsThere() throws Exception {
        var held = addresses(Optional.empty());
        var _ = held.add(add("10.3.0.1"));
        for (int i = 0; i < 20; i++) {
            var _ = held.remove(remove("10.3.0.1"));
            var _ = held.add(add("10.3.0.1"));
        }
        held.add(add("10.3.0.2")).join();
        assertEquals("wan 10.3.0.1/32; wan 10.3.0.2/32; ", there());
        held.removeAll().join();
        assertEquals("", there());
    }

    @Test
    void theConfiguredDeviceIsTaken() throws Exception {
        var held = addresses(Optional.of("lan"));
        held.add(add("10.3.0.1")).join();
        assertEquals("lan 10.3.0.1/32; ", there());
        var other = addresses(Optional.of("absent"));
        other.add(add("10.3.0.2")).join();
        assertEquals("lan 10.3.0.1/32; wan 10.3.0.2/32; ", sorted(there()));
    }

    private static String sorted(String there) {
        return Arrays.stream(there.split("; ", 0)).sorted().reduce("", (a, b) -> a + b + "; ");
    }

    @Test
    void whatWasThereBeforeStays() throws Exception {
        namespace.shell("ip address add 10.3.0.1/32 dev lan");
        var held = addresses(Optional.empty());
        held.add(add("10.3.0.1")).join();
        held.remove(remove("10.3.0.1")).join();
        assertEquals("lan 10.3.0.1/32; ", there());
        // unless an earlier process left it behind
        held.add(new KernelOp.AddAddresses(list("10.3.0.1"), PEER, true)).join();
        held.remove(remove("10.3.0.1")).join();
        assertEquals("", there());
    }

    @Test
    void allOrNone() throws Exception {
        namespace.shell("ip address flush dev wan");
        var held = addresses(Optional.empty());
        assertInstanceOf(KernelAnswer.Refused.class, held.add(add("10.3.0.1")).join());
        namespace.shell(
                "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1; ip address add 192.0.2.1/24 dev"
                        + " wan");
        var refused =
                assertInstanceOf(
                        KernelAnswer.Refused.class, held.add(add("10.3.0.1", "fec3::1")).join());
        assertTrue(refused.text().startsWith("install virtual IP fec3::1: "), refused.text());
        assertEquals("", there());
        assertInstanceOf(KernelAnswer.Done.class, held.add(add("10.3.0.1")).join());
        assertEquals("wan 10.3.0.1/32; ", there());
    }
}
