package org.keyferry.daemon.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.keyferry.settings.Logging.LogFile;

/// One destination with its levels and its way to print.
public final class LogSink {
    private final LogLevels levels;
    private final LineFormat format;
    private final OutputStreamAppender<ILoggingEvent> appender;

    private LogSink(
            LogLevels levels, LineFormat format, OutputStreamAppender<ILoggingEvent> appender) {
        this.levels = levels;
        this.format = format;
        this.appender = appender;
    }

    public static LogSink standardOutput(LogLevels levels) {
        return new LogSink(levels, LineFormat.STANDARD, console("System.out", true));
    }

    /// A `filelog` section.
    public static LogSink of(LogFile file) {
        int digits =
                switch (file.timePrecision()) {
                    case "ms" -> 3;
                    case "us" -> 6;
                    default -> 0;
                };
        Optional<StrfTime> time = file.timeFormat().map(format -> new StrfTime(format, digits));
        return new LogSink(
                LogLevels.of(file.level(), file.groupLevels()),
                new LineFormat(time, file.ikeName(), file.logLevel()),
                switch (file.path()) {
                    case "stdout" -> console("System.out", file.flushLine());
                    case "stderr" -> console("System.err", file.flushLine());
                    default -> file(file);
                });
    }

    private static OutputStreamAppender<ILoggingEvent> console(String target, boolean flush) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setTarget(target);
        console.setImmediateFlush(flush);
        return console;
    }

    private static OutputStreamAppender<ILoggingEvent> file(LogFile file) {
        var appender = new FileAppender<ILoggingEvent>();
        appender.setFile(file.path());
        appender.setAppend(file.append());
        appender.setImmediateFlush(file.flushLine());
        return appender;
    }

    LogLevels levels() {
        return levels;
    }

    OutputStreamAppender<ILoggingEvent> appender() {
        return appender;
    }

    /// Started; a file that cannot be opened is reported to standard error by Logback and prints
    /// nothing.
    OutputStreamAppender<ILoggingEvent> open(LoggerContext context) {
        var layout = new LineLayout(format);
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        var filter = new LevelFilter(levels);
        filter.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.addFilter(filter);
        appender.start();
        return appender;
    }

    private static LogLine line(ILoggingEvent event) {
        return (LogLine) event.getArgumentArray()[0];
    }

    private static final class LineLayout extends LayoutBase<ILoggingEvent> {
        private final LineFormat format;
        private final ZoneId zone = ZoneId.systemDefault();

        LineLayout(LineFormat format) {
            this.format = format;
        }

        @Override
        public String doLayout(ILoggingEvent event) {
            return format.print(line(event), Instant.ofEpochMilli(event.getTimeStamp()), zone);
        }
    }

    private static final class LevelFilter extends Filter<ILoggingEvent> {
        private final LogLevels levels;

        LevelFilter(LogLevels levels) {
            this.levels = levels;
        }

        @Override
        public FilterReply decide(ILoggingEvent event) {
            LogLine line = line(event);
            return line.level() <= levels.of(line.group()) ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }
}
