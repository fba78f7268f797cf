package org.keyferry.daemon.lan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.keyferry.nativeshim.Libc;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.PacketSocket;
import org.keyferry.settings.ForecastConf;
import org.keyferry.wire.IpAddress;

/// Packet sockets that see broadcasts and multicasts, and raw sockets that send them as they are.
///
/// @param broadcast of the network behind this host
/// @param toNetwork raw socket on its interface, which is a member of the groups
/// @param toPeers raw socket that sends under any address
record ForecastSockets(
        IpAddress broadcast,
        int toNetwork,
        int toPeers,
        PacketSocket fromNetwork,
        PacketSocket fromPeers) {
    static final int LONGEST_PACKET = 65_535;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_RAW = 255;
    private static final int SO_MARK = 36;
    private static final int IP_FREEBIND = 15;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_UNICAST_IF = 50;
    private static final int MREQN_BYTES = 12;

    /// @throws LinuxError without CAP_NET_RAW
    /// @throws IOException if there is no such network
    static ForecastSockets open(ForecastConf conf) throws IOException {
        NetworkInterface link = network(conf);
        IpAddress broadcast =
                broadcast(link)
                        .orElseThrow(
                                () -> new IOException(link.getName() + " has no IPv4 network"));
        int toNetwork = rawSocket();
        int toPeers = -1;
        PacketSocket fromNetwork = null;
        try {
            byte[] name = (link.getName() + "\0").getBytes(UTF_8);
            Libc.setsockopt(toNetwork, Libc.SOL_SOCKET, Libc.SO_BINDTODEVICE, name);
            for (IpAddress group : conf.groups()) {
                join(toNetwork, group, link);
            }
            toPeers = rawSocket();
            Libc.setsockopt(toPeers, IPPROTO_IP, IP_FREEBIND, 1);
            fromNetwork =
                    PacketSocket.open(
                            PacketSocket.ETH_P_IP, link.getIndex(), ForecastFilters.ofNetwork());
            var fromPeers =
                    PacketSocket.open(
                            PacketSocket.ETH_P_IP,
                            0,
                            ForecastFilters.ofPeers(List.of(), broadcast));
            return new ForecastSockets(broadcast, toNetwork, toPeers, fromNetwork, fromPeers);
        } catch (LinuxError e) {
            Libc.close(toNetwork);
            if (toPeers >= 0) {
                Libc.close(toPeers);
            }
            if (fromNetwork != null) {
                fromNetwork.close();
            }
            throw e;
        }
    }

    private static int rawSocket() throws LinuxError {
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int fd = Libc.socket(Libc.AF_INET, type, IPPROTO_RAW); // packets come with their header
        try {
            Libc.attachFilter(fd, DhcpSockets.code(0x06, 0, 0, 0)); // nothing is read from it
            Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_BROADCAST, 1);
            Libc.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
            return fd;
        } catch (LinuxError e) {
            Libc.close(fd);
            throw e;
        }
    }

    private static void join(int fd, IpAddress group, NetworkInterface link) throws LinuxError {
        try {
            Libc.setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, mreqn(group, link.getIndex()));
        } catch (LinuxError e) {
            throw new LinuxError("joining " + group + " on " + link.getName(), e.errno());
        }
    }

    /// `struct ip_mreqn`.
    private static byte[] mreqn(IpAddress group, int interfaceIndex) {
        return ByteBuffer.allocate(MREQN_BYTES)
                .order(ByteOrder.nativeOrder())
                .put(group.toBytes())
                .putInt(0)
                .putInt(interfaceIndex)
                .array();
    }

    /// What comes with these marks is taken from now on.
    ///
    /// @throws IllegalArgumentException if there are too many
    void listenTo(Collection<Integer> marks) throws LinuxError {
        Libc.attachFilter(fromPeers.fd(), ForecastFilters.ofPeers(marks, broadcast));
    }

    void toNetwork(IpPacket packet, ByteBuffer bytes) throws LinuxError {
        send(toNetwork, packet, bytes);
    }

    /// @throws LinuxError also if the address that ESP is to leave from is not there
    void toPeer(IpPacket packet, ByteBuffer bytes, ForecastPeer peer) throws LinuxError {
        int device = device(peer.local());
        // the policy asks where it comes from and what mark it has, the route where it leaves
        Libc.setsockopt(toPeers, Libc.SOL_SOCKET, SO_MARK, peer.markOut());
        Libc.setsockopt(toPeers, IPPROTO_IP, IP_MULTICAST_IF, mreqn(IpAddress.ANY_V4, device));
        byte[] inNetworkOrder = ByteBuffer.allocate(Integer.BYTES).putInt(device).array();
        Libc.setsockopt(toPeers, IPPROTO_IP, IP_UNICAST_IF, inNetworkOrder);
        Libc.bind(toPeers, Udp.sockaddr(packet.source(), 0));
        send(toPeers, packet, bytes);
    }

    private static void send(int fd, IpPacket packet, ByteBuffer bytes) throws LinuxError {
        ByteBuffer whole = bytes.slice(0, packet.bytes());
        Libc.sendto(fd, whole, 0, Udp.sockaddr(packet.destination(), 0));
    }

    private static int device(IpAddress own) throws LinuxError {
        try {
            NetworkInterface link =
                    NetworkInterface.getByInetAddress(InetAddress.getByAddress(own.toBytes()));
            return link == null ? 0 : link.getIndex();
        } catch (IOException _) {
            return 0; // the kernel says what is wrong
        }
    }

    /// Towards the network behind this host.
    ///
    /// @throws IOException if there is none
    static NetworkInterface network(ForecastConf conf) throws IOException {
        if (conf.interfaceName().isPresent()) {
            String name = conf.interfaceName().get();
            NetworkInterface named = NetworkInterface.getByName(name);
            if (named == null) {
                throw new IOException("there is no interface " + name);
            }
            return named;
        }
        for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
            if (canMulticast(link)) {
                return link;
            }
        }
        throw new IOException("no interface can multicast");
    }

    private static boolean canMulticast(NetworkInterface link) throws SocketException {
        return link.isUp()
                && link.supportsMulticast()
                && !link.isLoopback()
                && broadcast(link).isPresent();
    }

    private static Optional<IpAddress> broadcast(NetworkInterface link) {
        return link.getInterfaceAddresses().stream()
                .map(InterfaceAddress::getBroadcast)
                .filter(Objects::nonNull)
                .map(IpAddress::of)
                .findFirst();
    }

    /// The raw ones; packet sockets have their owners.
    void close() throws LinuxError {
        Libc.close(toNetwork);
        Libc.close(toPeers);
    }
}
