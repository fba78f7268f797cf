package org.keyferry.daemon.updown;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.daemon.dataplane.NullDataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Lease;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeTasks;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.Login;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;

/// The environment is that of updown scripts of strongSwan.
class UpdownTest {
    @TempDir Path directory;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Log log = new Log();
    private String updown = "true";
    private String peerId = "sun.example.org";
    private List<String> localTs = List.of("10.1.0.0/16");
    private List<String> remoteTs = List.of("10.2.0.0/16");
    private ChildTags tags = ChildTags.NONE;
    private boolean nat;
    private int uniqueId = 8;

    UpdownTest() {
        log.listen(
                new Log.Listener() {
                    @Override
                    public boolean wants(Group group, int level, int ikeUniqueId) {
                        return group == Group.CHD;
                    }

                    @Override
                    public void line(LogLine line) {
                        lines.add(line.message());
                    }
                });
    }

    private Connection connection() {
        return TestConnections.of(
                "remote_addrs = 192.0.2.2", "hostaccess = yes\n updown = \"" + updown + "\"");
    }

    private ChildInstallation child() {
        return new ChildInstallation(
                "gw",
                3,
                uniqueId,
                connection().child("net").orElseThrow(),
                ChildMode.TUNNEL,
                ProtocolId.ESP,
                Optional.empty(),
                false,
                tags,
                5,
                new ChildSpi(0xc0ffee01),
                new ChildSpi(0xcafe0002),
                endpoint("192.0.2.1"),
                endpoint("192.0.2.2"),
                nat,
                new Transform(1, 20, 128),
                null,
                false,
                localTs.stream().map(TrafficSelector::parse).toList(),
                remoteTs.stream().map(TrafficSelector::parse).toList(),
                0,
                0,
                false,
                0,
                List.of());
    }

    private static Endpoint endpoint(String address) {
        return new Endpoint(IpAddress.parse(address), 4500);
    }

    private VirtualIps virtualIps = VirtualIps.NONE;

    private IkeView ike() {
        return new IkeView(
                3,
                connection(),
                "ESTABLISHED",
                endpoint("192.0.2.1"),
                Identification.parse("moon.example.org"),
                endpoint("192.0.2.2"),
                Identification.parse(peerId),
                true,
                new IkeSpi(1),
                new IkeSpi(2),
                nat,
                false,
                false,
                InterfaceIds.NONE,
                null,
                false,
                Instant.EPOCH,
                Instant.MAX,
                Instant.MAX,
                virtualIps,
                List.of(),
                IkeTasks.NONE,
                Login.NONE);
    }

    private List<Map<String, String>> environments(boolean up) {
        return UpdownEnvironment.of(ike(), child(), up, "eth0", true);
    }

    @Test
    void virtualIpsAndNameServersAreNumberedByFamily() throws Exception {
        var peer = new Endpoint(IpAddress.parse("192.0.2.2"), 4500);
        virtualIps =
                new VirtualIps(
                        List.of(IpAddress.parse("fec3::1"), IpAddress.parse("10.3.0.1")),
                        List.of(
                                new Lease(
                                        IpAddress.parse("10.4.0.1"),
                                        Identification.parse("sun"),
                                        peer)),
                        List.of(
                                new ConfigAttribute(3, Bytes.ofHex("0a000001")),
                                new ConfigAttribute(4, Bytes.ofHex("0a000009")),
                                new ConfigAttribute(3, Bytes.ofHex("0a000002")),
                                new ConfigAttribute(
                                        10, Bytes.ofHex("fec00000000000000000000000000001"))));
        Map<String, String> all = environments(true).getFirst();
        assertEquals("fec3::1", all.get("PLUTO_MY_SOURCEIP"));
        assertEquals("10.3.0.1", all.get("PLUTO_MY_SOURCEIP4_1"));
        assertEquals("fec3::1", all.get("PLUTO_MY_SOURCEIP6_1"));
        assertEquals("10.4.0.1", all.get("PLUTO_PEER_SOURCEIP"));
        assertEquals("10.4.0.1", all.get("PLUTO_PEER_SOURCEIP4_1"));
        assertEquals("10.0.0.1", all.get("PLUTO_DNS4_1"));
        assertEquals("10.0.0.2", all.get("PLUTO_DNS4_2"));
        assertEquals("fec0::1", all.get("PLUTO_DNS6_1"));
        assertEquals(
                8, all.keySet().stream().filter(k -> k.matches(".*SOURCEIP.*|.*DNS.*")).count());
    }

