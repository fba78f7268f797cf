package org.keyferry.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.time.Instant;
import java.time.ZoneId;
import org.keyferry.engine.Event.Group;

/// What libraries, and rooms that have no [Log], log through SLF4J: warnings and worse, to standard
/// output. Found by Logback as a service, so that it looks for no configuration file.
public final class LibraryLogging extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        var layout = new LibraryLayout();
        layout.setContext(loggers);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(loggers);
        encoder.setLayout(layout);
        encoder.start();
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(loggers);
        console.setEncoder(encoder);
        console.start();
        var root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static final class LibraryLayout extends LayoutBase<ILoggingEvent> {
        private final ThrowableProxyConverter stackTraces = new ThrowableProxyConverter();
        private final ZoneId zone = ZoneId.systemDefault();

        LibraryLayout() {
            stackTraces.start();
        }

        @Override
        public String doLayout(ILoggingEvent event) {
            String thrown = event.getThrowableProxy() == null ? "" : stackTraces.convert(event);
            String message = event.getFormattedMessage();
            var line =
                    new LogLine(
                            groupOf(event.getLoggerName()),
                            0,
                            ThreadNumbers.own(),
                            "",
                            0,
                            thrown.isEmpty() ? message : message + "\n" + thrown);
            return LineFormat.STANDARD.print(
                    line, Instant.ofEpochMilli(event.getTimeStamp()), zone);
        }

        private static Group groupOf(String logger) {
            if (logger.startsWith("org.keyferry.daemon.dataplane")) {
                return Group.KNL;
            }
            return logger.startsWith("org.keyferry.vici") ? Group.CFG : Group.LIB;
        }
    }
}
