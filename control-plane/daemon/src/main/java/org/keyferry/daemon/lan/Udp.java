package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import org.keyferry.wire.IpAddress;

/// UDP in IPv4 as packet sockets bring it. Checksums are not looked at: the kernel leaves them to
/// network cards.
final class Udp {
    private static final int UDP = 17;
    private static final int IP_HEADER_BYTES = 20;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int MORE_FRAGMENTS_OR_OFFSET = 0x3fff;

    private Udp() {}

    /// What a datagram carries.
    ///
    /// @param packet from the IP header on; what follows the packet is padding
    static ByteBuffer payload(ByteBuffer packet) throws Malformed {
        int begin = packet.position();
        if (packet.remaining() < IP_HEADER_BYTES) {
            throw new Malformed("IP packet of " + packet.remaining() + " bytes");
        }
        int versionAndLength = Byte.toUnsignedInt(packet.get(begin));
        int headerBytes = (versionAndLength & 0xf) * 4;
        int bytes = Short.toUnsignedInt(packet.getShort(begin + 2));
        if (versionAndLength >> 4 != 4
                || headerBytes < IP_HEADER_BYTES
                || bytes < headerBytes + UDP_HEADER_BYTES
                || bytes > packet.remaining()) {
            throw new Malformed("IP header that does not fit its packet");
        }
        if ((packet.getShort(begin + 6) & MORE_FRAGMENTS_OR_OFFSET) != 0
                || packet.get(begin + 9) != UDP) {
            throw new Malformed("IP packet that is no whole UDP datagram");
        }
        int udpBytes = Short.toUnsignedInt(packet.getShort(begin + headerBytes + 4));
        if (udpBytes < UDP_HEADER_BYTES || udpBytes > bytes - headerBytes) {
            throw new Malformed("UDP length " + udpBytes);
        }
        return packet.slice(begin + headerBytes + UDP_HEADER_BYTES, udpBytes - UDP_HEADER_BYTES);
    }

    /// `struct sockaddr_in`.
    static byte[] sockaddr(IpAddress address, int port) {
        return ByteBuffer.allocate(16)
                .order(java.nio.ByteOrder.nativeOrder())
                .putShort((short) org.keyferry.nativeshim.Libc.AF_INET)
                .put((byte) (port >>> 8))
                .put((byte) port)
                .put(address.toBytes())
                .array();
    }
}
