package org.keyferry.daemon.radius;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusSeal;
import org.keyferry.settings.RadiusConf;
import org.keyferry.settings.model.SecretText;
import org.keyferry.wire.Bytes;

/// A RADIUS server whose answers a test scripts; like a real one it gives a repeated request the
/// answer that the first one got.
final class FakeRadius implements AutoCloseable {
    static final String SECRET = "gv6URkSs";
    private static final byte[] NOTHING_YET = {};

    /// What it says; empty for nothing at all.
    record Says(int code, List<RadiusAttribute> attributes) {}

    final List<RadiusPacket> requests = new CopyOnWriteArrayList<>();
    private final DatagramSocket socket;
    private final Duration delay;
    private final Map<String, byte[]> answered = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RadiusSeal seal = new RadiusSeal(secret(SECRET));
    private volatile Function<RadiusPacket, Optional<Says>> script;

    FakeRadius(Duration delay, Function<RadiusPacket, Optional<Says>> script) throws IOException {
        this.delay = delay;
        this.script = script;
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("fake RADIUS").start(this::serve);
    }

    static FakeRadius saying(int code, RadiusAttribute... attributes) throws IOException {
        return new FakeRadius(Duration.ZERO, _ -> Optional.of(new Says(code, List.of(attributes))));
    }

    static FakeRadius dead() throws IOException {
        return new FakeRadius(Duration.ZERO, _ -> Optional.empty());
    }

    static SecretText secret(String text) {
        return SecretText.owned(text.getBytes(StandardCharsets.UTF_8));
    }

    /// A value as MS-MPPE keys are hidden (RFC 2548 §2.4.2): one block after the other is masked
    /// with a digest of the secret and what went before.
    static Bytes hidden(RadiusPacket request, byte[] plain) {
        byte[] blocks =
                Arrays.copyOf(new byte[] {(byte) plain.length}, 1 + plain.length + 15 & ~15);
        System.arraycopy(plain, 0, blocks, 1, plain.length);
        Bytes salt = Bytes.ofU16(0x8001);
        Bytes chained = request.authenticator().concat(salt);
        for (int at = 0; at < blocks.length; at += 16) {
            byte[] mask = md5(Bytes.utf8(SECRET).concat(chained));
            for (int i = 0; i < 16; i++) {
                blocks[at + i] ^= mask[i];
            }
            chained = Bytes.of(Arrays.copyOfRange(blocks, at, at + 16));
        }
        return salt.concat(Bytes.of(blocks));
    }

    private static byte[] md5(Bytes input) {
        try {
            return MessageDigest.getInstance("MD5").digest(input.toArray());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    void follow(Function<RadiusPacket, Optional<Says>> other) {
        script = other;
    }

    int port() {
        return socket.getLocalPort();
    }

    RadiusConf.Server conf(String name, int preference, RadiusConf.Timing timing) {
        return new RadiusConf.Server(
                name,
                "127.0.0.1",
                secret(SECRET),
                "moon",
                port(),
                port(),
                1,
                Optional.empty(),
                preference,
                timing);
    }

    private void serve() {
        byte[] buffer = new byte[RadiusPacket.MOST_BYTES];
        while (!socket.isClosed()) {
            try {
                var datagram = new DatagramPacket(buffer, buffer.length);
                socket.receive(datagram);
                Bytes bytes = Bytes.of(buffer).slice(0, datagram.getLength());
                RadiusPacket request = RadiusPacket.decode(bytes);
                byte[] before =
                        answered.putIfAbsent(
                                key(request, datagram.getSocketAddress()), NOTHING_YET);
                if (before == null) {
                    requests.add(request);
                    answer(request, datagram.getSocketAddress());
                } else if (before.length > 0) {
                    sendRaw(before, datagram.getSocketAddress());
                }
            } catch (IOException _) {
                return; // closed
            } catch (MalformedRadius e) {
                throw new AssertionError(e);
            }
        }
    }

    private static String key(RadiusPacket request, SocketAddress from) {
        return from + " " + request.authenticator();
    }

    private void answer(RadiusPacket request, SocketAddress to) {
        Optional<Says> says = script.apply(request);
        if (says.isPresent()) {
            var _ =
                    timer.schedule(
                            () -> send(request, says.get(), to),
                            delay.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void send(RadiusPacket request, Says says, SocketAddress to) {
        byte[] answer = seal.answer(says.code(), request, says.attributes()).toArray();
        answered.put(key(request, to), answer);
        sendRaw(answer, to);
    }

    private void sendRaw(byte[] answer, SocketAddress to) {
        try {
            socket.send(new DatagramPacket(answer, answer.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.close();
        timer.shutdownNow();
    }
}
