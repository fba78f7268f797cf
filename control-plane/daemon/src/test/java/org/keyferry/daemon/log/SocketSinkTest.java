package org.keyferry.daemon.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.daemon.DatagramReceiver;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.Logging.Levels;
import org.keyferry.settings.Logging.Syslog;

/// Expected datagrams are those that charon-systemd 5.9.8 sent for such lines.
class SocketSinkTest {
    private static final Instant AT = Instant.parse("2026-11-26T07:17:34Z");
    private static final LogLine INITIATING =
            new LogLine(
                    Group.IKE,
                    0,
                    12,
                    "gateways",
                    1,
                    "initiating IKE_SA gateways[1] to 192.168.0.2",
                    "initiating IKE_SA %s[%d] to %s");
    private static final LogLine ADDED =
            new LogLine(Group.CFG, 1, 3, "", 0, "added vici connection: gateways");

    @TempDir private Path directory;

    private static String sent(Syslog options, LogLine line) {
        List<byte[]> datagrams = new SyslogProtocol(options, ZoneOffset.UTC).encode(line, AT);
        return new String(datagrams.getFirst(), StandardCharsets.UTF_8);
    }

    private static Syslog syslog(String facility, boolean detailed, int mapLevel) {
        return new Syslog(facility, "ferry", new Levels(1, Map.of()), detailed, detailed, mapLevel);
    }

    @Test
    void syslogGetsFacilityAndPriority() {
        assertEquals(
                "<28>Nov 26 07:17:34 ferry: 12[IKE0] <gateways|1> initiating IKE_SA gateways[1] to"
                        + " 192.168.0.2",
                sent(syslog("daemon", true, 4), INITIATING));
        assertEquals(
                "<29>Nov 26 07:17:34 ferry: 03[CFG1] added vici connection: gateways",
                sent(syslog("daemon", true, 4), ADDED));
        assertEquals(
                "<86>Nov 26 07:17:34 ferry: 12[IKE] initiating IKE_SA gateways[1] to 192.168.0.2",
                sent(syslog("auth", false, -1), INITIATING));
    }

    @Test
    void priorityEndsAtDebug() {
        var detail = new LogLine(Group.IKE, 3, 0, "", 0, "raw");
        assertTrue(sent(syslog("daemon", false, 6), detail).startsWith("<31>"));
    }

    @Test
    void eachLineIsASyslogMessage() {
        var lines = new LogLine(Group.DMN, 0, 0, "", 0, "one\ntwo");
        List<byte[]> sent =
                new SyslogProtocol(syslog("daemon", false, -1), ZoneOffset.UTC).encode(lines, AT);
        assertEquals(2, sent.size());
        assertEquals(
                "<30>Nov 26 07:17:34 ferry: 00[DMN] two",
                new String(sent.getLast(), StandardCharsets.UTF_8));
    }

    private static List<String> fields(LogLine line) {
        byte[] entry = new JournalProtocol().encode(line, AT).getFirst();
        return new String(entry, StandardCharsets.UTF_8).lines().toList();
    }

