package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.xfrm.KeyMaterial;
import org.keyferry.netlink.xfrm.Spi;
import org.keyferry.netlink.xfrm.XfrmAction;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.netlink.xfrm.XfrmTemplate;

@Timeout(60)
class XfrmCommandsTest extends CliTest {
    private static final byte[] KEY = new byte[36];

    private static XfrmState state(int spi, int reqid, String source, String destination) {
        var id = new XfrmStateId(InetAddress.ofLiteral(destination), new Spi(spi), 50);
        return XfrmState.builder(id, InetAddress.ofLiteral(source), XfrmMode.TUNNEL)
                .reqid(reqid)
                .algorithm(
                        new XfrmAlgorithm.Aead("rfc4106(gcm(aes))", KeyMaterial.copyOf(KEY), 128))
                .encap(XfrmEncap.udp(4500, 4500))
                .build();
    }

    private static XfrmPolicy policy(
            XfrmDirection direction, String source, String destination, int... reqids) {
        var id = new XfrmPolicyId(selector(source, destination), direction);
        List<XfrmTemplate> templates =
                Arrays.stream(reqids).mapToObj(XfrmCommandsTest::template).toList();
        return XfrmPolicy.of(id, 1000, XfrmAction.ALLOW, templates);
    }

    private static XfrmTemplate template(int reqid) {
        return new XfrmTemplate(
                InetAddress.ofLiteral("192.0.2.1"),
                InetAddress.ofLiteral("192.0.2.9"),
                Spi.NONE,
                50,
                XfrmMode.TUNNEL,
                reqid,
                false);
    }

    private static XfrmSelector selector(String source, String destination) {
        return XfrmSelector.between(prefix(source), prefix(destination));
    }

    private static IpPrefix prefix(String text) {
        String[] parts = text.split("/", 2);
        return new IpPrefix(InetAddress.ofLiteral(parts[0]), Integer.parseInt(parts[1]));
    }

    private static final FakeKernel KERNEL =
            new FakeKernel(
                    List.of(
                            state(0xc0ffee01, 2, "192.0.2.2", "192.0.2.1"),
                            state(0x0ffee002, 2, "192.0.2.1", "192.0.2.2"),
                            // The peer's SPI on a state towards ourselves: somebody else's.
                            state(0x0ffee002, 9, "192.0.2.7", "192.0.2.1"),
                            state(0xdecafbad, 2, "192.0.2.1", "192.0.2.2"),
                            state(0x00012345, 77, "192.0.2.1", "192.0.2.2")),
                    List.of(
                            policy(XfrmDirection.OUT, "10.1.0.0/16", "10.2.0.0/16", 2),
                            policy(XfrmDirection.IN, "10.2.0.0/16", "10.1.0.0/16", 2),
                            policy(XfrmDirection.OUT, "10.1.0.0/16", "10.2.0.0/16", 3),
                            policy(XfrmDirection.OUT, "10.8.0.0/16", "10.7.0.0/16", 2),
                            policy(XfrmDirection.OUT, "10.1.0.0/16", "10.9.0.0/16", 4),
                            policy(XfrmDirection.OUT, "10.1.0.0/16", "10.1.9.0/24"),
                            policy(XfrmDirection.OUT, "10.1.0.0/16", "10.3.9.0/24"),
                            policy(XfrmDirection.SOCKET_IN, "0.0.0.0/0", "0.0.0.0/0")),
                    List.of());

    private static Stream<String> owners(String table) {
        return table.lines().skip(1).map(line -> line.replaceFirst(".*  ", ""));
    }

    @Test
    void statesBelongBySpiProtocolAndDestination() throws Exception {
        serveOneTunnel();
        var ran = run(KERNEL, "xfrm", "states");
        assertEquals(0, ran.status());
        assertEquals("", ran.err());
        assertEquals(
                List.of("gw/net #5", "gw/net #5", "foreign", "gw/net #5", "foreign"),
                owners(ran.out()).toList());
        assertEquals(
                "c0ffee01  esp    192.0.2.2[4500]  192.0.2.1[4500]  tunnel      2"
                        + "  AES_GCM_16_256    0 B        0    -  espinudp  gw/net #5",
                ran.out().lines().skip(1).findFirst().orElse(""));
    }

