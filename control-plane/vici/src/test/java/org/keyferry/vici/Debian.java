package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Programs of Debian's strongSwan packages, for tests against the real thing. A test is skipped,
/// with the reason, where a program is missing.
final class Debian {
    private Debian() {}

    /// What a program printed, and how it ended.
    record Ran(int exitStatus, String out) {}

    static Path program(String name, String debianPackage) {
        var found =
                Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                        .map(directory -> Path.of(directory, name))
                        .filter(Files::isExecutable)
                        .findFirst();
        assumeTrue(
                found.isPresent(),
                name + " is not installed (Debian package " + debianPackage + ")");
        return found.orElseThrow();
    }

    /// Runs `swanctl` against a socket, with no configuration of this machine's.
    static Ran swanctl(Path socket, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(program("swanctl", "strongswan-swanctl").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--uri", "unix://" + socket));
        Path out = Files.createTempFile("swanctl", ".out");
        Path conf = Files.createTempFile("swanctl", ".conf"); // empty: all defaults
        try {
            Process process = start(command, out, conf);
            boolean ended = process.waitFor(30, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertTrue(ended, command + " hung");
            return new Ran(process.exitValue(), Files.readString(out));
        } finally {
            Files.delete(out);
            Files.delete(conf);
        }
    }

    static Process start(List<String> command, Path out, Path strongswanConf) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.environment().put("STRONGSWAN_CONF", strongswanConf.toString());
        builder.environment().put("TZ", "UTC");
        return builder.redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