    private static String value(LogLine line, String name) {
        return fields(line).stream()
                .filter(field -> field.startsWith(name + "="))
                .map(field -> field.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theJournalGetsFieldsInCharonsOrder() {
        List<String> fields = fields(INITIATING);
        assertEquals("MESSAGE=initiating IKE_SA gateways[1] to 192.168.0.2", fields.getFirst());
        assertTrue(fields.get(1).matches("MESSAGE_ID=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        assertEquals(
                List.of(
                        "PRIORITY=5",
                        "GROUP=IKE",
                        "LEVEL=0",
                        "THREAD=12",
                        "IKE_SA_UNIQUE_ID=1",
                        "IKE_SA_NAME=gateways",
                        "SYSLOG_IDENTIFIER=keyferryd"),
                fields.subList(2, fields.size()));
        assertEquals(
                List.of("PRIORITY=6", "GROUP=CFG", "LEVEL=1", "THREAD=3"),
                fields(ADDED).subList(2, 6));
    }

    @Test
    void linesOfAKindShareTheirMessageId() {
        var other =
                new LogLine(
                        Group.IKE,
                        0,
                        1,
                        "b",
                        2,
                        "initiating IKE_SA b[2] to …",
                        INITIATING.format());
        assertEquals(value(INITIATING, "MESSAGE_ID"), value(other, "MESSAGE_ID"));
        assertTrue(!value(ADDED, "MESSAGE_ID").equals(value(other, "MESSAGE_ID")));
    }

    /// As systemd's "Native Journal Protocol" describes: name, newline, 64-bit little-endian
    /// length, value, newline.
    @Test
    void aValueOfSeveralLinesHasItsLengthBefore() {
        byte[] entry =
                new JournalProtocol()
                        .encode(new LogLine(Group.DMN, 0, 0, "", 0, "één\ntwo"), AT)
                        .getFirst();
        var expected = new ByteArrayOutputStream();
        expected.writeBytes("MESSAGE\n".getBytes(StandardCharsets.UTF_8));
        expected.writeBytes(new byte[] {9, 0, 0, 0, 0, 0, 0, 0});
        expected.writeBytes("één\ntwo\nMESSAGE_ID=".getBytes(StandardCharsets.UTF_8));
        assertArrayEquals(expected.toByteArray(), java.util.Arrays.copyOf(entry, expected.size()));
    }

    private SocketSink sink(String address) throws Exception {
        return SocketSink.open(
                address,
                LogLevels.of(1),
                new SyslogProtocol(syslog("daemon", false, -1), ZoneOffset.UTC));
    }

    private static String message(String datagram) {
        return datagram.substring(datagram.indexOf(']') + 2);
    }

    @Test
    void itGoesOnWhenTheReceiverComesLaterOrAgain() throws Exception {
        String address = directory.resolve("log").toString();
        try (var sink = sink(address)) {
            for (int life = 1; life <= 2; life++) {
                sink.write(new LogLine(Group.DMN, 0, 0, "", 0, "heard by nobody"), AT);
                while (sink.lost() == 0) {
                    Thread.onSpinWait();
                }
                try (var receiver = DatagramReceiver.bind(address)) {
                    sink.write(new LogLine(Group.DMN, 0, 0, "", 0, "here"), AT);
                    assertEquals("here", message(receiver.next()));
                    assertEquals("1 lines of the log were lost", message(receiver.next()));
                }
                Files.delete(Path.of(address));
            }
        }
    }

    private static String nextWith(DatagramReceiver receiver, String text) throws Exception {
        String message = message(receiver.next());
        while (!message.contains(text)) {
            message = message(receiver.next());
        }
        return message;
    }

    @Test
    void aReceiverThatHangsDelaysNobody() throws Exception {
        String address = "@keyferry-test-" + ProcessHandle.current().pid();
        try (var receiver = DatagramReceiver.bind(address);
                var sink = sink(address)) {
            long start = System.nanoTime();
            for (int line = 0; line < 20_000; line++) {
                sink.write(new LogLine(Group.DMN, 0, 0, "", 0, "line " + line), AT);
            }
            assertTrue(System.nanoTime() - start < 30_000_000_000L);
            assertEquals("line 0", message(receiver.next()));
            assertTrue(nextWith(receiver, "lines of the log were lost").matches("1[0-9]{4} .*"));
        }
    }

    @Test
    void whatWaitsIsSentBeforeTheEnd() throws Exception {
        String address = directory.resolve("log").toString();
        try (var receiver = DatagramReceiver.bind(address)) {
            try (var sink = sink(address)) {
                for (int line = 0; line < 5; line++) {
                    sink.write(new LogLine(Group.DMN, 0, 0, "", 0, "line " + line), AT);
                }
            }
            for (int line = 0; line < 5; line++) {
                assertEquals("line " + line, message(receiver.next()));
            }
        }
    }
}
