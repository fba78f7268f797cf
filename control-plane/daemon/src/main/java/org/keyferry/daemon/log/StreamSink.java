package org.keyferry.daemon.log;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.keyferry.settings.Logging.LogFile;

/// A `filelog` section, or standard output.
public final class StreamSink implements LogSink {
    private static final int TYPE_BITS = 0170000; // S_IFMT
    private static final int FIFO = 0010000; // S_IFIFO

    private final LogLevels levels;
    private final LogFormat format;
    private final boolean flushLine;
    private final ZoneId zone = ZoneId.systemDefault();

    /// Null once closed.
    private OutputStream out;

    private StreamSink(LogLevels levels, LogFormat format, boolean flushLine, OutputStream out) {
        this.levels = levels;
        this.format = format;
        this.flushLine = flushLine;
        this.out = out;
    }

    public static StreamSink standardOutput(LogLevels levels) {
        return new StreamSink(levels, LineFormat.STANDARD, true, new Standard(false));
    }

    /// Opens, and empties unless it is to be appended to, the file of a section.
    ///
    /// @throws IOException with the file and the reason
    public static StreamSink open(LogFile file) throws IOException {
        LogLevels levels = LogLevels.of(file.levels());
        LogFormat format = format(file);
        return switch (file.path()) {
            case "stdout", "/dev/stdout" ->
                    new StreamSink(levels, format, true, new Standard(false));
            case "stderr", "/dev/stderr" ->
                    new StreamSink(levels, format, true, new Standard(true));
            default -> {
                refuseFifo(Path.of(file.path()));
                var stream = new FileOutputStream(file.path(), file.append());
                yield new StreamSink(
                        levels, format, file.flushLine(), new BufferedOutputStream(stream));
            }
        };
    }

    /// Opening one waits for its reader, which nothing here may do.
    private static void refuseFifo(Path path) throws IOException {
        if (Files.exists(path)
                && ((Integer) Files.getAttribute(path, "unix:mode") & TYPE_BITS) == FIFO) {
            throw new IOException(path + " (is a pipe)");
        }
    }

    private static LogFormat format(LogFile file) {
        int digits =
                switch (file.timePrecision()) {
                    case "ms" -> 3;
                    case "us" -> 6;
                    default -> 0;
                };
        Optional<StrfTime> time = file.timeFormat().map(format -> new StrfTime(format, digits));
        return file.json()
                ? new JsonFormat(time, file.ikeName())
                : new LineFormat(time, file.ikeName(), file.logLevel());
    }

    @Override
    public LogLevels levels() {
        return levels;
    }

    @Override
    public void write(LogLine line, Instant at) {
        byte[] bytes = format.print(line, at, zone).getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            if (out == null) {
                return;
            }
            try {
                out.write(bytes);
                if (flushLine) {
                    out.flush();
                }
            } catch (IOException _) {
                // the disk is full, say; the next line may fit again
            }
        }
    }

    @Override
    public synchronized void close() {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException _) {
            // what was buffered is lost
        }
        out = null;
    }

    /// Standard output or error as it is now; stays open when closed.
    private static final class Standard extends OutputStream {
        private final boolean error;

        Standard(boolean error) {
            this.error = error;
        }

        @Override
        public void write(int b) {
            (error ? System.err : System.out).write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            (error ? System.err : System.out).write(bytes, from, count);
        }

        @Override
        public void flush() {
            (error ? System.err : System.out).flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
