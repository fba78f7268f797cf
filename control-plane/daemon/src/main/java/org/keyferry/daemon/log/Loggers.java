package org.keyferry.daemon.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.Logging;
import org.keyferry.settings.Logging.Journal;
import org.keyferry.settings.Logging.Levels;
import org.keyferry.settings.Logging.LogFile;
import org.keyferry.settings.Logging.Syslog;

/// The sinks of a configuration, opened.
///
/// Beside the files and syslog facilities that are configured there is one more destination: the
/// journal if standard output leads there anyway, as it does in a service of systemd, else standard
/// output, unless a log file is that already.
///
/// @param problems why some of what is configured is missing
public record Loggers(List<LogSink> sinks, List<String> problems) {
    private static final Set<String> STANDARD =
            Set.of("stdout", "stderr", "/dev/stdout", "/dev/stderr");

    /// Where the host's log daemons receive, and whether standard output leads to the journal.
    public record Sockets(String syslog, String journal, boolean inJournal) {
        public static Sockets ofHost() {
            return new Sockets(
                    SyslogProtocol.SOCKET,
                    JournalProtocol.SOCKET,
                    isJournal(System.getenv(), Path.of("/proc/self/fd/1"))
                            || isJournal(System.getenv(), Path.of("/proc/self/fd/2")));
        }

        /// Programs inherit the variable; it holds only while the stream is the one it names.
        static boolean isJournal(Map<String, String> environment, Path stream) {
            String named = environment.getOrDefault("JOURNAL_STREAM", "");
            try {
                Map<String, Object> own = Files.readAttributes(stream, "unix:dev,ino");
                return named.equals(own.get("dev") + ":" + own.get("ino"));
            } catch (IOException _) {
                return false;
            }
        }
    }

    /// @param standardOutput levels of standard output; empty if not configured
    public static Loggers open(Logging logging, Optional<LogLevels> standardOutput, Sockets at) {
        var opened = new Loggers(new ArrayList<>(), new ArrayList<>());
        boolean inFile = logging.files().stream().map(LogFile::path).anyMatch(STANDARD::contains);
        if (standardOutput.isPresent() || !(at.inJournal() || inFile)) {
            opened.sinks.add(
                    StreamSink.standardOutput(standardOutput.orElseGet(() -> LogLevels.of(1))));
        }
        Optional<Journal> journal =
                logging.journal()
                        .or(
                                () ->
                                        Optional.of(new Journal(new Levels(1, Map.of())))
                                                .filter(_ -> at.inJournal()));
        journal.map(section -> LogLevels.of(section.levels()))
                .filter(levels -> levels.highest() >= 0)
                .ifPresent(levels -> opened.socket(at.journal(), levels, new JournalProtocol()));
        for (Syslog syslog : logging.syslogs()) {
            LogLevels levels = LogLevels.of(syslog.levels());
            if (levels.highest() >= 0) {
                var protocol = new SyslogProtocol(syslog, ZoneId.systemDefault());
                opened.socket(at.syslog(), levels, protocol);
            }
        }
        logging.files().forEach(opened::file);
        opened.problems.addAll(logging.warnings());
        return opened;
    }

    private void socket(String address, LogLevels levels, SocketSink.Protocol protocol) {
        try {
            sinks.add(SocketSink.open(address, levels, protocol));
        } catch (IOException e) {
            problems.add("unable to log to " + address + ": " + e.getMessage());
        }
    }

    private void file(LogFile file) {
        try {
            sinks.add(StreamSink.open(file));
        } catch (IOException | IllegalArgumentException e) {
            problems.add("unable to log to a file: " + e.getMessage());
        }
    }
}
