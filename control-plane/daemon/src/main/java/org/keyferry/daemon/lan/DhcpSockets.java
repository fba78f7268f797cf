package org.keyferry.daemon.lan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.keyferry.nativeshim.Libc;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.PacketSocket;
import org.keyferry.nativeshim.WakeablePoll;
import org.keyferry.settings.LanConf;
import org.keyferry.wire.IpAddress;

/// Sockets towards DHCP servers: messages leave by UDP, as routes and packet filters say, and
/// answers are seen by a packet socket, as they may be for nobody's address or for a port that a
/// server on this host has.
final class DhcpSockets implements DhcpLink, AutoCloseable {
    private static final int CLIENT_PORT = 68;
    private static final int SERVER_PORT = 67;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int LONGEST_PACKET = 60 + 8 + DhcpMessage.MAX_BYTES;

    /// Whole UDP datagrams from port 67 to 67 or 68 that say they are answers.
    private static final long[] ANSWERS = {
        code(0x30, 0, 0, 9), // protocol
        code(0x15, 0, 11, 17),
        code(0x28, 0, 0, 6), // fragment
        code(0x45, 9, 0, 0x3fff),
        code(0xb1, 0, 0, 0), // X is the length of the IP header
        code(0x48, 0, 0, 0), // source port
        code(0x15, 0, 6, SERVER_PORT),
        code(0x48, 0, 0, 2), // destination port
        code(0x15, 1, 0, CLIENT_PORT),
        code(0x15, 0, 3, SERVER_PORT),
        code(0x50, 0, 0, 8), // operation
        code(0x15, 0, 1, 2),
        code(0x06, 0, 0, 0xffff),
        code(0x06, 0, 0, 0),
    };

    private static final long NOTHING = code(0x06, 0, 0, 0);

    private final LanConf.Dhcp conf;
    private final int sending;
    private final PacketSocket receiving;
    private final WakeablePoll poll;
    private final ByteBuffer received = ByteBuffer.allocateDirect(LONGEST_PACKET);

    private DhcpSockets(LanConf.Dhcp conf, int sending, PacketSocket receiving) throws LinuxError {
        this.conf = conf;
        this.sending = sending;
        this.receiving = receiving;
        this.poll = new WakeablePoll(receiving.fd());
    }

    /// An instruction of the classic BPF.
    static long code(int code, int ifTrue, int ifFalse, int operand) {
        return (long) code << 48
                | (long) ifTrue << 40
                | (long) ifFalse << 32
                | Integer.toUnsignedLong(operand);
    }

    /// @throws LinuxError without CAP_NET_RAW, if a named interface is not there, or if somebody
    ///   else has the port for himself
    static DhcpSockets open(LanConf.Dhcp conf) throws LinuxError {
        int index = 0;
        if (conf.receiveInterface().isPresent()) {
            index = Libc.ifNameToIndex(conf.receiveInterface().get());
        }
        PacketSocket receiving = PacketSocket.open(PacketSocket.ETH_P_IP, index, ANSWERS);
        try {
            int sending = udpSocket(conf);
            try {
                // what comes to the port is read elsewhere
                Libc.attachFilter(sending, NOTHING);
                int port = conf.useServerPort() && conf.isRelay() ? SERVER_PORT : CLIENT_PORT;
                Libc.bind(sending, Udp.sockaddr(IpAddress.ANY_V4, port));
                return new DhcpSockets(conf, sending, receiving);
            } catch (LinuxError e) {
                Libc.close(sending);
                throw e;
            }
        } catch (LinuxError e) {
            receiving.close();
            throw e;
        }
    }

    private static int udpSocket(LanConf.Dhcp conf) throws LinuxError {
        int type = Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int fd = Libc.socket(Libc.AF_INET, type, 0);
        try {
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1);
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BROADCAST, 1);
            if (conf.sendInterface().isPresent()) {
                byte[] name = (conf.sendInterface().get() + "\0").getBytes(UTF_8);
                Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, name);
            }
            return fd;
        } catch (LinuxError e) {
            Libc.close(fd);
            throw e;
        }
    }

    @Override
    public void send(DhcpMessage message, IpAddress to) throws IOException {
        byte[] bytes = message.encode();
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        Libc.sendto(sending, data, 0, Udp.sockaddr(to, SERVER_PORT));
    }

    @Override
    public IpAddress towards(IpAddress server) throws IOException {
        int fd = udpSocket(conf);
        try {
            Libc.connect(fd, Udp.sockaddr(server, SERVER_PORT));
            byte[] own = Libc.getsockname(fd, SOCKADDR_IN_BYTES);
            return IpAddress.ofBytes(Arrays.copyOfRange(own, 4, 8));
        } finally {
            Libc.close(fd);
        }
    }

    @Override
    public void wake() {
        try {
            poll.wake();
        } catch (LinuxError e) {
            throw new IllegalStateException("eventfd", e);
        }
    }

    /// Waits for a message, for [#wake] or until the time is over.
    ///
    /// @param timeoutMillis -1 for no limit
    void await(int timeoutMillis) throws LinuxError {
        poll.await(timeoutMillis);
    }

    /// @return empty if there is none
    /// @throws Malformed if what came is none
    Optional<DhcpMessage> receive() throws LinuxError, Malformed {
        Optional<PacketSocket.Arrival> arrival = receiving.receive(received);
        if (arrival.isEmpty()) {
            return Optional.empty();
        }
        int bytes = arrival.get().bytes();
        if (bytes > received.capacity()) {
            throw new Malformed("DHCP message in a packet of " + bytes + " bytes");
        }
        return Optional.of(DhcpMessage.decode(Udp.payload(received.slice(0, bytes))));
    }

    @Override
    public void close() throws LinuxError {
        poll.close();
        receiving.close();
        Libc.close(sending);
    }
}
