package org.keyferry.daemon.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Input;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TcpFrames;

/// Over loopback, with frames made here: the lab shows the same with the kernel's.
class TcpTransportTest {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
    private static final int MOST_BYTES = 1_000;
    private static final IkeSpi SPI = new IkeSpi(7);
    private static final int PATIENCE_SECONDS = 10;
    private static final Bytes MESSAGE = Bytes.utf8("twenty-eight bytes of an IKE");

    private record Message(Endpoint local, Endpoint remote, Bytes bytes) {}

    /// A transport and what it has said.
    private static final class End implements AutoCloseable {
        private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
        private final BlockingQueue<Input> told = new LinkedBlockingQueue<>();
        private final TransportCounters counters = new TransportCounters();
        private final int port;
        private final TcpTransport transport;

        End(Duration patience) throws IOException {
            port = freePort();
            transport =
                    new TcpTransport(
                            new TcpOptions(
                                    port, MOST_BYTES, OptionalInt.empty(), true, true, patience),
                            new StreamPreparer() {
                                @Override
                                public void prepareStream(int fd, boolean v6) {}

                                @Override
                                public boolean frameStream(int fd) {
                                    return false;
                                }
                            },
                            (local, remote, bytes) ->
                                    received.add(new Message(local, remote, bytes)),
                            told::add,
                            counters,
                            new Log());
            transport.use(List.of(LOOPBACK.toInetAddress()));
        }

        private static int freePort() throws IOException {
            try (var socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }

        Endpoint listens() {
            return Endpoint.ofTcp(LOOPBACK, port);
        }

        Message next() throws InterruptedException {
            Message message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotEquals(null, message, "nothing was received");
            return message;
        }

        Input nextTold() throws InterruptedException {
            Input input = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotEquals(null, input, "nothing was told");
            return input;
        }

        Endpoint opens(Endpoint remote) throws InterruptedException {
            transport.open(SPI, LOOPBACK, remote, told::add);
            return ((Input.StreamOpened) nextTold()).local();
        }

        void sends(Endpoint local, Endpoint remote, Bytes message) {
            transport.send(new Outgoing(local, remote, Optional.of(message), true, 0));
        }

        @Override
        public void close() {
            transport.close();
        }
    }

    private End gateway;
    private End laptop;

    @BeforeEach
    void start() throws IOException {
        gateway = new End(Duration.ofSeconds(30));
        laptop = new End(Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        laptop.close();
        gateway.close();
    }

    private static Socket connect(End end) throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(LOOPBACK.toInetAddress(), end.port));
        socket.setSoTimeout((int) Duration.ofSeconds(PATIENCE_SECONDS).toMillis());
        return socket;
    }

