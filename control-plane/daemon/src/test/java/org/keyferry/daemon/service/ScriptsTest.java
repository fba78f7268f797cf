package org.keyferry.daemon.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Service.Script;

class ScriptsTest {
    private final Log log = new Log();
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    @TempDir private Path directory;

    @BeforeEach
    void listen() {
        log.use(List.of());
        log.listen(
                new Log.Listener() {
                    @Override
                    public boolean wants(Group group, int level, int ikeUniqueId) {
                        return group == Group.DMN;
                    }

                    @Override
                    public void line(LogLine line) {
                        lines.add(line.message());
                    }
                });
    }

    @AfterEach
    void close() {
        log.close();
    }

    private String next() throws InterruptedException {
        return lines.poll(60, TimeUnit.SECONDS);
    }

    /// Lines as charon-systemd 5.9.8 logged them; it passes over the standard error output and the
    /// exit status.
    @Test
    void theyRunInOrderAndTheirOutputIsLogged() throws Exception {
        new Scripts(log, Duration.ofSeconds(60))
                .run(
                        "start",
                        List.of(
                                new Script("hello", "echo hello world; echo problem >&2"),
                                new Script("fail", "exit 3"),
                                new Script("last", "cat; echo end")));
        assertEquals("executing start script 'hello' (echo hello world; echo problem >&2)", next());
        assertEquals("hello: hello world", next());
        assertEquals("hello: problem", next());
        assertEquals("executing start script 'fail' (exit 3)", next());
        assertEquals("start script 'fail' ended with status 3", next());
        assertEquals("executing start script 'last' (cat; echo end)", next());
        assertEquals("last: end", next());
    }

    @Test
    void oneThatHangsIsKilledWithWhatItStarted() throws Exception {
        Path pid = directory.resolve("pid");
        var hang = new Script("hang", "sleep 1000 & echo $! >" + pid + "; wait");
        new Scripts(log, Duration.ofSeconds(2))
                .run("start", List.of(hang, new Script("next", "echo on")));
        assertEquals("executing start script 'hang' (" + hang.command() + ")", next());
        assertEquals("start script 'hang' killed, as it did not end within 2 s", next());
        assertEquals("executing start script 'next' (echo on)", next());
        assertEquals("next: on", next());
        assertEnds(pid);
    }

    private static void assertEnds(Path pid) throws Exception {
        long child = Long.parseLong(Files.readString(pid).strip());
        Optional<ProcessHandle> handle = ProcessHandle.of(child);
        if (handle.isPresent()) {
            handle.get().onExit().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingKillsTheRunningOneAndRunsNoFurther() throws Exception {
        Path pid = directory.resolve("pid");
        var scripts = new Scripts(log, Duration.ofSeconds(1_000));
        var done =
                scripts.start(
                        "start",
                        List.of(
                                new Script(
                                        "hang",
                                        "sleep 1000 & echo $! >" + pid + "; echo there; wait"),
                                new Script("never", "echo never")));
        next();
        assertEquals("hang: there", next());
        assertFalse(done.isDone());
        scripts.close();
        done.get(60, TimeUnit.SECONDS);
        assertTrue(lines.stream().noneMatch(line -> line.contains("never")), lines.toString());
        assertEnds(pid);
    }

    @Test
    void aJobInTheBackgroundHoldsNobodyUp() {
        long start = System.nanoTime();
        new Scripts(log, Duration.ofSeconds(1_000))
                .run("start", List.of(new Script("fork", "sleep 20 & echo forked")));
        assertTrue(System.nanoTime() - start < 15_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s --load-all",
                "%s --load-all --noprompt",
                "%s -q",
                "echo now && %s --noprompt --load-conns",
                "(%s -c)",
                "sleep 1;%s --load-all;echo done"
            })
    void swanctlThatLoadsIsFound(String command) throws Exception {
        Path swanctl = program("swanctl");
        assertTrue(found(command.formatted(swanctl)));
        assertTrue(found(command.formatted("swanctl")));
        Files.delete(swanctl);
        assertFalse(found(command.formatted(swanctl)));
        assertFalse(found(command.formatted("swanctl")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s --load-creds",
                "%s --list-conns",
                "echo %s",
                "%s --stats; other --load-all",
                "%s --load-all-of-it"
            })
    void otherCommandsLoadNothing(String command) throws Exception {
        assertFalse(found(command.formatted(program("swanctl"))));
    }

    private Path program(String name) throws Exception {
        Path program = Files.createFile(directory.resolve(name));
        assertTrue(program.toFile().setExecutable(true));
        return program;
    }

    private boolean found(String command) {
        return LoadingScript.among(
                        List.of(new Script("other", "true"), new Script("load", command)),
                        Map.of("PATH", "/nonexistent:" + directory))
                .isPresent();
    }
}
