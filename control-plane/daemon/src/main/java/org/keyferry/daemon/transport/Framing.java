package org.keyferry.daemon.transport;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.keyferry.wire.Bytes;

/// What surrounds an IKE message in a datagram: nothing on port 500, four zero bytes on the NAT-T
/// port (the non-ESP marker, RFC 3948 §2.2), where a single byte 0xff keeps NAT bindings alive.
final class Framing {
    static final int MARKER_BYTES = 4;
    static final int KEEPALIVE = 0xff;

    /// What a datagram turned out to be.
    sealed interface Content {
        record Ike(Bytes message) implements Content {}

        record Keepalive() implements Content {}

        /// ESP that no state of the kernel's claimed, or rubbish.
        record NotIke() implements Content {}
    }

    private static final Content KEEPALIVE_CONTENT = new Content.Keepalive();
    private static final Content NOT_IKE = new Content.NotIke();

    /// Copies the message out of a received datagram.
    static Content read(ByteBuf datagram, boolean natTPort) {
        int length = datagram.readableBytes();
        int start = datagram.readerIndex();
        if (length == 1 && datagram.getUnsignedByte(start) == KEEPALIVE) {
            return KEEPALIVE_CONTENT;
        }
        int skip = natTPort ? MARKER_BYTES : 0;
        if (length <= skip || (natTPort && datagram.getInt(start) != 0)) {
            return NOT_IKE;
        }
        var message = new byte[length - skip];
        datagram.getBytes(start + skip, message);
        return new Content.Ike(Bytes.wrapOwned(message));
    }

    /// Appends a message to an empty buffer.
    static void write(ByteBuf out, Optional<Bytes> message, boolean marked) {
        if (message.isEmpty()) {
            out.writeByte(KEEPALIVE);
            return;
        }
        if (marked) {
            out.writeInt(0);
        }
        out.writeBytes(message.get().asBuffer());
    }

    private Framing() {}
}
