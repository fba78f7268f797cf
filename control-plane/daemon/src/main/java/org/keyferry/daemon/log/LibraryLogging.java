package org.keyferry.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;
import org.keyferry.engine.Event.Group;

/// What libraries, and rooms that have no [Log], log through SLF4J: warnings and worse, to the log
/// of the daemon, or to standard output while there is none. Found by Logback as a service, so that
/// it looks for no configuration file.
public final class LibraryLogging extends ContextAwareBase implements Configurator {
    private static final AtomicReference<Log> LOG = new AtomicReference<>();

    /// Where lines go from now on. Of several daemons in one process the last one gets them.
    static void to(Log log) {
        LOG.set(log);
    }

    static void noLongerTo(Log log) {
        LOG.compareAndSet(log, null);
    }

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        var appender = new LogAppender();
        appender.setContext(loggers);
        appender.start();
        var root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static final class LogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
        private final ThrowableProxyConverter stackTraces = new ThrowableProxyConverter();
        private final ZoneId zone = ZoneId.systemDefault();

        LogAppender() {
            stackTraces.start();
        }

        @Override
        protected void append(ILoggingEvent event) {
            Group group = groupOf(event.getLoggerName());
            String thrown = event.getThrowableProxy() == null ? "" : stackTraces.convert(event);
            String message = event.getFormattedMessage();
            String text = thrown.isEmpty() ? message : message + "\n" + thrown;
            Log log = LOG.get();
            if (log != null) {
                log.log(group, 0, "%s", text);
                return;
            }
            var line = new LogLine(group, 0, ThreadNumbers.own(), "", 0, text);
            Instant at = Instant.ofEpochMilli(event.getTimeStamp());
            System.out.print(LineFormat.STANDARD.print(line, at, zone));
        }

        private static Group groupOf(String logger) {
            if (logger.startsWith("org.keyferry.daemon.dataplane")) {
                return Group.KNL;
            }
            return logger.startsWith("org.keyferry.vici") ? Group.CFG : Group.LIB;
        }
    }
}
