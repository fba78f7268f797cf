package org.keyferry.daemon.updown;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;

/// Runs one script and logs what it prints.
final class ScriptRunner {
    /// Beyond this the rest of a line is lost.
    private static final int LONGEST_LINE = 1_024;

    private static final int MOST_LINES = 1_000;
    private static final Duration TIME_LIMIT = Duration.ofSeconds(60);

    private final Log log;
    private final Duration timeLimit;

    ScriptRunner(Log log) {
        this(log, TIME_LIMIT);
    }

    /// @param timeLimit after which a script is killed with all that it started
    ScriptRunner(Log log, Duration timeLimit) {
        this.log = log;
        this.timeLimit = timeLimit;
    }

    /// Waits until it has ended. Its exit status does not matter.
    ///
    /// @param command for the shell; comes from the configuration alone
    /// @param environment all that it gets besides PATH
    void run(String command, Map<String, String> environment, String name, int ikeUniqueId) {
        try {
            // not a pipe: what the script leaves running in the background would hold that open
            Path output = Files.createTempFile("keyferry-updown", ".out");
            try {
                runTo(output, command, environment, name, ikeUniqueId);
                logLines(output, name, ikeUniqueId);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            say(name, ikeUniqueId, 0, "updown script '%s' cannot be run: %s", command, e);
        }
    }

    private void runTo(
            Path output,
            String command,
            Map<String, String> environment,
            String name,
            int ikeUniqueId)
            throws IOException {
        var builder = new ProcessBuilder(List.of("/bin/sh", "-c", command));
        builder.redirectErrorStream(true);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectOutput(output.toFile());
        String path = System.getenv("PATH");
        builder.environment().clear();
        Optional.ofNullable(path).ifPresent(value -> builder.environment().put("PATH", value));
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!ends(process)) {
            say(
                    name,
                    ikeUniqueId,
                    0,
                    "updown script '%s' did not end within %d seconds and is killed",
                    command,
                    timeLimit.toSeconds());
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly(); // before the shell can go on with its next command
            started.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private boolean ends(Process process) {
        try {
            return process.waitFor(timeLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void logLines(Path output, String name, int ikeUniqueId) throws IOException {
        // bytes that are no UTF-8 are replaced, which Files.newBufferedReader would refuse
        try (var reader =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(output), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            for (int count = 0; line != null && count < MOST_LINES; count++) {
                say(name, ikeUniqueId, 1, "updown: %s", shortened(line));
                line = reader.readLine();
            }
        }
    }

    private static String shortened(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE);
    }

    private void say(String name, int ikeUniqueId, int level, String format, Object... args) {
        log.log(new Event.Logged(name, ikeUniqueId, Group.CHD, level, format, List.of(args)));
    }
}
