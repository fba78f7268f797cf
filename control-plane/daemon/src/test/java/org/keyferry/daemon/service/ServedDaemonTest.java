package org.keyferry.daemon.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.daemon.DatagramReceiver;
import org.keyferry.vici.ViciAddress;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;

/// The program as a service manager starts it, in a process of its own.
class ServedDaemonTest {
    /// A minute of them.
    private static final int MAX_SIGNS_OF_LIFE = 300;

    @TempDir private Path directory;
    private DatagramReceiver manager;
    private Process daemon;

    @BeforeEach
    void listen() throws Exception {
        manager = DatagramReceiver.bind(directory.resolve("notify").toString());
    }

    @AfterEach
    void end() throws Exception {
        if (daemon != null) {
            daemon.destroyForcibly().waitFor();
        }
        manager.close();
    }

    private void write(String further) throws Exception {
        String at = directory.toString();
        Files.writeString(
                directory.resolve("strongswan.conf"),
                """
                charon {
                  port = %d
                  port_nat_t = %d
                  plugins { vici { socket = unix://%s/charon.vici } }
                  filelog { log { path = %s/log
                    flush_line = yes } }
                  start-scripts { one = echo begun >>%s/scripts; echo said }
                  stop-scripts { two = test -S %s/charon.vici && echo ended >>%s/scripts }
                  %s
                  keyferry { dataplane = null
                    crash_detection = no
                    listen = 127.0.0.1 }
                }
                """
                        .formatted(freePort(), freePort(), at, at, at, at, at, further));
    }

    private static int freePort() throws Exception {
        try (var socket =
                new java.net.DatagramSocket(0, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws Exception {
        var command =
                new ArrayList<>(
                        List.of(
                                // whoever runs the tests under nohup has SIGHUP ignored
                                "env",
                                "--default-signal=HUP",
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.keyferry.daemon.Main"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(Redirect.appendTo(directory.resolve("output").toFile()));
        var environment = builder.environment();
        environment.put("STRONGSWAN_CONF", directory.resolve("strongswan.conf").toString());
        environment.put("SWANCTL_DIR", directory.toString());
        environment.put("NOTIFY_SOCKET", directory.resolve("notify").toString());
        environment.put("WATCHDOG_USEC", "600000");
        return builder.start();
    }

    private void start(String further) throws Exception {
        write(further);
        daemon = launch();
    }

    /// What the manager hears next besides signs of life.
    private String heard() throws Exception {
        String state = manager.next();
        for (int signs = 0; state.equals("WATCHDOG=1"); signs++) {
            assertTrue(signs < MAX_SIGNS_OF_LIFE, () -> "nothing else came: " + output());
            state = manager.next();
        }
        return state;
    }

    private String read(String name) throws Exception {
        return Files.readString(directory.resolve(name));
    }

    private void assertReady() throws Exception {
        assertTrue(heard().startsWith("STATUS=starting keyferryd"));
        assertTrue(heard().startsWith("STATUS=keyferryd running"), () -> output());
        assertEquals("READY=1", heard());
    }

    private String output() {
        try {
            return read("output");
        } catch (Exception e) {
            return e.toString();
        }
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, "" + daemon.pid()).start();
        assertEquals(0, kill.waitFor());
    }

    @Test
    void aLifeUnderAServiceManager() throws Exception {
        start("");
        assertReady();
        assertEquals("begun\n", read("scripts"));
        assertTrue(read("log").contains("[DMN] one: said\n"), read("log"));
        assertEquals(daemon.pid() + "\n", read("charon.pid"));
        try (var client =
                ViciClient.connect(new ViciAddress.Unix(directory.resolve("charon.vici")))) {
            ViciMessage version = client.request("version", ViciMessage.EMPTY);
            assertEquals("keyferryd", version.getString("daemon", ""));
        }
        assertEquals("WATCHDOG=1", manager.next());

        Files.move(directory.resolve("log"), directory.resolve("log.1"));
        signal("HUP");
        assertTrue(heard().startsWith("RELOADING=1\nMONOTONIC_USEC="));
        assertEquals("STATUS=reloading", heard());
        assertTrue(heard().startsWith("STATUS=keyferryd running"));
        assertEquals("READY=1", heard());
        assertTrue(read("log").contains("reloaded settings"), read("log"));
        assertFalse(read("log.1").contains("reloaded settings"));

        signal("TERM");
        assertEquals("STOPPING=1", heard());
        assertTrue(daemon.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, daemon.exitValue(), output());
        assertEquals("begun\nended\n", read("scripts"));
        assertFalse(Files.exists(directory.resolve("charon.pid")));
        assertFalse(Files.exists(directory.resolve("charon.vici")));
    }

    @Test
    void aSecondDaemonSaysWhyItDoesNotStart() throws Exception {
        start("");
        assertReady();
        Process second = launch();
        // heard while it starts: the socket holds few datagrams, and the first daemon goes on
        assertTrue(heard().startsWith("STATUS=starting keyferryd"));
        assertTrue(
                heard().startsWith("STATUS=failed: another daemon runs with process id "),
                output());
        assertTrue(second.waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, second.exitValue());
        assertTrue(Files.exists(directory.resolve("charon.vici")));
    }

    @Test
    void aStartScriptThatHangsDoesNotKeepItFromEnding() throws Exception {
        start("start-scripts { hang = sleep 1000 }");
        assertTrue(heard().startsWith("STATUS=starting keyferryd"));
        while (!Files.exists(directory.resolve("log"))
                || !read("log").contains("executing start script 'hang'")) {
            Thread.onSpinWait();
        }
        signal("TERM");
        while (!heard().equals("STOPPING=1")) {
            Thread.onSpinWait();
        }
        assertTrue(daemon.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, daemon.exitValue(), output());
        assertTrue(read("scripts").endsWith("ended\n"));
    }

    @Test
    void itsThreadsKeepTwoCapabilitiesAndTheSocketHasItsOwner() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
        start("user = daemon\ngroup = mail");
        assertReady();
        Path socket = directory.resolve("charon.vici");
        assertEquals("daemon", Files.getOwner(socket).getName());
        assertEquals("mail", Files.getAttribute(socket, "posix:group").toString());
        assertEquals(
                "rwxrwx---",
                java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(socket)));
        int confined = 0;
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/" + daemon.pid() + "/task"))) {
            for (Path task : tasks) {
                String name = Files.readString(task.resolve("comm")).strip();
                if (name.startsWith("shard-") || name.equals("udp") || name.equals("watchdog")) {
                    confined++;
                    assertEquals("0000000000001400", capabilities(task), name);
                }
                assertNotEquals("former privileges", name);
            }
        }
        assertTrue(confined >= 2, "shards and transport have threads");
    }

    private static String capabilities(Path task) throws Exception {
        return Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith("CapPrm:"))
                .map(line -> line.substring(8).strip())
                .findFirst()
                .orElseThrow();
    }
}
