package org.keyferry.daemon.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Lines as fields of an entry in systemd's journal, named as charon-systemd names them.
final class JournalProtocol implements SocketSink.Protocol {
    static final String SOCKET = "/run/systemd/journal/socket";

    private static final int LOG_NOTICE = 5;
    private static final int LOG_DEBUG = 7;

    /// Well below the 8 MiB that fit into a datagram, and more than any line should have.
    private static final int LONGEST_MESSAGE = 1 << 17;

    @Override
    public List<byte[]> encode(LogLine line, Instant at) {
        var out = new ByteArrayOutputStream(256);
        String message = line.message();
        int shown = Math.min(message.length(), LONGEST_MESSAGE);
        field(out, "MESSAGE", message.substring(0, shown));
        field(out, "MESSAGE_ID", idOf(line.format()));
        field(out, "PRIORITY", "" + Math.clamp(LOG_NOTICE + line.level(), LOG_NOTICE, LOG_DEBUG));
        field(out, "GROUP", line.group().name());
        field(out, "LEVEL", "" + line.level());
        field(out, "THREAD", "" + line.thread());
        if (line.hasIkeSa()) {
            field(out, "IKE_SA_UNIQUE_ID", "" + line.ikeUniqueId());
            field(out, "IKE_SA_NAME", line.ikeName());
        }
        field(out, "SYSLOG_IDENTIFIER", "keyferryd");
        return List.of(out.toByteArray());
    }

    /// The same for all lines of one kind, whatever they tell.
    private static String idOf(String format) {
        return UUID.nameUUIDFromBytes(format.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// `NAME=value`, or if the value has several lines the name, its length in 64 bits and it.
    private static void field(ByteArrayOutputStream out, String name, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        if (value.indexOf('\n') < 0) {
            out.write('=');
        } else {
            out.write('\n');
            out.writeBytes(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(bytes.length)
                            .array());
        }
        out.writeBytes(bytes);
        out.write('\n');
    }
}
