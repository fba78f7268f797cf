package org.keyferry.daemon.log;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;

/// Where all lines of one daemon go: to the sinks of its configuration and to whoever listens. Text
/// is made only if somebody wants the line. Any thread may write.
public final class Log implements AutoCloseable {
    /// Somebody who wants lines besides the sinks, such as VICI clients.
    public interface Listener {
        /// Cheap, as it is asked for every line.
        boolean wants(Group group, int level, int ikeUniqueId);

        void line(LogLine line);
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /// Held while lines are written, so that none goes to a sink that was just closed.
    private final ReadWriteLock writing = new ReentrantReadWriteLock();

    private volatile List<LogSink> sinks = List.of(StreamSink.standardOutput(LogLevels.of(1)));

    public Log() {
        LibraryLogging.to(this);
    }

    /// Replaces all sinks; those that were used are closed.
    public void use(List<LogSink> next) {
        List<LogSink> former;
        writing.writeLock().lock();
        try {
            former = sinks;
            sinks = List.copyOf(next);
        } finally {
            writing.writeLock().unlock();
        }
        former.forEach(LogSink::close);
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// The highest level that any sink prints.
    public int highestLevel() {
        return sinks.stream().mapToInt(sink -> sink.levels().highest()).max().orElse(-1);
    }

    public void log(Event.Logged logged) {
        if (wanted(logged.group(), logged.level(), logged.ikeUniqueId())) {
            write(
                    new LogLine(
                            logged.group(),
                            logged.level(),
                            ThreadNumbers.own(),
                            logged.name(),
                            logged.ikeUniqueId(),
                            logged.text(),
                            logged.format()));
        }
    }

    /// @param format as [String#format]'s; without `args` it is taken as it stands
    public void log(Group group, int level, String format, Object... args) {
        if (wanted(group, level, 0)) {
            String message = args.length == 0 ? format : String.format(format, args);
            write(new LogLine(group, level, ThreadNumbers.own(), "", 0, message, format));
        }
    }

    /// A mistake of ours, with its stack trace.
    public void mistake(Group group, String what, Throwable mistake) {
        log(group, 0, "internal error: %s", what);
        for (String line : StackTraces.lines(mistake)) {
            log(group, 0, "%s", line);
        }
    }

    private boolean wanted(Group group, int level, int ikeUniqueId) {
        for (LogSink sink : sinks) {
            if (level <= sink.levels().of(group)) {
                return true;
            }
        }
        for (Listener listener : listeners) {
            if (listener.wants(group, level, ikeUniqueId)) {
                return true;
            }
        }
        return false;
    }

    private void write(LogLine line) {
        Instant at = Instant.now();
        writing.readLock().lock();
        try {
            for (LogSink sink : sinks) {
                if (line.level() <= sink.levels().of(line.group())) {
                    sink.write(line, at);
                }
            }
        } finally {
            writing.readLock().unlock();
        }
        for (Listener listener : listeners) {
            if (listener.wants(line.group(), line.level(), line.ikeUniqueId())) {
                listener.line(line);
            }
        }
    }

    /// Writes out what is buffered and closes all files.
    @Override
    public void close() {
        LibraryLogging.noLongerTo(this);
        use(List.of());
    }
}
