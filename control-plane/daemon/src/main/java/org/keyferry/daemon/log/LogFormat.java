package org.keyferry.daemon.log;

import java.time.Instant;
import java.time.ZoneId;

/// How a sink prints a line, with the newline at its end.
interface LogFormat {
    /// @param at wall-clock time
    String print(LogLine line, Instant at, ZoneId zone);
}
