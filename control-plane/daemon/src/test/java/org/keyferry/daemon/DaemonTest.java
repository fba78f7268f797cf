package org.keyferry.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keyferry.vici.ViciAddress;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;
import org.keyferry.vici.ViciPacket;

/// Two daemons on the loopback, driven as their users drive them. The kernel's IPsec is not
/// touched.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DaemonTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private LoopbackPair pair;

    @BeforeAll
    void start() throws Exception {
        pair = LoopbackPair.start(-1);
    }

    @AfterAll
    void stop() throws Exception {
        pair.close();
    }

    @AfterEach
    void takeAllDown() throws Exception {
        request(pair.left(), "terminate", message("ike", "peer"));
        request(pair.right(), "terminate", message("ike", "peer"));
    }

    private static ViciMessage message(String... keysAndValues) {
        var out = ViciMessage.builder();
        for (int at = 0; at < keysAndValues.length; at += 2) {
            out.put(keysAndValues[at], keysAndValues[at + 1]);
        }
        return out.build();
    }

    private static ViciMessage request(LoopbackPair.Side side, String command, ViciMessage message)
            throws Exception {
        try (var client = ViciClient.connect(side.vici())) {
            return client.request(command, message, LIMIT);
        }
    }

    private static List<ViciMessage> stream(
            LoopbackPair.Side side, String command, String event, ViciMessage message)
            throws Exception {
        var events = new ArrayList<ViciMessage>();
        try (var client = ViciClient.connect(side.vici())) {
            ViciMessage _ = client.stream(command, event, message, events::add, LIMIT);
        }
        return events;
    }

    private static void up(LoopbackPair.Side side) throws Exception {
        ViciMessage answer = request(side, "initiate", message("child", "net"));
        assertEquals("yes", answer.getString("success", ""), answer.getString("errmsg", ""));
    }

    private static List<ViciMessage> sas(LoopbackPair.Side side) throws Exception {
        return stream(side, "list-sas", "list-sa", ViciMessage.EMPTY).stream()
                .map(event -> event.section("peer").orElseThrow())
                .toList();
    }

    private static ViciMessage onlyChild(ViciMessage ike) {
        List<Section> children = ike.section("child-sas").orElseThrow().sections();
        assertEquals(1, children.size());
        return children.getFirst().body();
    }

    @Test
    void aTunnelGoesUpOnBothSidesAndDownAgain() throws Exception {
        up(pair.left());
        ViciMessage left = sas(pair.left()).getFirst();
        ViciMessage right = sas(pair.right()).getFirst();
        assertEquals("ESTABLISHED", left.getString("state", ""));
        assertEquals("ESTABLISHED", right.getString("state", ""));
        assertEquals("yes", left.getString("initiator", ""));
        assertFalse(right.has("initiator"));
        assertEquals(left.getString("responder-spi"), right.getString("responder-spi"));
        assertEquals("right.example.org", left.getString("remote-id", ""));
        assertEquals("127.0.0.1", right.getString("remote-host", ""));
        assertEquals(onlyChild(left).getString("spi-in"), onlyChild(right).getString("spi-out"));
        assertEquals(List.of("10.1.0.0/16"), onlyChild(right).getStrings("remote-ts"));

        ViciMessage down = request(pair.left(), "terminate", message("ike", "peer"));
        assertEquals("yes", down.getString("success", ""));
        assertEquals("1", down.getString("matches", ""));
        assertEquals("1", down.getString("terminated", ""));
        assertEquals(List.of(), sas(pair.left()));
        assertEquals(List.of(), sas(pair.right()));
    }

    @Test
    void aChildCanGoAlone() throws Exception {
        up(pair.left());
        ViciMessage down = request(pair.left(), "terminate", message("child", "net"));
        assertEquals("yes", down.getString("success", ""), down.getString("errmsg", ""));
        ViciMessage left = sas(pair.left()).getFirst();
        assertEquals(List.of(), left.section("child-sas").orElseThrow().sections());
    }

    @Test
    void theControlLogTellsWhatHappensToThisSa() throws Exception {
        List<ViciMessage> lines =
                stream(pair.left(), "initiate", "control-log", message("child", "net"));
        List<String> texts = lines.stream().map(line -> line.getString("msg", "")).toList();
        assertTrue(
                texts.stream().anyMatch(text -> text.startsWith("initiating IKE_SA peer[")),
                texts.toString());
        assertTrue(
                texts.stream().anyMatch(text -> text.startsWith("CHILD_SA net{")),
                texts.toString());
        assertTrue(lines.stream().allMatch(l -> l.getString("ikesa-name", "").equals("peer")));
        assertFalse(lines.getFirst().has("thread"));
    }

    @Test
    void listenersHearOfSasGoingUpAndDown() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        try (var listener = ViciClient.connect(pair.right().vici())) {
            Thread.startVirtualThread(() -> listen(listener, heard));
            while (heard.isEmpty()) { // until the registrations are done
                request(pair.right(), "reload-settings", ViciMessage.EMPTY);
            }
            up(pair.left());
            assertEquals("ike-updown up", next(heard));
            assertEquals("child-updown up net", next(heard));
            request(pair.left(), "terminate", message("ike", "peer"));
            assertEquals("child-updown down net", next(heard));
            assertEquals("ike-updown down", next(heard));
        }
    }

    private static void listen(ViciClient listener, BlockingQueue<String> heard) {
        try {
            listener.listen(
                    List.of("ike-updown", "child-updown", "log"),
                    LIMIT,
                    event -> heard.add(described(event)));
        } catch (IOException e) {
            heard.add(e.toString());
        }
    }

    /// The next event that is no log line.
    private static String next(BlockingQueue<String> heard) throws InterruptedException {
        String event = "log";
        while (event != null && event.startsWith("log")) {
            event = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        return event;
    }

    private static String described(ViciPacket.Event event) {
        ViciMessage message = event.message();
        if (event.event().equals("log")) {
            return "log";
        }
        String direction = message.getBool("up", false) ? " up" : " down";
        String child =
                message.section("peer")
                        .flatMap(ike -> ike.section("child-sas"))
                        .map(
                                children ->
                                        " "
                                                + children.sections()
                                                        .getFirst()
                                                        .body()
                                                        .getString("name", ""))
                        .orElse("");
        return event.event() + direction + child;
    }

    @Test
    void whatDoesNotExistIsToldInCharonsWords() throws Exception {
        assertEquals(
                "missing configuration name",
                request(pair.left(), "initiate", ViciMessage.EMPTY).getString("errmsg", ""));
        assertEquals(
                "CHILD_SA config 'nothing' not found",
                request(pair.left(), "initiate", message("child", "nothing"))
                        .getString("errmsg", ""));
        assertEquals(
                "IKE_SA config 'nothing' not found",
                request(pair.left(), "initiate", message("ike", "nothing"))
                        .getString("errmsg", ""));
        assertEquals(
                "missing terminate selector",
                request(pair.left(), "terminate", ViciMessage.EMPTY).getString("errmsg", ""));
        assertEquals(
                "no matching SAs to terminate found",
                request(pair.left(), "terminate", message("ike-id", "99")).getString("errmsg", ""));
    }

    @Test
    void aChildThatIsToBeStartedIsStartedOnReload() throws Exception {
        Path conf = pair.left().swanctlDir().resolve("swanctl.conf");
        String before = Files.readString(conf);
        try {
            Files.writeString(conf, before.replace("net {", "net { start_action = start\n"));
            pair.left().daemon().reload();
            while (sas(pair.right()).stream()
                    .noneMatch(sa -> sa.getString("state", "").equals("ESTABLISHED"))) {
                Thread.onSpinWait();
            }
            Files.writeString(conf, "connections { broken");
            pair.left().daemon().reload();
            ViciMessage conns = request(pair.left(), "get-conns", ViciMessage.EMPTY);
            assertEquals(List.of("peer"), conns.getStrings("conns"));
        } finally {
            Files.writeString(conf, before);
            pair.left().daemon().reload();
        }
    }

    @Test
    void swanctlDrivesIt() throws Exception {
        Path program = Path.of("/usr/sbin/swanctl");
        assumeTrue(Files.isExecutable(program), "swanctl is not installed");
        for (String directory : CREDENTIAL_DIRECTORIES) {
            Files.createDirectories(pair.left().swanctlDir().resolve(directory));
        }
        assertTrue(swanctl("--load-all", "--noprompt").contains("loaded 1 connections"));
        assertTrue(swanctl("--list-conns").contains("peer: IKEv2"));
        assertTrue(swanctl("--initiate", "--child", "net").contains("completed successfully"));
        String sas = swanctl("--list-sas");
        assertTrue(sas.contains("peer: #") && sas.contains("ESTABLISHED, IKEv2"), sas);
        assertTrue(sas.contains("local  'left.example.org' @ 127.0.0.1"), sas);
        assertTrue(sas.contains("INSTALLED, TUNNEL, ESP:"), sas);
        assertTrue(swanctl("--stats").contains("IKE_SAs: 1 total, 0 half-open"));
        for (String list : List.of("--list-certs", "--list-pols", "--list-authorities")) {
            assertEquals("", swanctl(list));
        }
        assertTrue(swanctl("--terminate", "--ike", "peer").contains("completed successfully"));
    }

    private static final List<String> CREDENTIAL_DIRECTORIES =
            List.of(
                    "x509",
                    "x509ca",
                    "x509ocsp",
                    "x509aa",
                    "x509ac",
                    "x509crl",
                    "pubkey",
                    "private",
                    "rsa",
                    "ecdsa",
                    "bliss",
                    "pkcs8",
                    "pkcs12");

    private String swanctl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("swanctl"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--uri", pair.left().vici().toString()));
        File output = pair.left().directory().resolve("swanctl.log").toFile();
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
        builder.environment().put("SWANCTL_DIR", pair.left().swanctlDir().toString());
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String text = Files.readString(output.toPath(), StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    @Test
    void nothingIsLeftBehind() throws Exception {
        Path directory;
        ViciAddress vici;
        try (var other = LoopbackPair.start(-1)) {
            up(other.left());
            directory = other.left().directory();
            vici = other.left().vici();
            assertTrue(Files.exists(directory.resolve("charon.pid")));
            other.left().daemon().close();
            assertFalse(Files.exists(directory.resolve("charon.pid")));
            assertFalse(Files.exists(directory.resolve("charon.vici")), vici.toString());
            assertEquals(List.of(), sas(other.right()));
        }
        assertFalse(Files.exists(directory));
    }
}
