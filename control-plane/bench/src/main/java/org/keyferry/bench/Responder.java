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

/// A daemon in a process of its own, and what /proc says of it.
final class Responder implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final double TICKS_PER_SECOND = 100;
    private static final String CHARON_PLUGINS =
            "random nonce openssl aes sha1 sha2 hmac kdf gcm pem pkcs1 curve25519 kernel-libipsec"
                    + " kernel-netlink socket-default vici";
    private static final Path SOCKET = Path.of("/run/charon.vici");

    private final String name;
    private final boolean jvm;
    private final Process process;
    private final Path directory;

    private Responder(String name, boolean jvm, Process process, Path directory) {
        this.name = name;
        this.jvm = jvm;
        this.process = process;
        this.directory = directory;
    }

    /// @param home Keyferry's tree with bin/ and lib/
    static Responder keyferry(Path home, Path work, boolean dosProtection) throws IOException {
        String program = home.resolve("bin/keyferryd").toString();
        return start("keyferryd", true, List.of(program), work, dosProtection);
    }

    /// @param program charon-systemd or another charon
    static Responder charon(String program, Path work) throws IOException {
        return start("charon", false, List.of(program), work, false);
    }

    private static Responder start(
            String name, boolean jvm, List<String> command, Path work, boolean dosProtection)
            throws IOException {
        Path directory = Files.createDirectories(work.resolve(name));
        Path swanctl = Files.createDirectories(directory.resolve("swanctl"));
        Files.writeString(swanctl.resolve("swanctl.conf"), BenchTunnels.RESPONDER_CONF);
        Path conf =
                Files.writeString(
                        directory.resolve("strongswan.conf"),
                        strongswanConf(directory, dosProtection));
        Files.deleteIfExists(SOCKET);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(directory.resolve("log").toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "STRONGSWAN_CONF", conf.toString(),
                                "SWANCTL_DIR", swanctl.toString()));
        var responder = new Responder(name, jvm, builder.start(), directory);
        responder.awaitSocket();
        if (!jvm) {
            responder.loadWithSwanctl(swanctl);
        }
        return responder;
    }

    private static String strongswanConf(Path directory, boolean dosProtection) {
        return """
        charon {
          dos_protection = %s
          install_routes = no
          keyferry { dataplane = null
            stdout { default = -1 } }
          filelog { quiet { path = %s/daemon.log
            default = -1 } }
          syslog { daemon { default = -1 } }
        }
        charon-systemd {
          load = %s
          journal { default = -1 }
        }
        """
                .formatted(dosProtection ? "yes" : "no", directory, CHARON_PLUGINS);
    }

    private void awaitSocket() throws IOException {
        Instant limit = Instant.now().plus(START_LIMIT);
        while (!Files.exists(SOCKET)) {
            if (!process.isAlive() || Instant.now().isAfter(limit)) {
                throw new IOException(
                        name + " did not start:\n" + Files.readString(directory.resolve("log")));
            }
            pause();
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
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
