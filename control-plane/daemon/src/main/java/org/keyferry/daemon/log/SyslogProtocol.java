package org.keyferry.daemon.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.settings.Logging.Syslog;

/// Lines as the C library's `syslog` sends them to the local daemon: `<PRI>time program: line`. The
/// line is as in a file, without time.
final class SyslogProtocol implements SocketSink.Protocol {
    static final String SOCKET = "/dev/log";

    private static final int LOG_DAEMON = 3;
    private static final int LOG_AUTHPRIV = 10;
    private static final int LOG_INFO = 6;
    private static final int LOG_DEBUG = 7;
    private static final StrfTime TIME = new StrfTime("%b %e %T", 0);

    private final Syslog options;
    private final LineFormat format;
    private final ZoneId zone;

    SyslogProtocol(Syslog options, ZoneId zone) {
        this.options = options;
        this.format = new LineFormat(Optional.empty(), options.ikeName(), options.logLevel());
        this.zone = zone;
    }

    @Override
    public List<byte[]> encode(LogLine line, Instant at) {
        int facility = options.facility().equals("auth") ? LOG_AUTHPRIV : LOG_DAEMON;
        int priority =
                options.mapLevel() < 0
                        ? LOG_INFO
                        : Math.min(options.mapLevel() + line.level(), LOG_DEBUG);
        String head =
                "<%d>%s %s: "
                        .formatted(
                                facility << 3 | priority,
                                TIME.print(at, zone),
                                options.identifier());
        var datagrams = new ArrayList<byte[]>(1);
        format.print(line, at, zone)
                .lines()
                .forEach(text -> datagrams.add((head + text).getBytes(StandardCharsets.UTF_8)));
        return datagrams;
    }
}
