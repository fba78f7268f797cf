package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.keyferry.wire.IpAddress;

/// An IPv4 packet on its way from one network to another, as much of it as that takes (RFC 791
/// §3.1).
///
/// @param bytes of the whole packet; what follows is padding of a frame
record IpPacket(IpAddress source, IpAddress destination, int bytes) {
    private static final int SHORTEST_HEADER = 20;
    private static final int MORE_FRAGMENTS_OR_OFFSET = 0x3fff;
    private static final int OFFSET = 0x1fff;
    private static final int UDP = 17;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int DHCP_SERVER = 67;
    private static final int DHCP_CLIENT = 68;

    /// What a host on this machine sends comes without the rest of the UDP checksum where a device
    /// is to make it: the field holds the sum of the pseudo header only (RFC 768), and gets the
    /// whole one here.
    ///
    /// @param packet from the IP header on, which [#of] took
    void complete(ByteBuffer packet) {
        int begin = packet.position();
        int headerBytes = (packet.get(begin) & 0xf) * 4;
        int udp = begin + headerBytes;
        int udpBytes = bytes - headerBytes;
        boolean whole = (packet.getShort(begin + 6) & MORE_FRAGMENTS_OR_OFFSET) == 0;
        if (packet.get(begin + 9) != UDP || !whole || udpBytes < UDP_HEADER_BYTES) {
            return;
        }
        long pseudo = sum(packet, begin + 12, 2 * Integer.BYTES) + UDP + udpBytes;
        if (Short.toUnsignedInt(packet.getShort(udp + 6)) != fold(pseudo)) {
            return; // the sender's own, or none
        }
        packet.putShort(udp + 6, (short) 0);
        int checksum = ~fold(pseudo + sum(packet, udp, udpBytes)) & 0xffff;
        packet.putShort(udp + 6, (short) (checksum == 0 ? 0xffff : checksum));
    }

    /// Whether it goes between DHCP's ports; of fragments, the first does.
    ///
    /// @param packet as [#complete] takes it
    boolean isDhcp(ByteBuffer packet) {
        int begin = packet.position();
        int headerBytes = (packet.get(begin) & 0xf) * 4;
        boolean first = (packet.getShort(begin + 6) & OFFSET) == 0;
        return packet.get(begin + 9) == UDP
                && first
                && bytes - headerBytes >= UDP_HEADER_BYTES
                && isOfDhcp(packet.getShort(begin + headerBytes))
                && isOfDhcp(packet.getShort(begin + headerBytes + 2));
    }

    private static boolean isOfDhcp(short port) {
        return port == DHCP_SERVER || port == DHCP_CLIENT;
    }

    private static long sum(ByteBuffer packet, int from, int bytes) {
        long sum = 0;
        for (int i = from; i < from + bytes - 1; i += 2) {
            sum += Short.toUnsignedInt(packet.getShort(i));
        }
        return (bytes & 1) == 0
                ? sum
                : sum + (Byte.toUnsignedInt(packet.get(from + bytes - 1)) << 8);
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return (int) folded;
    }

    /// @param packet from the IP header on
    /// @return empty for what is no whole IPv4 packet
    static Optional<IpPacket> of(ByteBuffer packet) {
        int begin = packet.position();
        if (packet.remaining() < SHORTEST_HEADER) {
            return Optional.empty();
        }
        int versionAndLength = Byte.toUnsignedInt(packet.get(begin));
        int headerBytes = (versionAndLength & 0xf) * 4;
        int bytes = Short.toUnsignedInt(packet.getShort(begin + 2));
        boolean whole =
                versionAndLength >> 4 == 4
                        && headerBytes >= SHORTEST_HEADER
                        && bytes >= headerBytes
                        && bytes <= packet.remaining();
        return whole
                ? Optional.of(
                        new IpPacket(
                                IpAddress.v4(packet.getInt(begin + 12)),
                                IpAddress.v4(packet.getInt(begin + 16)),
                                bytes))
                : Optional.empty();
    }
}
