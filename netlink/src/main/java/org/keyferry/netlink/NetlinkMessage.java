package org.keyferry.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One message of a datagram (`struct nlmsghdr` and what follows).
///
/// @param type below 16 a control message, else the protocol's
/// @param flags `NLM_F_*`
/// @param sequence the request's, 0 for events
/// @param portId the socket's that asked
/// @param body looks into the datagram: decode at once
public record NetlinkMessage(int type, int flags, int sequence, int portId, StructReader body) {
    public static final int NOOP = 1;
    public static final int ERROR = 2;
    public static final int DONE = 3;
    public static final int OVERRUN = 4;

    public static final int REQUEST = 0x01;
    public static final int MULTI = 0x02;
    public static final int ACK = 0x04;
    public static final int DUMP_INTERRUPTED = 0x10;
    public static final int DUMP = 0x300;
    public static final int REPLACE = 0x100;
    public static final int EXCLUSIVE = 0x200;
    public static final int CREATE = 0x400;
    public static final int CAPPED = 0x100;
    public static final int ACK_ATTRIBUTES = 0x200;

    public static final int HEADER_BYTES = 16;

    /// Appends one message, padded to a multiple of 4.
    public static void put(
            ByteBuffer out, int type, int flags, int sequence, Consumer<ByteBuffer> body) {
        int start = out.order(ByteOrder.nativeOrder()).position();
        out.position(start + HEADER_BYTES);
        body.accept(out);
        int lengthBytes = out.position() - start;
        out.putInt(start, lengthBytes)
                .putShort(start + 4, (short) type)
                .putShort(start + 6, (short) flags)
                .putInt(start + 8, sequence)
                .putInt(start + 12, 0)
                .put(new byte[-lengthBytes & 3]);
    }

    /// Takes a datagram apart, which remains in `datagram`.
    public static List<NetlinkMessage> split(ByteBuffer datagram) throws MalformedKernelMessage {
        var in = new StructReader(datagram);
        var messages = new ArrayList<NetlinkMessage>();
        while (in.remaining() > 0) {
            int lengthBytes = in.u32("message length");
            int type = in.u16("message type");
            int flags = in.u16("message flags");
            int sequence = in.u32("message sequence");
            int portId = in.u32("message port id");
            if (lengthBytes < HEADER_BYTES)
                throw new MalformedKernelMessage("message length", lengthBytes);
            StructReader body = in.part("message body", lengthBytes - HEADER_BYTES);
            messages.add(new NetlinkMessage(type, flags, sequence, portId, body));
            in.skipPadding(-lengthBytes & 3);
        }
        return messages;
    }
}
