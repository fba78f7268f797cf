package org.keyferry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciException;
import org.keyferry.vici.ViciMessage;

/// A daemon in a process of its own, and what /proc says of it.
final class Responder implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final double TICKS_PER_SECOND = 100;
    private static final int END_SECONDS = 20;
    static final Path SOCKET = Path.of("/run/charon.vici");

    /// Name of the network namespace of [#peer].
    static final String PEER_NAMESPACE = "peer";

    private final String name;
    private final boolean jvm;
    private final Process process;
    private final Path directory;
    private final Path socket;
    private double startSeconds;

    private Responder(String name, boolean jvm, Process process, Path directory, Path socket) {
        this.name = name;
        this.jvm = jvm;
        this.process = process;
        this.directory = directory;
        this.socket = socket;
    }

    /// @param home Keyferry's tree with bin/ and lib/
    static Responder keyferry(
            Path home, Path work, boolean dosProtection, BenchIdentities identities)
            throws IOException {
        Path directory = Files.createDirectories(work.resolve("keyferryd"));
        return start(
                "keyferryd",
                true,
                List.of(home.resolve("bin/keyferryd").toString()),
                directory,
                SOCKET,
                keyferryConf(directory, dosProtection, ""),
                BenchTunnels.responderConf(identities, ""),
                identities,
                Map.of());
    }

    /// A keyferryd in the namespace [#PEER_NAMESPACE], for others to initiate to.
    static Responder peer(Path home, Path work) throws IOException {
        Path directory = Files.createDirectories(work.resolve("peer"));
        Path socket = directory.resolve("vici");
        String plugins = "plugins { vici { socket = unix://%s } }".formatted(socket);
        String program = home.resolve("bin/keyferryd").toString();
        return start(
                "peer",
                true,
                List.of("ip", "netns", "exec", PEER_NAMESPACE, program),
                directory,
                socket,
                keyferryConf(directory, false, plugins),
                BenchTunnels.responderConf(BenchIdentities.shared(), ""),
                BenchIdentities.shared(),
                Map.of());
    }

    /// @param program charon-systemd or another charon that reads `charon-systemd`'s section
    static Responder charon(String program, Path work, BenchIdentities identities)
            throws IOException {
        Path directory = Files.createDirectories(work.resolve("charon"));
        Responder charon =
                start(
                        "charon",
                        false,
                        List.of(program),
                        directory,
                        SOCKET,
                        CharonConf.strongswanConf(directory),
                        BenchTunnels.responderConf(identities, "policies = no"),
                        identities,
                        CharonConf.environment(work));
        charon.loadWithSwanctl(directory.resolve("swanctl"));
        return charon;
    }

    private static Responder start(
            String name,
            boolean jvm,
            List<String> command,
            Path directory,
            Path socket,
            String strongswanConf,
            String swanctlConf,
            BenchIdentities identities,
            Map<String, String> environment)
            throws IOException {
        Path swanctl = Files.createDirectories(directory.resolve("swanctl"));
        Files.writeString(swanctl.resolve("swanctl.conf"), swanctlConf);
        identities.write(swanctl);
        Path conf = Files.writeString(directory.resolve("strongswan.conf"), strongswanConf);
        Files.deleteIfExists(socket);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(directory.resolve("log").toFile());
        builder.environment().putAll(environment);
        builder.environment()
                .putAll(
                        Map.of(
                                "STRONGSWAN_CONF", conf.toString(),
                                "SWANCTL_DIR", swanctl.toString()));
        answers(socket); // the client's classes are there when it counts
        long begun = System.nanoTime();
        var responder = new Responder(name, jvm, builder.start(), directory, socket);
        try {
            responder.awaitAnswer();
        } catch (IOException e) {
            responder.close();
            throw e;
        }
        responder.startSeconds = (System.nanoTime() - begun) / 1e9;
        return responder;
    }

    private static String keyferryConf(Path directory, boolean dosProtection, String more) {
        return """
        charon {
          dos_protection = %s
          %s
          keyferry { dataplane = null
            crash_detection = no
            reconnect_limit = 0
            stdout { default = -1 } }
          filelog { quiet { path = %s/daemon.log
            default = -1 } }
          syslog { daemon { default = -1 } }
        }
        libtls { version_max = 1.2 }
        """
                .formatted(dosProtection ? "yes" : "no", more, directory);
    }

    private void awaitAnswer() throws IOException {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (!answers(socket)) {
            if (!process.isAlive() || Instant.now().isAfter(limit)) {
                throw new IOException(
                        name + " did not start:\n" + Files.readString(directory.resolve("log")));
            }
            pause();
        }
    }

    private static boolean answers(Path socket) {
        try (var client = ViciClient.connect(socket)) {
            ViciMessage _ = client.request("version", ViciMessage.EMPTY);
            return true;
        } catch (ViciException _) {
            return false;
        }
    }

    private void loadWithSwanctl(Path swanctl) throws IOException {
        var builder = new ProcessBuilder("swanctl", "--load-all", "--noprompt");
        builder.environment().put("SWANCTL_DIR", swanctl.toString());
        builder.redirectErrorStream(true).redirectOutput(directory.resolve("swanctl.log").toFile());
        if (await(builder.start()) != 0) {
            throw new IOException("swanctl: " + Files.readString(directory.resolve("swanctl.log")));
        }
    }

    String name() {
        return name;
    }

    /// From the start of the process to an answer on its VICI socket.
    double startSeconds() {
        return startSeconds;
    }

    /// Processor time of all its threads so far, in seconds.
    double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    long residentKib() throws IOException {
        for (String line :
                Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS for " + name);
    }

    /// Live heap after a full collection; empty for a program without one.
    OptionalLong liveHeapBytes() throws IOException {
        if (!jvm) {
            return OptionalLong.empty();
        }
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        String pid = Long.toString(process.pid());
        run(List.of(jcmd.toString(), pid, "GC.run"));
        String histogram = run(List.of(jcmd.toString(), pid, "GC.class_histogram"));
        for (String line : histogram.lines().toList()) {
            if (line.startsWith("Total")) {
                String[] words = line.trim().split("\\s+", -1);
                return OptionalLong.of(Long.parseLong(words[2]));
            }
        }
        throw new IOException("jcmd gave no total: " + histogram);
    }

    /// Everything that it printed or logged so far.
    Stream<String> logLines() throws IOException {
        Path log = directory.resolve("daemon.log");
        String own = Files.exists(log) ? Files.readString(log) : "";
        return Stream.concat(Files.readString(directory.resolve("log")).lines(), own.lines());
    }

    private String run(List<String> command) throws IOException {
        Path out = directory.resolve("tool.log");
        Process tool =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        await(tool);
        return Files.readString(out);
    }

    private static int await(Process tool) throws IOException {
        try {
            return tool.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                int _ = process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