    @Test
    void theWholeEnvironmentOfATunnelBetweenNetworks() {
        assertEquals(
                List.of(
                        Map.ofEntries(
                                Map.entry("PLUTO_VERSION", "1.1"),
                                Map.entry("PLUTO_VERB", "up-client"),
                                Map.entry("PLUTO_CONNECTION", "net"),
                                Map.entry("PLUTO_INTERFACE", "eth0"),
                                Map.entry("PLUTO_REQID", "5"),
                                Map.entry("PLUTO_PROTO", "esp"),
                                Map.entry("PLUTO_UNIQUEID", "3"),
                                Map.entry("PLUTO_ME", "192.0.2.1"),
                                Map.entry("PLUTO_MY_ID", "moon.example.org"),
                                Map.entry("PLUTO_MY_CLIENT", "10.1.0.0/16"),
                                Map.entry("PLUTO_MY_PORT", "0"),
                                Map.entry("PLUTO_MY_PROTOCOL", "0"),
                                Map.entry("PLUTO_PEER", "192.0.2.2"),
                                Map.entry("PLUTO_PEER_ID", "sun.example.org"),
                                Map.entry("PLUTO_PEER_CLIENT", "10.2.0.0/16"),
                                Map.entry("PLUTO_PEER_PORT", "0"),
                                Map.entry("PLUTO_PEER_PROTOCOL", "0"),
                                Map.entry("PLUTO_HOST_ACCESS", "1"))),
                environments(true));
    }

    @Test
    void verbsTellHostsAndFamilies() {
        localTs = List.of("192.0.2.1/32", "fd00::/64", "192.0.2.1/32[tcp/22]");
        remoteTs = List.of("10.2.0.0/16", "fd01::/64", "10.3.0.0/16[udp]");
        assertEquals(
                List.of(
                        "down-host 10.2.0.0/16 0",
                        "down-host 10.3.0.0/16 17",
                        "down-client-v6 fd01::/64 0",
                        "down-host 10.2.0.0/16 0"),
                environments(false).stream()
                        .map(
                                e ->
                                        e.get("PLUTO_VERB")
                                                + " "
                                                + e.get("PLUTO_PEER_CLIENT")
                                                + " "
                                                + e.get("PLUTO_PEER_PROTOCOL"))
                        .toList());
    }

    @Test
    void portsRangesAndIcmp() {
        localTs = List.of("10.1.0.1-10.1.0.6[tcp/1000-1003]");
        remoteTs = List.of("10.2.0.0/16[tcp/443]");
        var tcp = environments(true).getFirst();
        assertEquals("1000:1003", tcp.get("PLUTO_MY_PORT"));
        assertEquals("443", tcp.get("PLUTO_PEER_PORT"));
        assertEquals("10.1.0.0/29", tcp.get("PLUTO_MY_CLIENT"), "the next larger network");
        localTs = List.of("10.1.0.0/16[icmp/769]");
        remoteTs = List.of("10.2.0.0/16[icmp/769]");
        var icmp = environments(true).getFirst();
        assertEquals("3", icmp.get("PLUTO_MY_PORT"));
        assertEquals("1", icmp.get("PLUTO_PEER_PORT"));
    }

    @Test
    void marksInterfacesAndNat() {
        tags = new ChildTags(new Mark(16, 0xff), new Mark(7, -1), Mark.NONE, Mark.NONE, 42, 0);
        nat = true;
        var environment = environments(true).getFirst();
        assertEquals("16/0x000000ff", environment.get("PLUTO_MARK_IN"));
        assertEquals("7/0xffffffff", environment.get("PLUTO_MARK_OUT"));
        assertEquals("42", environment.get("PLUTO_IF_ID_IN"));
        assertFalse(environment.containsKey("PLUTO_IF_ID_OUT"));
        assertEquals("4500", environment.get("PLUTO_UDP_ENC"));
    }

