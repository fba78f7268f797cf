package org.keyferry.daemon.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.nativeshim.Errno;
import org.keyferry.nativeshim.Libc;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

class UdpTransportTest {
    private static final int IPPROTO_UDP = 17;
    private static final int SO_MARK = 36;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final Bytes MESSAGE = Bytes.utf8("twenty-eight bytes of an IKE");

    private static UdpTransport transport(TransportOptions options, List<Integer> marks) {
        return new UdpTransport(
                options,
                (fd, _, _, _) -> {
                    try {
                        marks.add(Libc.getsockopt(fd, Libc.SOL_SOCKET, SO_MARK));
                    } catch (LinuxError e) {
                        throw new AssertionError(e);
                    }
                },
                (_, _, _) -> {},
                new Log());
    }

    private static TransportOptions options(OptionalInt mark, boolean ipv4, boolean ipv6)
            throws Exception {
        return new TransportOptions(
                FreePorts.orFree(0), FreePorts.orFree(0), 10_000, mark, ipv4, ipv6);
    }

    private static Optional<Integer> asRoot(SocketCall call) throws LinuxError {
        try {
            return Optional.of(call.run());
        } catch (LinuxError e) {
            if (e.is(Errno.EPERM)) return Optional.empty();
            throw e;
        }
    }

    private interface SocketCall {
        int run() throws LinuxError;
    }

    /// As they arrive at a raw socket, with the IP header, whose second byte holds code point and
    /// ECN bits (RFC 2474 §3).
    @Test
    void eachPacketHasTheCodePointOfItsConnection() throws Exception {
        Optional<Integer> raw = asRoot(() -> Libc.socket(Libc.AF_INET, Libc.SOCK_RAW, IPPROTO_UDP));
        assumeTrue(raw.isPresent(), "raw sockets need a right");
        int fd = raw.get();
        var options = options(OptionalInt.empty(), true, true);
        InetAddress loopback = IpAddress.parse("127.0.0.1").toInetAddress();
        try (var transport = transport(options, new ArrayList<>());
                var peer = new DatagramSocket(0, loopback)) {
            transport.use(List.of(loopback));
            var from = new Endpoint(IpAddress.of(loopback), options.port());
            var to = new Endpoint(IpAddress.of(loopback), peer.getLocalPort());
            var batch = new ArrayList<Outgoing>();
            for (int dscp : new int[] {0, 46, 0, 63})
                batch.add(new Outgoing(from, to, Optional.of(MESSAGE), false, dscp));
            transport.send(batch);
            assertEquals(List.of(0, 46 << 2, 0, 63 << 2), trafficClasses(fd, options.port(), 4));
        } finally {
            Libc.close(fd);
        }
    }

    private static List<Integer> trafficClasses(int fd, int sourcePort, int count)
            throws LinuxError {
        var classes = new ArrayList<Integer>();
        while (classes.size() < count) {
            assertTrue(Libc.poll(PATIENCE_MILLIS, fd)[0], "only " + classes);
            var packet = ByteBuffer.allocateDirect(1 << 16);
            Optional<Integer> _ = Libc.recvfrom(fd, packet, 0, new byte[16]);
            int header = (packet.get(0) & 0xf) * 4;
            if (Short.toUnsignedInt(packet.getShort(header)) == sourcePort)
                classes.add(packet.get(1) & 0xff);
        }
        return classes;
    }

    @Test
    void socketsAreMarkedBeforeAnythingElse() throws Exception {
        var marks = new ArrayList<Integer>();
        Optional<Integer> raw = asRoot(() -> Libc.socket(Libc.AF_INET, Libc.SOCK_RAW, IPPROTO_UDP));
        assumeTrue(raw.isPresent(), "marks need a right");
        Libc.close(raw.get());
        try (var transport = transport(options(OptionalInt.of(0x42), true, false), marks)) {
            transport.use(
                    List.of(
                            IpAddress.parse("127.0.0.1").toInetAddress(),
                            IpAddress.parse("::1").toInetAddress()));
        }
        assertEquals(List.of(0x42, 0x42), marks, "two ports of IPv4, none of IPv6");
    }
}
