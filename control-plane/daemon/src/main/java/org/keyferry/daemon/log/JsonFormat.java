package org.keyferry.daemon.log;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// One JSON object for each line, whatever the message holds.
///
/// @param time format and precision of `time`, empty for none
/// @param ikeName whether the SA concerned is told, under the keys that VICI's `log` event has
public record JsonFormat(Optional<StrfTime> time, boolean ikeName) implements LogFormat {
    @Override
    public String print(LogLine line, Instant at, ZoneId zone) {
        var out = new StringBuilder("{");
        time.ifPresent(format -> text(out, "time", format.print(at, zone)).append(','));
        out.append("\"thread\":").append(line.thread()).append(',');
        text(out, "group", line.group().name());
        out.append(",\"level\":").append(line.level()).append(',');
        if (ikeName && line.hasIkeSa()) {
            text(out, "ikesa-name", line.ikeName());
            out.append(",\"ikesa-uniqueid\":").append(line.ikeUniqueId()).append(',');
        }
        return text(out, "msg", line.message()).append("}\n").toString();
    }

    private static StringBuilder text(StringBuilder out, String key, String value) {
        out.append('"').append(key).append("\":\"");
        value.chars().forEach(c -> escaped(out, (char) c));
        return out.append('"');
    }

    private static void escaped(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < ' ' || Character.isSurrogate(c)) {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