    @Test
    void policiesBelongByReqidAndSelectors() throws Exception {
        serveOneTunnel();
        var ran = run(KERNEL, "xfrm", "policies", "--sockets");
        assertEquals(
                List.of(
                        "gw/net #5",
                        "gw/net #5",
                        "foreign",
                        "foreign",
                        "branch/lan",
                        "office/printers",
                        "foreign",
                        "socket"),
                owners(ran.out()).toList());
        assertEquals(
                "out        10.1.0.0/16 === 10.2.0.0/16  allow       1000"
                        + "  esp tunnel reqid 2 192.0.2.1 192.0.2.9  -      gw/net #5",
                ran.out().lines().skip(1).findFirst().orElse(""));
        assertFalse(run(KERNEL, "xfrm", "policies").out().contains("socket"));
    }

    @Test
    void withoutADaemonTheKernelIsShownAllTheSame() {
        var ran = run(KERNEL, "xfrm", "states");
        assertEquals(0, ran.status());
        assertEquals(
                "note: owners are not known: no daemon is running: "
                        + socket()
                        + " does not exist\n",
                ran.err());
        assertEquals(List.of("unknown"), owners(ran.out()).distinct().toList());
        assertEquals(5, owners(ran.out()).count());
    }

    @Test
    void aDaemonWithoutListPoliciesIsGoodEnough() throws Exception {
        answer("list-sas", "list-sa", List.of(Samples.GW_SA), none());
        listen();
        assertEquals("gw/net #5", owners(run(KERNEL, "xfrm", "states").out()).findFirst().get());
    }

    @Test
    void jsonOfStatesAndPolicies() throws Exception {
        serveOneTunnel();
        String states = run(KERNEL, "xfrm", "states", "--json").out();
        assertTrue(states.contains("\"spi\" : \"c0ffee01\""), states);
        assertTrue(states.contains("\"connection\" : \"gw\""), states);
        assertTrue(states.contains("\"kind\" : \"foreign\""), states);
        assertFalse(states.contains("key"), states);
        String policies = run(KERNEL, "xfrm", "policies", "--json").out();
        assertTrue(policies.contains("\"destination\" : \"10.2.0.0/16\""), policies);
        assertTrue(policies.contains("\"child\" : \"printers\""), policies);
    }

    @Test
    void statisticsShowWhatIsNotZero() {
        String text = runAsGiven(KERNEL, "xfrm", "stats").out();
        assertTrue(text.contains("states    2"), text);
        assertTrue(text.contains("policies  1 in, 2 out, 3 fwd; of sockets 4 in, 5 out"), text);
        assertTrue(text.contains("XfrmInNoStates               3"), text);
        assertFalse(text.contains("XfrmInError"), text);
        String json = runAsGiven(KERNEL, "xfrm", "stats", "--json").out();
        assertTrue(json.contains("\"XfrmInError\" : 0"), json);
    }

    @Test
    void eventsAreShownWithTheirOwners() throws Exception {
        serveOneTunnel();
        var state = KERNEL.states().getFirst();
        var kernel =
                new FakeKernel(
                        List.of(),
                        List.of(),
                        List.of(
                                new XfrmEvent.StateAdded(state),
                                new XfrmEvent.StateExpired(state, true),
                                new XfrmEvent.StateDeleted(
                                        KERNEL.states().getLast().id(), Optional.empty()),
                                new XfrmEvent.PolicyAdded(KERNEL.policies().getFirst())));
        var lines = run(kernel, "xfrm", "monitor").out().lines().toList();
        assertEquals(4, lines.size());
        assertTrue(lines.get(0).contains("state-added      esp c0ffee01 from"), lines.get(0));
        assertTrue(lines.get(0).endsWith("  gw/net #5"), lines.get(0));
        assertTrue(lines.get(1).contains("hard limit"), lines.get(1));
        assertTrue(lines.get(2).endsWith("  foreign"), lines.get(2));
        assertTrue(lines.get(3).endsWith("  gw/net #5"), lines.get(3));
        var json = run(kernel, "xfrm", "monitor", "--json").out().lines().toList();
        assertEquals(4, json.size());
        assertTrue(json.get(0).startsWith("{\"event\":\"state-added\",\"spi\":\"c0ffee01\""));
        assertTrue(json.get(0).contains("\"child\":\"net\""), json.get(0));
    }
}
