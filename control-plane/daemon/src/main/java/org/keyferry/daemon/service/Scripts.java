package org.keyferry.daemon.service;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Service.Script;

/// Runs scripts of strongswan.conf one after another by a shell, and logs what they print. One that
/// takes too long is killed, with all that it started. They run as the daemon does, with what the
/// daemon may do.
public final class Scripts implements AutoCloseable {
    public static final Duration START_LIMIT = Duration.ofSeconds(60);
    public static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /// Output that comes later, of something left running in the background, does not hold up.
    private static final Duration LAST_OUTPUT = Duration.ofSeconds(1);

    /// What is between the daemon and its service manager.
    private static final Set<String> NOT_FOR_SCRIPTS =
            Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM");

    private final Log log;
    private final Duration limit;
    private Process running;
    private boolean closed;

    /// @param limit of each script's time
    public Scripts(Log log, Duration limit) {
        this.log = log;
        this.limit = limit;
    }

    /// Runs all in the background.
    ///
    /// @param kind how the log calls them: `start`, `stop`
    /// @return completes when the last one ended, never with a failure
    public CompletableFuture<Void> start(String kind, List<Script> scripts) {
        var done = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .name(kind + " scripts")
                .start(
                        () -> {
                            try {
                                run(kind, scripts);
                            } finally {
                                done.complete(null);
                            }
                        });
        return done;
    }

    /// Runs all and waits for them.
    public void run(String kind, List<Script> scripts) {
        for (Script script : scripts) {
            try {
                run(kind, script);
            } catch (IOException e) {
                log.log(Group.DMN, 0, "%s script '%s': %s", kind, script.name(), e.getMessage());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void run(String kind, Script script) throws IOException, InterruptedException {
        Process process = launch(kind, script);
        if (process == null) {
            return;
        }
        Thread reader = Thread.startVirtualThread(() -> logOutput(script, process));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                log.log(
                        Group.DMN,
                        0,
                        "%s script '%s' killed, as it did not end within %d s",
                        kind,
                        script.name(),
                        limit.toSeconds());
                return;
            }
            reader.join(LAST_OUTPUT);
            if (process.exitValue() != 0) {
                log.log(
                        Group.DMN,
                        1,
                        "%s script '%s' ended with status %d",
                        kind,
                        script.name(),
                        process.exitValue());
            }
        } finally {
            kill(process);
        }
    }

    /// @return null if no more scripts are to run
    private synchronized Process launch(String kind, Script script) throws IOException {
        if (closed) {
            return null;
        }
        log.log(
                Group.DMN,
                1,
                "executing %s script '%s' (%s)",
                kind,
                script.name(),
                script.command());
        var builder =
                new ProcessBuilder("/bin/sh", "-c", script.command())
                        .redirectErrorStream(true)
                        .redirectInput(Redirect.from(new File("/dev/null")));
        builder.environment().keySet().removeAll(NOT_FOR_SCRIPTS);
        running = builder.start();
        return running;
    }

    private void logOutput(Script script, Process process) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                log.log(Group.DMN, 1, "%s: %s", script.name(), line);
            }
        } catch (IOException _) {
            // killed
        }
    }

    /// Does nothing to one that has ended, whose background jobs may go on.
    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> descendants = process.descendants().toList();
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /// Kills the script that runs, and runs no further one.
    @Override
    public synchronized void close() {
        closed = true;
        if (running != null) {
            kill(running);
        }
    }
}
