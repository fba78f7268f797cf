package org.keyferry.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.slf4j.helpers.NOPMDCAdapter;

/// Where all lines of one daemon go: to the sinks of its configuration and to whoever listens. Text
/// is made only if somebody wants the line. Any thread may write.
public final class Log implements AutoCloseable {
    /// Somebody who wants lines besides the sinks, such as VICI clients.
    public interface Listener {
        /// Cheap, as it is asked for every line.
        boolean wants(Group group, int level, int ikeUniqueId);

        void line(LogLine line);
    }

    private final LoggerContext context = new LoggerContext();
    private final Map<Group, Logger> loggers = new EnumMap<>(Group.class);
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile List<LogSink> sinks = List.of();

    public Log() {
        context.setName("keyferry");
        context.setMDCAdapter(new NOPMDCAdapter()); // events ask for one
        for (Group group : Group.values()) {
            loggers.put(group, context.getLogger("keyferry." + group));
        }
        use(List.of(LogSink.standardOutput(LogLevels.of(1))));
    }

    /// Replaces all sinks; those that were used are closed.
    public synchronized void use(List<LogSink> next) {
        List<LogSink> former = sinks;
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.TRACE);
        for (LogSink sink : next) {
            root.addAppender(sink.open(context));
        }
        sinks = List.copyOf(next);
        for (LogSink sink : former) {
            root.detachAppender(sink.appender());
            sink.appender().stop();
        }
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
                    logged.group(),
                    logged.level(),
                    logged.name(),
                    logged.ikeUniqueId(),
                    logged.text());
        }
    }

    /// @param format as [String#format]'s; without `args` it is taken as it stands
    public void log(Group group, int level, String format, Object... args) {
        if (wanted(group, level, 0)) {
            write(group, level, "", 0, args.length == 0 ? format : String.format(format, args));
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

    private void write(Group group, int level, String name, int ikeUniqueId, String message) {
        var line = new LogLine(group, level, ThreadNumbers.own(), name, ikeUniqueId, message);
        loggers.get(group).info(message, line);
        for (Listener listener : listeners) {
            if (listener.wants(group, level, ikeUniqueId)) {
                listener.line(line);
            }
        }
    }

    /// Writes out what is buffered and closes all files.
    @Override
    public void close() {
        context.stop();
    }
}
