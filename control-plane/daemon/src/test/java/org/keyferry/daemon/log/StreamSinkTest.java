package org.keyferry.daemon.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Logging;
import org.keyferry.settings.Logging.Journal;
import org.keyferry.settings.Logging.Levels;
import org.keyferry.settings.Logging.LogFile;
import org.keyferry.settings.Logging.Syslog;

class StreamSinkTest {
    private static final Instant AT = Instant.parse("2026-11-03T04:05:06.789012Z");
    private static final Levels ONE = new Levels(1, Map.of());

    @TempDir private Path directory;

    private LogFile file(String name, boolean append, boolean flushLine) {
        return new LogFile(
                directory.resolve(name).toString(),
                ONE,
                append,
                flushLine,
                false,
                false,
                false,
                Optional.empty(),
                "s");
    }

    private static LogLine line(String message) {
        return new LogLine(Group.CFG, 1, 0, "", 0, message);
    }

    private String content(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    @Test
    void aRotatedFileIsLetGoOfWhenTheSinksAreReplaced() throws Exception {
        try (var log = new Log()) {
            log.use(List.of(StreamSink.open(file("log", true, false))));
            log.log(Group.CFG, 1, "before");
            Files.move(directory.resolve("log"), directory.resolve("log.1"));
            log.log(Group.CFG, 1, "meanwhile");
            log.use(List.of(StreamSink.open(file("log", true, false))));
            log.log(Group.CFG, 1, "after");
        }
        assertEquals("00[CFG] before\n00[CFG] meanwhile\n", content("log.1"));
        assertEquals("00[CFG] after\n", content("log"));
    }

    @Test
    void linesAreNotLostWhileSinksAreReplaced() throws Exception {
        int lines = 20_000;
        try (var log = new Log()) {
            log.use(List.of(StreamSink.open(file("log", true, false))));
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int count = 0; count < lines; count++) {
                                            log.log(Group.CFG, 1, "line");
                                        }
                                    });
            while (writer.isAlive()) {
                log.use(List.of(StreamSink.open(file("log", true, false))));
            }
        }
        assertEquals(lines, content("log").lines().count());
    }

    @Test
    void aFileIsContinuedOrEmptied() throws Exception {
        Files.writeString(directory.resolve("kept"), "old\n");
        Files.writeString(directory.resolve("emptied"), "old\n");
        StreamSink.open(file("kept", true, false)).close();
        StreamSink.open(file("emptied", false, false)).close();
        assertEquals("old\n", content("kept"));
        assertEquals("", content("emptied"));
    }

    @Test
    void flushLineShowsEachLineAtOnce() throws Exception {
        try (var flushed = StreamSink.open(file("flushed", true, true));
                var buffered = StreamSink.open(file("buffered", true, false))) {
            flushed.write(line("one"), AT);
            buffered.write(line("one"), AT);
            assertEquals("00[CFG] one\n", content("flushed"));
            assertEquals("", content("buffered"));
        }
        assertEquals("00[CFG] one\n", content("buffered"));
    }

    @Test
    void aFullDiskOrAClosedSinkLosesLinesInSilence() throws Exception {
        var full =
                new LogFile(
                        "/dev/full", ONE, true, true, false, false, false, Optional.empty(), "s");
        var sink = StreamSink.open(full);
        sink.write(line("nowhere to go"), AT);
        sink.close();
        sink.write(line("too late"), AT);
    }

    @Test
    void whatCannotBeOpenedIsToldAndTheRestWorks() throws Exception {
        Process made = new ProcessBuilder("mkfifo", directory.resolve("fifo").toString()).start();
        assertEquals(0, made.waitFor());
        var logging =
                new Logging(
                        List.of(
                                file("missing/log", true, true),
                                file("fifo", true, true),
                                file("good", true, true)),
                        List.of(),
                        Optional.empty(),
                        List.of("as configured"));
        Loggers loggers = Loggers.open(logging, Optional.of(LogLevels.of(-1)), NO_JOURNAL);
        assertEquals(3, loggers.problems().size(), loggers.problems().toString());
        assertTrue(loggers.problems().get(0).contains("missing/log (No such file or directory)"));
        assertTrue(loggers.problems().get(1).contains("fifo (is a pipe)"));
        try (var log = new Log()) {
            log.use(loggers.sinks());
            log.log(Group.CFG, 1, "still here");
            assertEquals("00[CFG] still here\n", content("good"));
        }
        assertThrows(IOException.class, () -> StreamSink.open(file("fifo", true, true)));
    }

    private static final Loggers.Sockets NO_JOURNAL =
            new Loggers.Sockets("/nonexistent/log", "/nonexistent/journal", false);
    private static final Loggers.Sockets IN_JOURNAL =
            new Loggers.Sockets("/nonexistent/log", "/nonexistent/journal", true);

    private static List<Class<?>> kinds(Logging logging, Loggers.Sockets at) {
        List<LogSink> sinks = Loggers.open(logging, Optional.empty(), at).sinks();
        List<Class<?>> kinds = List.copyOf(sinks.stream().map(LogSink::getClass).toList());
        sinks.forEach(LogSink::close);
        return kinds;
    }

    private static Logging logging(List<LogFile> files, List<Syslog> syslogs, Journal... journal) {
        return new Logging(files, syslogs, List.of(journal).stream().findFirst(), List.of());
    }

    @Test
    void withoutALoggerTheJournalOrStandardOutputIsOne() {
        Logging none = logging(List.of(), List.of());
        assertEquals(List.of(StreamSink.class), kinds(none, NO_JOURNAL));
        assertEquals(List.of(SocketSink.class), kinds(none, IN_JOURNAL));
        Logging silentJournal =
                logging(List.of(), List.of(), new Journal(new Levels(-1, Map.of())));
        assertEquals(List.of(), kinds(silentJournal, IN_JOURNAL));
        Logging journal = logging(List.of(), List.of(), new Journal(ONE));
        assertEquals(List.of(StreamSink.class, SocketSink.class), kinds(journal, NO_JOURNAL));
    }

    @Test
    void aLogFileCanBeStandardOutput() {
        var stderr =
                new LogFile("stderr", ONE, true, false, false, false, false, Optional.empty(), "s");
        assertEquals(
                List.of(StreamSink.class), kinds(logging(List.of(stderr), List.of()), NO_JOURNAL));
    }

    @Test
    void theStreamMustBeTheOneOfTheJournal() throws Exception {
        Path stream = Files.createFile(directory.resolve("stream"));
        Object device = Files.getAttribute(stream, "unix:dev");
        Object inode = Files.getAttribute(stream, "unix:ino");
        Map<String, String> right = Map.of("JOURNAL_STREAM", device + ":" + inode);
        assertTrue(Loggers.Sockets.isJournal(right, stream));
        assertTrue(!Loggers.Sockets.isJournal(right, directory));
        assertTrue(!Loggers.Sockets.isJournal(Map.of(), stream));
    }

    @Test
    void jsonHasAnObjectForEachEntry() {
        var format = new JsonFormat(Optional.of(new StrfTime("%F %T", 3)), true);
        var line = new LogLine(Group.IKE, 2, 7, "gw", 3, "a \"b\" \\ c\nd\u0001é");
        assertEquals(
                "{\"time\":\"2026-11-03 04:05:06.789\",\"thread\":7,\"group\":\"IKE\",\"level\":2,"
                        + "\"ikesa-name\":\"gw\",\"ikesa-uniqueid\":3,"
                        + "\"msg\":\"a \\\"b\\\" \\\\ c\\nd\\u0001é\"}\n",
                format.print(line, AT, ZoneOffset.UTC));
        assertEquals(
                "{\"thread\":7,\"group\":\"IKE\",\"level\":2,\"msg\":\"x\"}\n",
                new JsonFormat(Optional.empty(), false)
                        .print(new LogLine(Group.IKE, 2, 7, "gw", 3, "x"), AT, ZoneOffset.UTC));
    }
}
