package org.keyferry.wire;

import java.nio.ByteBuffer;

/// IKE header (RFC 7296 §3.1).
///
/// @param fromInitiator the flag: sent by the original initiator of the IKE SA
/// @param messageId unsigned
/// @param lengthBytes of the whole message, header included; unsigned
public record IkeHeader(
        IkeSpi initiatorSpi,
        IkeSpi responderSpi,
        int firstPayload,
        int majorVersion,
        int minorVersion,
        int exchangeType,
        boolean fromInitiator,
        boolean response,
        int messageId,
        int lengthBytes) {
    public static final int LENGTH = 28;
    private static final int FLAG_INITIATOR = 0x08;
    private static final int FLAG_RESPONSE = 0x20;
    private static final int VERSION_2_0 = 0x20;

    /// Reads from the buffer's position, which stays. Any version; reserved flags are ignored.
    public static IkeHeader decode(ByteBuffer datagram) throws PeerViolation {
        if (datagram.remaining() < LENGTH) {
            throw PeerViolation.malformed("IKE header", datagram.remaining());
        }
        int at = datagram.position();
        int version = datagram.get(at + 17);
        int flags = datagram.get(at + 19);
        return new IkeHeader(
                new IkeSpi(datagram.getLong(at)),
                new IkeSpi(datagram.getLong(at + 8)),
                datagram.get(at + 16) & 0xff,
                version >> 4 & 0xf,
                version & 0xf,
                datagram.get(at + 18) & 0xff,
                (flags & FLAG_INITIATOR) != 0,
                (flags & FLAG_RESPONSE) != 0,
                datagram.getInt(at + 20),
                datagram.getInt(at + 24));
    }

    /// With version 2.0, whatever the record says: Keyferry sends no other.
    void encode(WireWriter out) {
        out.i64(initiatorSpi.value())
                .i64(responderSpi.value())
                .u8(firstPayload)
                .u8(VERSION_2_0)
                .u8(exchangeType)
                .u8((fromInitiator ? FLAG_INITIATOR : 0) | (response ? FLAG_RESPONSE : 0))
                .i32(messageId)
                .i32(lengthBytes);
    }
}
