package org.keyferry.daemon.log;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// `[time ]NN[GRP] [<name|id> ]message`, as charon prints. A message of several lines gets the same
/// beginning on each.
///
/// @param time format and precision of the time, empty for none
/// @param ikeName whether the SA's name comes before the message
/// @param logLevel whether the level follows the group: `[IKE2]`
public record LineFormat(Optional<StrfTime> time, boolean ikeName, boolean logLevel)
        implements LogFormat {
    /// What standard output gets: `12:00:01.250 07[IKE] <gw|1> initiating IKE_SA gw[1] to …`.
    public static final LineFormat STANDARD =
            new LineFormat(Optional.of(new StrfTime("%H:%M:%S", 3)), true, false);

    @Override
    public String print(LogLine line, Instant at, ZoneId zone) {
        var head = new StringBuilder();
        time.ifPresent(format -> head.append(format.print(at, zone)).append(' '));
        head.append((char) ('0' + line.thread() / 10)).append((char) ('0' + line.thread() % 10));
        head.append('[').append(line.group());
        if (logLevel) {
            head.append(line.level());
        }
        head.append("] ");
        if (ikeName && line.hasIkeSa()) {
            head.append('<').append(line.ikeName()).append('|').append(line.ikeUniqueId());
            head.append("> ");
        }
        if (line.message().indexOf('\n') < 0) {
            return head.append(line.message()).append('\n').toString();
        }
        var out = new StringBuilder();
        line.message().lines().forEach(text -> out.append(head).append(text).append('\n'));
        return out.toString();
    }
}
