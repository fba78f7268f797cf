package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// ARP for IPv4 over Ethernet (RFC 826).
///
/// @param operation 1 asks, 2 answers
/// @param senderMac 6 bytes, as `targetMac`, which means nothing in a question
record ArpPacket(
        int operation, Bytes senderMac, IpAddress sender, Bytes targetMac, IpAddress target) {
    static final int REQUEST = 1;
    static final int REPLY = 2;
    static final int BYTES = 28;

    private static final int MAC_BYTES = 6;
    private static final long ETHERNET_AND_IPV4 = 0x0001_0800_0604L; // types, then lengths

    /// @param in whatever follows the packet is padding
    static ArpPacket decode(ByteBuffer in) throws Malformed {
        if (in.remaining() < BYTES) {
            throw new Malformed("ARP packet of " + in.remaining() + " bytes");
        }
        long kind = (long) in.getInt() << 16 | Short.toUnsignedLong(in.getShort());
        if (kind != ETHERNET_AND_IPV4) {
            throw new Malformed("ARP for other than IPv4 over Ethernet: %012x".formatted(kind));
        }
        int operation = Short.toUnsignedInt(in.getShort());
        return new ArpPacket(
                operation, mac(in), IpAddress.v4(in.getInt()), mac(in), IpAddress.v4(in.getInt()));
    }

    private static Bytes mac(ByteBuffer in) {
        byte[] mac = new byte[MAC_BYTES];
        in.get(mac);
        return Bytes.wrapOwned(mac);
    }

    /// That whoever asks finds `target` at `mac`.
    ArpPacket answeredWith(Bytes mac) {
        return new ArpPacket(
                REPLY,
                /* senderMac= */ mac,
                /* sender= */ target,
                /* targetMac= */ senderMac,
                /* target= */ sender);
    }

    void encode(ByteBuffer out) {
        out.putInt((int) (ETHERNET_AND_IPV4 >>> 16)).putShort((short) ETHERNET_AND_IPV4);
        out.putShort((short) operation);
        out.put(senderMac.toArray()).put(sender.toBytes());
        out.put(targetMac.toArray()).put(target.toBytes());
    }
}
