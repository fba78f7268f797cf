package org.keyferry.nativeshim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// A non-blocking packet socket (packet(7)) for one protocol, without link-layer headers. Opening
/// one needs CAP_NET_RAW, using it nothing. One thread at a time.
public final class PacketSocket implements AutoCloseable {
    public static final int ETH_P_IP = 0x0800;
    public static final int ETH_P_ARP = 0x0806;

    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int INDEX_AT = 4;
    private static final int PACKET_TYPE_AT = 10;
    private static final int HARDWARE_BYTES_AT = 11;
    private static final int HARDWARE_AT = 12;
    private static final int MAC_BYTES = 6;
    private static final int PACKET_OUTGOING = 4;

    private final int fd;
    private final int protocol;
    private final byte[] sender = new byte[SOCKADDR_LL_BYTES];
    private boolean closed;

    private PacketSocket(int fd, int protocol) {
        this.fd = fd;
        this.protocol = protocol;
    }

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// @param protocol as in Ethernet frames
    /// @param interfaceIndex 0 for all
    /// @param filter as [Libc#attachFilter] takes it; the packet begins at 0
    public static PacketSocket open(int protocol, int interfaceIndex, long... filter)
            throws LinuxError {
        int type = Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int fd = Libc.socket(Libc.AF_PACKET, type, 0); // with 0 nothing comes before bind
        try {
            Libc.attachFilter(fd, filter);
            var socket = new PacketSocket(fd, protocol);
            Libc.bind(fd, socket.address(interfaceIndex, new byte[0]));
            return socket;
        } catch (LinuxError e) {
            Libc.close(fd);
            throw e;
        }
    }

    public int fd() {
        return fd;
    }

    /// Where a packet came from.
    ///
    /// @param bytes of the packet, which may be more than the buffer took
    public record Arrival(int bytes, int interfaceIndex) {}

    /// Receives one packet into a direct buffer, from position 0 on; packets that this host sends
    /// are passed over.
    ///
    /// @return empty if there is none
    public Optional<Arrival> receive(ByteBuffer packet) throws LinuxError {
        packet.clear();
        while (true) {
            Optional<Integer> bytes = Libc.recvfrom(fd, packet, Libc.MSG_TRUNC, sender);
            if (bytes.isEmpty()) return Optional.empty();
            if (sender[PACKET_TYPE_AT] != PACKET_OUTGOING) {
                int index = ByteBuffer.wrap(sender).order(ByteOrder.nativeOrder()).getInt(INDEX_AT);
                return Optional.of(new Arrival(bytes.get(), index));
            }
        }
    }

    /// Sends what remains in a direct buffer to a neighbour.
    ///
    /// @param mac 6 bytes
    public void send(int interfaceIndex, byte[] mac, ByteBuffer packet) throws LinuxError {
        if (mac.length != MAC_BYTES) throw new IllegalArgumentException("MAC of " + mac.length);
        Libc.sendto(fd, packet, 0, address(interfaceIndex, mac));
    }

    /// `struct sockaddr_ll`.
    private byte[] address(int interfaceIndex, byte[] mac) {
        ByteBuffer address = ByteBuffer.allocate(SOCKADDR_LL_BYTES).order(ByteOrder.nativeOrder());
        address.putShort((short) Libc.AF_PACKET);
        address.put((byte) (protocol >>> 8)).put((byte) protocol); // network order
        address.putInt(interfaceIndex);
        address.put(HARDWARE_BYTES_AT, (byte) mac.length);
        byte[] bytes = address.array();
        System.arraycopy(mac, 0, bytes, HARDWARE_AT, mac.length);
        return bytes;
    }

    /// Closes the descriptor; a second call does nothing.
    @Override
    public void close() throws LinuxError {
        if (closed) return;
        closed = true;
        Libc.close(fd);
    }
}
