package org.keyferry.netlink.socket;

import java.util.Optional;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.KernelError;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.StructReader;

/// How a request ended (`struct nlmsgerr`, or the end of a dump) with the extended ACK's
/// attributes.
///
/// @param errno 0 for success
/// @param text the kernel's words, if it has some
/// @param offset of the request's attribute that was refused, -1 if not told
record Acknowledgement(int errno, Optional<String> text, int offset) {
    private static final int MESSAGE = 1;
    private static final int OFFSET = 2;

    /// Of `NLMSG_ERROR`. Unless capped, a failure repeats the request.
    static Acknowledgement ofError(NetlinkMessage message) throws MalformedKernelMessage {
        StructReader in = message.body();
        int errno = -in.u32("nlmsgerr error");
        int requestBytes = in.u32("nlmsgerr length");
        in.skip("nlmsgerr header", NetlinkMessage.HEADER_BYTES - Integer.BYTES);
        boolean capped = (message.flags() & NetlinkMessage.CAPPED) != 0;
        if (errno != 0 && !capped) {
            int padded = requestBytes + (-requestBytes & 3);
            in.skip("nlmsgerr request", padded - NetlinkMessage.HEADER_BYTES);
        }
        return read(message, errno, in);
    }

    /// Of `NLMSG_DONE`, which has an errno only on newer kernels.
    static Acknowledgement ofDone(NetlinkMessage message) throws MalformedKernelMessage {
        StructReader in = message.body();
        int errno = in.remaining() >= Integer.BYTES ? -in.u32("done error") : 0;
        // A dump may end with a positive number, which means nothing.
        return read(message, Math.max(errno, 0), in);
    }

    private static Acknowledgement read(NetlinkMessage message, int errno, StructReader in)
            throws MalformedKernelMessage {
        if ((message.flags() & NetlinkMessage.ACK_ATTRIBUTES) == 0)
            return new Acknowledgement(errno, Optional.empty(), -1);
        Attributes attributes = Attributes.readAll(in);
        return new Acknowledgement(
                errno, attributes.text(MESSAGE), attributes.u32(OFFSET).orElse(-1));
    }

    KernelError toError(String request) {
        String words = text.orElse(Errno.text(errno));
        String where = offset < 0 ? words : words + ", attribute at byte " + offset;
        return new KernelError(errno, Errno.name(errno), where, request);
    }
}
