package org.keyferry.daemon.log;

import java.time.Instant;

/// One destination of lines, with its levels. Any thread writes. A destination that is broken loses
/// lines and fails nobody.
public interface LogSink extends AutoCloseable {
    LogLevels levels();

    /// @param at wall-clock time
    void write(LogLine line, Instant at);

    /// Writes out what is buffered. What is written later is lost.
    @Override
    void close();
}
