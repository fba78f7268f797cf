package org.keyferry.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.TransformType;

/// Sends mutated datagrams to a running keyferryd and then asks whether it is well: it still sets a
/// tunnel up, its log holds no error of its own, and its live heap has not grown.
public final class JunkRun {
    private static final Pattern OWN_ERROR =
            Pattern.compile("Exception|AssertionError|\\tat |IllegalState|OutOfMemory");
    private static final int BURST = 200;
    private static final Duration TUNNEL_LIMIT = Duration.ofMinutes(3);
    private static final long HEAP_SLACK_BYTES = 4 << 20;

    /// @param args home of Keyferry's tree, a directory to work in, how many datagrams, seed
    public static void main(String[] args) throws IOException {
        Path home = Path.of(args[0]);
        Path work = Files.createDirectories(Path.of(args[1]));
        int count = Integer.parseInt(args[2]);
        long seed = Long.parseLong(args[3]);
        try (Responder daemon = Responder.keyferry(home, work, true, BenchIdentities.shared())) {
            tunnel(5000, 1);
            send(count / 10, seed);
            long heapBefore = daemon.liveHeapBytes().orElseThrow();
            long residentBefore = daemon.residentKib();
            send(count, seed + 1);
            long heapAfter = daemon.liveHeapBytes().orElseThrow();
            tunnel(5100, 1);
            List<String> errors = daemon.logLines().filter(OWN_ERROR.asPredicate()).toList();
            System.out.printf(
                    "%d mutated datagrams, seed %d: live heap %d -> %d KiB, resident %d -> %d KiB,"
                            + " %d errors of ours in the log, a tunnel came up afterwards%n",
                    count,
                    seed,
                    heapBefore >> 10,
                    heapAfter >> 10,
                    residentBefore,
                    daemon.residentKib(),
                    errors.size());
            if (!errors.isEmpty()) {
                throw new IOException("errors in the log, the first: " + errors.getFirst());
            }
            if (heapAfter - heapBefore > HEAP_SLACK_BYTES) {
                throw new IOException("the live heap grew");
            }
        }
    }

    private static void tunnel(int port, int count) throws IOException {
        try (var generator =
                new LoadGenerator(
                        LoadGenerator.endpoint("127.0.0.2", port),
                        LoadGenerator.endpoint("127.0.0.1", 500),
                        BenchIdentities.shared())) {
            if (!generator.raiseTo(count, 1, TUNNEL_LIMIT)) {
                throw new IOException("no tunnel came up in " + TUNNEL_LIMIT);
            }
        }
    }

    private static void send(int count, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        try (var plain = DatagramChannel.open();
                var marked = DatagramChannel.open()) {
            plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 500));
            marked.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 4500));
            plain.configureBlocking(false);
            marked.configureBlocking(false);
            ByteBuffer answers = ByteBuffer.allocate(1 << 16);
            for (int i = 0; i < count; i++) {
                byte[] junk = mutated(random);
                if (random.nextInt(4) == 0) {
                    marked.write(ByteBuffer.wrap(withMarker(junk)));
                } else {
                    plain.write(ByteBuffer.wrap(junk));
                }
                if (i % BURST == 0) {
                    while (plain.read(answers.clear()) > 0 || marked.read(answers.clear()) > 0) {
                        answers.clear();
                    }
                }
            }
        }
    }

    private static byte[] withMarker(byte[] datagram) {
        byte[] marked = new byte[datagram.length + 4];
        System.arraycopy(datagram, 0, marked, 4, datagram.length);
        return marked;
    }

    private static byte[] mutated(SplittableRandom random) {
        byte[] datagram = request(random);
        int changes = random.nextInt(6);
        for (int i = 0; i < changes; i++) {
            datagram[random.nextInt(datagram.length)] = (byte) random.nextInt(256);
        }
        if (random.nextInt(5) == 0) {
            byte[] cut = new byte[1 + random.nextInt(datagram.length)];
            System.arraycopy(datagram, 0, cut, 0, cut.length);
            datagram = cut;
        }
        return datagram;
    }

    /// A valid IKE_SA_INIT request, or something protected for an SA that does not exist.
    private static byte[] request(SplittableRandom random) {
        byte[] key = new byte[32];
        byte[] nonce = new byte[32];
        random.nextBytes(key);
        random.nextBytes(nonce);
        int type =
                random.nextInt(3) == 0
                        ? ExchangeType.IKE_SA_INIT + random.nextInt(12)
                        : ExchangeType.IKE_SA_INIT;
        boolean fresh = random.nextInt(4) != 0;
        return IkeMessage.encode(
                        new IkeSpi(random.nextLong() | 1),
                        fresh ? IkeSpi.ZERO : new IkeSpi(random.nextLong()),
                        type,
                        random.nextInt(8) != 0,
                        random.nextInt(8) == 0,
                        random.nextInt(8) == 0 ? random.nextInt() : 0,
                        List.of(
                                new Payload.SecurityAssociation(
                                        BenchTunnels.connection(BenchIdentities.shared(), 0)
                                                .proposals()),
                                new Payload.KeyExchange(
                                        BenchTunnels.connection(BenchIdentities.shared(), 0)
                                                .proposals()
                                                .getFirst()
                                                .ofType(TransformType.KE)
                                                .getFirst()
                                                .id(),
                                        Bytes.wrapOwned(key)),
                                new Payload.Nonce(Bytes.wrapOwned(nonce))))
                .toArray();
    }

    private JunkRun() {}
}
