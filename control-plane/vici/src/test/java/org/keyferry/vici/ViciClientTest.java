package org.keyferry.vici;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ViciClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private Path file() {
        return directory.resolve("test.vici");
    }

    /// A server that reads one packet and answers with these frames' bytes, then ends.
    private CompletableFuture<Void> answerOnce(ServerSocketChannel listener, String... hexFrames) {
        return CompletableFuture.runAsync(
                () -> {
                    try (SocketChannel client = listener.accept()) {
                        Frames.read(client);
                        for (String frame : hexFrames) {
                            Frames.write(client, HexFormat.of().parseHex(frame));
                        }
                    } catch (IOException | MalformedVici e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(file()));
    }

    private ViciException failure(String... answer) throws Exception {
        try (var listener = listener()) {
            var served = answerOnce(listener, answer);
            try (var client = ViciClient.connect(file())) {
                var failure =
                        assertThrows(
                                ViciException.class,
                                () -> client.request("version", ViciMessage.EMPTY, PATIENCE));
                served.get(20, SECONDS);
                return failure;
            }
        }
    }

    @Test
    void anAbsentSocketIsNamed() {
        var failure = assertThrows(ViciException.class, () -> ViciClient.connect(file()));
        assertEquals(ViciException.Kind.NOT_REACHABLE, failure.kind());
        assertEquals("no daemon is running: " + file() + " does not exist", failure.getMessage());
    }

    @Test
    void aSocketLeftBehindIsNamed() throws Exception {
        listener().close();
        var failure = assertThrows(ViciException.class, () -> ViciClient.connect(file()));
        assertEquals(ViciException.Kind.NOT_REACHABLE, failure.kind());
        assertEquals("no daemon is running: nobody listens on " + file(), failure.getMessage());
    }

    @Test
    void aPortWithoutDaemonIsNamed() throws Exception {
        int port;
        try (var taken = new java.net.ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        var address = ViciAddress.parse("tcp://127.0.0.1:" + port);
        var failure = assertThrows(ViciException.class, () -> ViciClient.connect(address));
        assertEquals(ViciException.Kind.NOT_REACHABLE, failure.kind());
        assertTrue(failure.getMessage().contains(address.toString()), failure.getMessage());
    }

    @Test
    void aDaemonThatDiesMidwayIsNoticed() throws Exception {
        assertEquals(ViciException.Kind.LOST, failure().kind());
    }

    @Test
    void aStrangerOnTheSocketIsNoticed() throws Exception {
        var failure = failure("48545450");
        assertEquals(ViciException.Kind.PROTOCOL, failure.kind());
        assertTrue(
                failure.getMessage().endsWith("sent unknown packet type 72 at byte 0"),
                failure.getMessage());
    }

    @Test
    void anAnswerOfTheWrongTypeIsNoticed() throws Exception {
        assertEquals(ViciException.Kind.PROTOCOL, failure("05").kind());
    }

    @Test
    void eventsBeforeTheAnswerAreAccepted() throws Exception {
        try (var listener = listener()) {
            var served =
                    answerOnce(
                            listener,
                            ViciPacketTest.CHARON_CONTROL_LOG,
                            ViciPacketTest.CHARON_VERSION);
            try (var client = ViciClient.connect(file())) {
                var answer = client.request("version", ViciMessage.EMPTY, PATIENCE);
                assertEquals("5.9.8", answer.getString("version", ""));
            }
            served.get(20, SECONDS);
        }
    }

    @Test
    void silenceEndsWithATimeoutAndTheConnection() throws Exception {
        try (var listener = listener();
                var client = ViciClient.connect(file())) {
            var failure =
                    assertThrows(
                            ViciException.class,
                            () ->
                                    client.request(
                                            "version", ViciMessage.EMPTY, Duration.ofMillis(50)));
            assertEquals(ViciException.Kind.TIMEOUT, failure.kind());
            assertTrue(listener.isOpen());
            var after =
                    assertThrows(
                            ViciException.class,
                            () -> client.request("version", ViciMessage.EMPTY, PATIENCE));
            assertEquals(ViciException.Kind.LOST, after.kind());
        }
    }

    @Test
    void noTimeToListenIsTimeToRegister() throws Exception {
        try (var listener = listener()) {
            var served =
                    CompletableFuture.runAsync(
                            () -> {
                                try (SocketChannel client = listener.accept()) {
                                    Frames.read(client);
                                    LockSupport.parkNanos(20_000_000); // a daemon that is busy
                                    Frames.write(client, new byte[] {5});
                                    client.read(java.nio.ByteBuffer.allocate(1)); // its end
                                } catch (IOException | MalformedVici e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            try (var client = ViciClient.connect(file())) {
                client.listen(List.of("log"), Duration.ZERO, event -> {});
            }
            served.get(20, SECONDS);
        }
    }

    @Test
    void listensUntilClosedByAnother() throws Exception {
        var address = new ViciAddress.Unix(file());
        try (var server = ViciServer.listen(address, Map.of(), ViciServerOptions.DEFAULTS)) {
            var client = ViciClient.connect(address);
            var first = new CompletableFuture<String>();
            var listening =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    client.listen(
                                            List.of("log", "ike-updown"),
                                            ViciClient.FOREVER,
                                            event -> first.complete(event.event()));
                                } catch (ViciException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            while (!first.isDone()) {
                server.raise("ike-updown", ViciMessage.EMPTY);
                Thread.onSpinWait();
            }
            assertEquals("ike-updown", first.get());
            client.close();
            listening.get(20, SECONDS);
        }
    }

    @Test
    void listensForSoLongOnly() throws Exception {
        var address = new ViciAddress.Unix(file());
        try (var _ = ViciServer.listen(address, Map.of(), ViciServerOptions.DEFAULTS);
                var client = ViciClient.connect(address)) {
            var events = new ArrayList<ViciPacket.Event>();
            client.listen(List.of("log"), Duration.ofMillis(100), events::add);
            assertEquals(List.of(), events);
        }
    }

    @Test
    void unknownEventsAreNamed() throws Exception {
        var address = new ViciAddress.Unix(file());
        try (var _ = ViciServer.listen(address, Map.of(), ViciServerOptions.DEFAULTS);
                var client = ViciClient.connect(address)) {
            var failure =
                    assertThrows(
                            ViciException.class,
                            () -> client.listen(List.of("nosuch"), PATIENCE, _ -> {}));
            assertEquals(ViciException.Kind.UNKNOWN_EVENT, failure.kind());
        }
    }

    @Test
    void addressesAreReadAsStrongswanWritesThem() {
        assertEquals(new ViciAddress.Unix(Path.of("/run/x")), ViciAddress.parse("unix:///run/x"));
        assertEquals(new ViciAddress.Unix(Path.of("/run/x")), ViciAddress.parse("/run/x"));
        assertEquals(
                new ViciAddress.Tcp("192.0.2.1", 4502), ViciAddress.parse("tcp://192.0.2.1:4502"));
        assertEquals(new ViciAddress.Tcp("::1", 4502), ViciAddress.parse("tcp://[::1]:4502"));
        for (String wrong : List.of("", "http://x", "tcp://x", "tcp://x:70000", "unix://")) {
            assertThrows(IllegalArgumentException.class, () -> ViciAddress.parse(wrong), wrong);
        }
    }
}
