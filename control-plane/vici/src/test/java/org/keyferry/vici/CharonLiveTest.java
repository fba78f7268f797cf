package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Our client talks to Debian's charon, which runs in a network and mount namespace of its own and
/// is reached over a socket file outside.
@Timeout(120)
class CharonLiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ViciMessage CONNECTION =
            ViciMessage.builder()
                    .section(
                            "gw",
                            gw ->
                                    gw.put("version", "2")
                                            .list("local_addrs", "127.0.0.1")
                                            .list("remote_addrs", "127.0.0.2")
                                            .section(
                                                    "local",
                                                    s -> s.put("auth", "psk").put("id", "a"))
                                            .section(
                                                    "remote",
                                                    s -> s.put("auth", "psk").put("id", "b"))
                                            .section(
                                                    "children",
                                                    s -> s.section("net", CharonLiveTest::child)))
                    .build();

    @TempDir static Path directory;
    private static Process charon;

    private static void child(ViciMessage.Builder child) {
        child.list("local_ts", "10.1.0.0/16").list("remote_ts", "10.2.0.0/16");
    }

    @BeforeAll
    static void startCharon() throws Exception {
        Path daemon = Debian.program("charon-systemd", "charon-systemd");
        Path unshare = Debian.program("unshare", "util-linux");
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "only root can start charon in namespaces of its own");
        Path conf =
                Files.writeString(
                        directory.resolve("strongswan.conf"),
                        "charon-systemd { plugins { vici { socket = unix://" + socket() + " } } }");
        String script = "mount -t tmpfs tmpfs /run && mkdir -p /run/lock && exec " + daemon;
        charon =
                Debian.start(
                        List.of(unshare.toString(), "-n", "-m", "/bin/sh", "-c", script),
                        directory.resolve("charon.log"),
                        conf);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(socket()) && System.nanoTime() < deadline && charon.isAlive()) {
            LockSupport.parkNanos(10_000_000);
        }
        assumeTrue(Files.exists(socket()), "charon cannot run in namespaces on this machine");
    }

    @AfterAll
    static void stopCharon() throws Exception {
        if (charon != null) {
            charon.destroy();
            charon.waitFor(20, TimeUnit.SECONDS);
            charon.destroyForcibly();
        }
    }

    private static Path socket() {
        return directory.resolve("charon.vici");
    }

    @Test
    void versionAndStatistics() throws Exception {
        try (var client = ViciClient.connect(socket())) {
            var version = client.request("version", ViciMessage.EMPTY, PATIENCE);
            assertEquals("charon-systemd", version.getString("daemon", ""));
            var stats = client.request("stats", ViciMessage.EMPTY, PATIENCE);
            assertEquals(0, stats.getInt("ikesas.total", -1));
            assertTrue(stats.getStrings("plugins").contains("vici"));
        }
    }

    @Test
    void connectionsAreLoadedAndListed() throws Exception {
        try (var client = ViciClient.connect(socket())) {
            assertEquals(ViciMessage.success(), client.request("load-conn", CONNECTION, PATIENCE));
            var listed = new ArrayList<ViciMessage>();
            client.stream("list-conns", "list-conn", ViciMessage.EMPTY, listed::add, PATIENCE);
            assertEquals(1, listed.size());
            var gw = listed.getFirst().section("gw").orElseThrow();
            assertEquals("IKEv2", gw.getString("version", ""));
            assertEquals(14_400, gw.getInt("rekey_time", 0));
            assertEquals("pre-shared key", gw.getString("local-1.class", ""));
            assertEquals(List.of("10.2.0.0/16"), gw.getStrings("children.net.remote-ts"));
        }
    }

    @Test
    void anInitiationThatFailsSaysSoAndStreamsItsLog() throws Exception {
        try (var client = ViciClient.connect(socket())) {
            client.request("load-conn", CONNECTION, PATIENCE);
            var log = new ArrayList<String>();
            var answer =
                    client.stream(
                            "initiate",
                            "control-log",
                            ViciMessage.builder().put("child", "net").put("timeout", 2000).build(),
                            event -> log.add(event.getString("msg", "")),
                            PATIENCE);
            assertFalse(answer.getBool("success", true));
            assertTrue(answer.getString("errmsg", "").contains("CHILD_SA 'net'"));
            assertTrue(
                    log.getFirst().matches("initiating IKE_SA gw\\[\\d+] to 127.0.0.2"),
                    log.toString());
        }
    }

    @Test
    void whatCharonDoesNotKnow() throws Exception {
        try (var client = ViciClient.connect(socket())) {
            var command =
                    assertThrows(
                            ViciException.class,
                            () -> client.request("nosuch", ViciMessage.EMPTY, PATIENCE));
            assertEquals(ViciException.Kind.UNKNOWN_COMMAND, command.kind());
            var event =
                    assertThrows(
                            ViciException.class,
                            () -> client.listen(List.of("nosuch"), PATIENCE, _ -> {}));
            assertEquals(ViciException.Kind.UNKNOWN_EVENT, event.kind());
        }
    }
}