    private void run(ScriptRunner runner, String command, Map<String, String> environment) {
        runner.run(command, environment, "gw", 3);
    }

    @Test
    void aScriptFindsTheseVariablesAndThePathAndNothingElse() {
        run(new ScriptRunner(log), "env", Map.of("PLUTO_VERB", "up-host"));
        var found = new TreeMap<String, String>();
        for (String line : lines) {
            String[] parts = line.substring("updown: ".length()).split("=", 2);
            found.put(parts[0], parts[1]);
        }
        found.keySet().removeAll(List.of("PWD", "_", "SHLVL", "OLDPWD")); // the shell's own
        assertEquals(Map.of("PATH", System.getenv("PATH"), "PLUTO_VERB", "up-host"), found);
    }

    @Test
    void whatThePeerCallsItselfIsNeverACommand() throws Exception {
        Path trace = directory.resolve("trace");
        peerId = "fqdn:x\n$(touch " + trace + ") `touch " + trace + "`; touch " + trace;
        run(new ScriptRunner(log), "echo \"$PLUTO_PEER_ID\"", environments(true).getFirst());
        assertFalse(Files.exists(trace));
        assertEquals(1, lines.size(), "a line that was put in would look like the script's");
    }

    @Test
    void aScriptThatDoesNotEndIsKilledWithAllThatItStarted() {
        Instant begin = Instant.now();
        run(
                new ScriptRunner(log, Duration.ofMillis(300)),
                "echo begun; sleep 600 & sleep 600; echo done",
                Map.of());
        assertTrue(Duration.between(begin, Instant.now()).toSeconds() < 60);
        assertTrue(lines.getFirst().contains("did not end within"), lines::toString);
        assertEquals("updown: begun", lines.getLast());
    }

    @Test
    void whatAScriptLeavesRunningHoldsNothingUp() {
        Instant begin = Instant.now();
        run(new ScriptRunner(log), "sleep 30 & echo $!", Map.of());
        assertTrue(Duration.between(begin, Instant.now()).toSeconds() < 25);
        long pid = Long.parseLong(lines.getFirst().substring("updown: ".length()));
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aRekeyingIsNotTold() throws Exception {
        Path record = directory.resolve("record");
        updown = "echo $PLUTO_VERB >>" + record;
        var former = new ChildView(child(), "INSTALLED", Instant.EPOCH);
        uniqueId = 9;
        var now = new ChildView(child(), "INSTALLED", Instant.EPOCH);
        try (var scripts = new UpdownScripts(new NullDataplane(), false, log)) {
            scripts.tell(new Event.ChildUp(ike(), former));
            scripts.tell(new Event.ChildRekeyed(ike(), former, now));
            scripts.tell(new Event.ChildDown(ike(), now, Reason.Plain.REQUESTED));
        }
        assertEquals(List.of("up-client", "down-client"), Files.readAllLines(record));
    }

    @Test
    void theCallsOfOneChildSaAreInOrderAndTheLastOnesAreWaitedFor() throws Exception {
        Path record = directory.resolve("record");
        updown = "sleep 0.2; echo $PLUTO_VERB $PLUTO_INTERFACE >>" + record;
        var view = new ChildView(child(), "INSTALLED", Instant.EPOCH);
        try (var scripts = new UpdownScripts(new NullDataplane(), false, log)) {
            scripts.tell(new Event.ChildUp(ike(), view));
            scripts.tell(new Event.ChildDown(ike(), view, Reason.Plain.REQUESTED));
            scripts.tell(new Event.ChildDown(ike(), view, Reason.Plain.REQUESTED));
        }
        assertEquals(
                new ArrayList<>(List.of("up-client unknown", "down-client unknown")),
                Files.readAllLines(record));
    }
}