    private static boolean isEnded(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException _) {
            return true; // a reset ends it as well
        }
    }

    private static byte[] frame(Bytes message) {
        return ByteBuffer.allocate(6 + message.length())
                .putShort((short) (6 + message.length()))
                .putInt(0)
                .put(message.toArray())
                .array();
    }

    @Test
    void messagesGoBothWaysInOrder() throws Exception {
        Endpoint local = laptop.opens(gateway.listens());
        var sent = new ArrayList<Bytes>();
        for (int i = 0; i < 100; i++) {
            sent.add(Bytes.utf8("message " + i + "x".repeat(9 * i)));
        }
        sent.forEach(message -> laptop.sends(local, gateway.listens(), message));
        for (Bytes message : sent) {
            assertEquals(new Message(gateway.listens(), local, message), gateway.next());
        }
        gateway.sends(gateway.listens(), local, MESSAGE);
        assertEquals(new Message(local, gateway.listens(), MESSAGE), laptop.next());
    }

    /// Two IKE_SAs never share a connection.
    @Test
    void eachIsAConnectionOfItsOwn() throws Exception {
        Endpoint one = laptop.opens(gateway.listens());
        Endpoint other = laptop.opens(gateway.listens());
        assertNotEquals(one, other);
        laptop.sends(other, gateway.listens(), MESSAGE);
        assertEquals(other, gateway.next().remote());
    }

    @Test
    void thePrefixComesFirstAndOnlyOnce() throws Exception {
        try (var listener = new java.net.ServerSocket(0, 1, LOOPBACK.toInetAddress())) {
            var there = Endpoint.ofTcp(LOOPBACK, listener.getLocalPort());
            laptop.transport.open(SPI, LOOPBACK, there, laptop.told::add);
            try (Socket accepted = listener.accept()) {
                accepted.setSoTimeout((int) Duration.ofSeconds(PATIENCE_SECONDS).toMillis());
                Endpoint local = ((Input.StreamOpened) laptop.nextTold()).local();
                laptop.sends(local, there, MESSAGE);
                InputStream in = accepted.getInputStream();
                byte[] expected = frame(MESSAGE);
                assertEquals("IKETCP", new String(in.readNBytes(6), StandardCharsets.US_ASCII));
                assertEquals(Bytes.of(expected), Bytes.of(in.readNBytes(expected.length)));
            }
        }
    }

    /// A prefix in pieces is read no further than to its end.
    @Test
    void bytesMayComeOneByOne() throws Exception {
        try (Socket socket = connect(gateway)) {
            socket.setTcpNoDelay(true);
            for (byte b : Bytes.utf8("IKETCP").concat(Bytes.of(frame(MESSAGE))).toArray()) {
                socket.getOutputStream().write(b);
            }
            assertEquals(MESSAGE, gateway.next().bytes());
        }
    }

    @Test
    void anotherProtocolIsHungUpOn() throws Exception {
        for (String said : List.of("GET / HTTP/1.1\r\n\r\n", "IKETCX", "IKETCP\0\1")) {
            try (Socket socket = connect(gateway)) {
                socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                assertTrue(isEnded(socket), said);
            }
        }
    }

    @Test
    void whatIsTooLongIsHungUpOn() throws Exception {
        try (Socket socket = connect(gateway)) {
            socket.getOutputStream().write("IKETCP".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(frame(Bytes.of(new byte[MOST_BYTES])));
            assertEquals(MOST_BYTES, gateway.next().bytes().length());
            socket.getOutputStream().write(frame(Bytes.of(new byte[MOST_BYTES + 1])), 0, 2);
            assertTrue(isEnded(socket));
        }
    }

    @Test
    void espWithoutAKernelIsCountedAndInTheEndHungUpOn() throws Exception {
        try (Socket socket = connect(gateway)) {
            socket.getOutputStream().write("IKETCP".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 17; i++) {
                socket.getOutputStream().write(new byte[] {0, 10, 1, 2, 3, 4, 5, 6, 7, 8});
            }
            assertTrue(isEnded(socket));
            assertEquals(17, gateway.counters.notIke());
        }
    }

    @Test
    void whoSaysNothingOrTooLittleIsNotWaitedFor() throws Exception {
        try (var impatient = new End(Duration.ofMillis(200));
                Socket silent = connect(impatient);
                Socket slow = connect(impatient)) {
            slow.getOutputStream().write("IKE".getBytes(StandardCharsets.US_ASCII));
            assertTrue(isEnded(silent));
            assertTrue(isEnded(slow));
        }
    }

    @Test
    void whoHasProvedItselfMayBeSilent() throws Exception {
        try (var impatient = new End(Duration.ofMillis(200));
                Socket silent = connect(impatient)) {
            Endpoint local = laptop.opens(impatient.listens());
            laptop.sends(local, impatient.listens(), MESSAGE);
            assertEquals(MESSAGE, impatient.next().bytes());
            impatient.transport.keep(impatient.listens(), local);
            assertTrue(isEnded(silent)); // by now the time of the other would be over, too
            laptop.sends(local, impatient.listens(), MESSAGE);
            assertEquals(MESSAGE, impatient.next().bytes());
        }
    }

    @Test
    void ofOneAddressTheOldestStrangerHasToGo() throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i <= Strangers.MOST_OF_ADDRESS; i++) {
                Socket socket = connect(gateway);
                socket.getOutputStream().write("IKETCP".getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(frame(MESSAGE));
                assertEquals(MESSAGE, gateway.next().bytes());
                sockets.add(socket);
            }
            assertTrue(isEnded(sockets.getFirst()));
            sockets.getLast().getOutputStream().write(frame(MESSAGE));
            assertEquals(MESSAGE, gateway.next().bytes());
            assertEquals(Strangers.MOST_OF_ADDRESS, gateway.transport.size());
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void whoDoesNotReadIsNotWaitedForAtTheEnd() throws Exception {
        try (var impatient = new End(Duration.ofMillis(500));
                Socket deaf = connect(impatient)) {
            deaf.getOutputStream().write("IKETCP".getBytes(StandardCharsets.US_ASCII));
            deaf.getOutputStream().write(frame(MESSAGE));
            Endpoint remote = impatient.next().remote();
            impatient.transport.keep(impatient.listens(), remote);
            for (int i = 0; i < 250; i++) { // more than the two sockets hold
                impatient.sends(impatient.listens(), remote, Bytes.of(new byte[60_000]));
            }
            impatient.transport.close(impatient.listens(), remote);
            long end = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
            assertThrows(
                    SocketException.class,
                    () -> {
                        while (System.nanoTime() < end) {
                            deaf.getOutputStream().write(frame(MESSAGE));
                        }
                    });
        }
    }

    /// Only who opened it hears that a connection is gone.
    @Test
    void whoOpenedItHearsOfTheEnd() throws Exception {
        Endpoint local = laptop.opens(gateway.listens());
        laptop.sends(local, gateway.listens(), MESSAGE);
        gateway.next();
        gateway.sends(gateway.listens(), local, MESSAGE);
        gateway.transport.close(gateway.listens(), local);
        assertEquals(MESSAGE, laptop.next().bytes());
        assertEquals(new Input.StreamLost(local, gateway.listens()), laptop.nextTold());
        assertEquals(0, laptop.transport.size());
        laptop.sends(local, gateway.listens(), MESSAGE);
        assertEquals(1, laptop.counters.unsendable());
        assertEquals(List.of(), List.copyOf(gateway.told));
    }

    @Test
    void aRefusalIsTold() throws Exception {
        var nobody = Endpoint.ofTcp(LOOPBACK, End.freePort());
        laptop.transport.open(SPI, LOOPBACK, nobody, laptop.told::add);
        var refused = (Input.StreamRefused) laptop.nextTold();
        assertEquals(nobody, refused.remote());
        assertTrue(refused.reason().contains("refused"), refused.reason());
    }

    @Test
    void messagesThatNoFrameHoldsAreNotSent() throws Exception {
        Endpoint local = laptop.opens(gateway.listens());
        laptop.sends(
                local, gateway.listens(), Bytes.of(new byte[0x1_0000 - TcpFrames.MARKER_BYTES]));
        laptop.sends(local, gateway.listens(), MESSAGE);
        assertEquals(MESSAGE, gateway.next().bytes());
        assertEquals(1, laptop.counters.unsendable());
    }
}
