package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciPrinter;

/// The command drives Debian's charon, which runs in namespaces of its own; what it loads is
/// compared with what Debian's swanctl loads of the same directory.
@Timeout(180)
class CharonLiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path CHARON = Path.of("/usr/sbin/charon-systemd");
    private static final Path SWANCTL = Path.of("/usr/sbin/swanctl");

    @TempDir static Path directory;
    private static Process charon;
    private static Path swanctl;

    @BeforeAll
    static void startCharon() throws Exception {
        assumeTrue(Files.isExecutable(CHARON), "charon-systemd is not installed");
        assumeTrue(Files.isExecutable(SWANCTL), "swanctl is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "only root can start charon in namespaces of its own");
        swanctl = Credentialed.make(directory);
        Files.writeString(
                directory.resolve("strongswan.conf"),
                "charon-systemd { plugins { vici { socket = unix://" + socket() + " } } }");
        String script = "mount -t tmpfs tmpfs /run && mkdir -p /run/lock && exec " + CHARON;
        charon = start("unshare", "-n", "-m", "/bin/sh", "-c", script);
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

    private static Process start(String... command) throws Exception {
        var builder = new ProcessBuilder(command);
        builder.environment().put("STRONGSWAN_CONF", directory + "/strongswan.conf");
        builder.environment().put("SWANCTL_DIR", directory + "/swanctl");
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve(command[0].replace('/', '_') + ".log").toFile())
                .start();
    }

    private static void swanctl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(SWANCTL.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--uri", "unix://" + socket()));
        Process process = start(command.toArray(String[]::new));
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "swanctl hung");
        String log = Files.readString(directory.resolve("_usr_sbin_swanctl.log"));
        assertEquals(0, process.exitValue(), log);
    }

    private static CliTest.Ran keyferry(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--uri=unix://" + socket());
        return CliTest.runAsGiven(FakeKernel.EMPTY, all.toArray(String[]::new));
    }

    /// All that charon shows of what was loaded.
    private static String loaded() throws Exception {
        var text = new StringBuilder();
        try (var client = ViciClient.connect(socket())) {
            for (String[] list :
                    new String[][] {
                        {"list-conns", "list-conn"},
                        {"list-certs", "list-cert"},
                        {"list-authorities", "list-authority"}
                    }) {
                var lines = new ArrayList<String>();
                client.stream(
                        list[0],
                        list[1],
                        ViciMessage.EMPTY,
                        event -> lines.add(ViciPrinter.raw(event)),
                        PATIENCE);
                lines.sort(Comparator.naturalOrder()); // certificates come in no order
                text.append(String.join("\n", lines)).append('\n');
            }
            for (String command : List.of("get-keys", "get-shared")) {
                ViciMessage answer = client.request(command, ViciMessage.EMPTY, PATIENCE);
                text.append(new TreeSet<>(answer.getStrings("keys"))).append('\n');
            }
            text.append(ViciPrinter.raw(client.request("get-pools", ViciMessage.EMPTY, PATIENCE)));
        }
        return text.toString();
    }

    private static void unloadAll() throws Exception {
        Path empty = Files.createDirectories(directory.resolve("empty"));
        Files.writeString(empty.resolve("swanctl.conf"), "");
        assertEquals(0, keyferry("load", "--clear", "--dir=" + empty).status());
    }

    private static void loadAll() {
        assertEquals("", keyferry("load", "--dir=" + swanctl).err());
    }

    @Test
    void loadsTheSameAsSwanctl() throws Exception {
        swanctl("--load-all", "--noprompt", "--clear");
        String bySwanctl = loaded();
        assertTrue(bySwanctl.contains("28") || bySwanctl.contains("p4"), bySwanctl);
        unloadAll();
        assertEquals("[]\n[]\n{}", loaded().strip());
        var ran = keyferry("load", "--dir=" + swanctl);
        assertEquals("", ran.err());
        assertEquals(0, ran.status());
        assertEquals(bySwanctl, loaded());
        assertEquals(
                "loaded: 6 certificates, 5 keys, 2 secrets, 1 authority, 1 pool, 2 connections\n",
                ran.out());
    }

    @Test
    void theDryRunKnowsTheDaemonsKeyIds() throws Exception {
        loadAll();
        String before = loaded();
        var ran = keyferry("load", "--dry-run", "--dir=" + swanctl, "creds");
        assertEquals("", ran.err());
        assertEquals(
                """
                  6 certificates unchanged
                  5 keys unchanged
                ~ secret ike-office  loaded again
                ~ secret eap-carol  loaded again
                """,
                ran.out());
        var all = keyferry("load", "--dry-run", "--dir=" + swanctl);
        assertEquals(1, all.status());
        assertTrue(all.err().contains("this daemon cannot plan"), all.err());
        assertEquals(before, loaded());
    }

    @Test
    void whatIsGoneIsRemovedAndWhatIsBrokenIsNot() throws Exception {
        loadAll();
        Path other = Files.createDirectories(directory.resolve("other"));
        Files.writeString(
                other.resolve("swanctl.conf"),
                """
                connections {
                  gw { mobike = perhaps
                  }
                }
                secrets { ike-office { secret = x } }
                """);
        var ran = keyferry("load", "--dir=" + other);
        assertEquals(1, ran.status());
        assertEquals(
                "keyferry: "
                        + other
                        + "/swanctl.conf:2: connections.gw: invalid value for: mobike, config"
                        + " discarded\n",
                ran.err());
        String now = loaded();
        assertTrue(now.contains("{gw {"), now);
        assertTrue(now.contains("\n[]\n[ike-office]\n{}"), now);
    }

    @Test
    void listsWhatCharonHas() throws Exception {
        loadAll();
        String conns = keyferry("conns").out();
        assertTrue(conns.contains("  net  TUNNEL  10.1.0.0/16 10.3.0.0/16[tcp/http] === 10.2"));
        var certs = keyferry("certs");
        assertTrue(certs.out().contains("C=CH, O=Ferry, CN=moon"), certs.out());
        assertTrue(certs.err().contains("CN=sun' expires in 9 days"), certs.err());
        assertTrue(keyferry("pools").out().contains("p4    10.9.0.0"), keyferry("pools").out());
        assertTrue(keyferry("authorities").out().contains("CRL           http://crl.example/b"));
        assertTrue(keyferry("algorithms").out().contains("AES_GCM_16"));
        assertTrue(keyferry("stats").out().contains("IKE SAs      0, 0 of them half open"));
        assertTrue(keyferry("stats", "--json").out().contains("\"half-open\" : 0"));
        assertEquals(0, keyferry("counters", "--json").status());
        assertTrue(keyferry("status").out().contains("  net  down  "), keyferry("status").out());
        assertEquals(new CliTest.Ran(0, "settings reloaded\n", ""), keyferry("reload"));
    }

    @Test
    void commandsThatFindNothingFail() throws Exception {
        assertEquals(
                new CliTest.Ran(1, "", "keyferry: no matching SAs to rekey found\n"),
                keyferry("rekey", "--ike", "nosuch"));
        assertEquals(
                new CliTest.Ran(1, "", "keyferry: no matching SAs to redirect found\n"),
                keyferry("redirect", "--ike", "nosuch", "--gateway=192.0.2.1"));
        assertEquals(1, keyferry("install", "nosuch").status());
        assertEquals(1, keyferry("uninstall", "nosuch").status());
    }

    @Test
    void theLogAndTheMonitorFollow() throws Exception {
        var log = new Thread(() -> assertEquals(0, keyferry("log", "--count=1").status()));
        log.start();
        while (log.isAlive()) { // until it has registered and heard of it
            keyferry("up", "--ike=gw", "--timeout=1");
        }
        assertEquals(0, keyferry("monitor", "--seconds=0").status(), "without alert, too");
    }
}
