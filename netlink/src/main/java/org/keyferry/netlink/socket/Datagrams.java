package org.keyferry.netlink.socket;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.keyferry.nativeshim.Errno;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.NetlinkSocket;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;

/// Receives datagrams into one buffer, which is wiped after each as it may hold keys.
final class Datagrams {
    /// What one [#receive] found.
    enum Outcome {
        NOTHING,
        MESSAGES,
        /// The kernel dropped messages for want of room, or sent what could not be read.
        LOST
    }

    /// The kernel fills datagrams of a dump to 32 KiB.
    private static final int INITIAL_BYTES = 64 << 10;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(INITIAL_BYTES);
    private byte[] zeros = new byte[INITIAL_BYTES];

    /// Hands every message of one datagram to `reader`, which must keep nothing of them.
    Outcome receive(NetlinkSocket socket, Consumer<NetlinkMessage> reader) throws LinuxError {
        OptionalInt length;
        try {
            length = socket.receive(buffer);
        } catch (LinuxError e) {
            if (e.is(Errno.ENOBUFS)) return Outcome.LOST;
            throw e;
        }
        if (length.isEmpty()) return Outcome.NOTHING;
        int lengthBytes = length.getAsInt();
        if (lengthBytes > buffer.capacity()) {
            wipe(buffer.capacity());
            buffer = ByteBuffer.allocateDirect(lengthBytes * 2);
            zeros = new byte[lengthBytes * 2];
            return Outcome.LOST;
        }
        try {
            NetlinkMessage.split(buffer.limit(lengthBytes)).forEach(reader);
            return Outcome.MESSAGES;
        } catch (MalformedKernelMessage e) {
            return Outcome.LOST;
        } finally {
            wipe(lengthBytes);
        }
    }

    private void wipe(int lengthBytes) {
        buffer.clear().put(0, zeros, 0, lengthBytes);
    }
}
