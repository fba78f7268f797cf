package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_lifetime_cur`: what went through so far.
///
/// @param addedAtSeconds since the epoch
/// @param usedAtSeconds first use of a state, last use of a policy; since the epoch, 0 if never
public record XfrmUsage(long bytes, long packets, long addedAtSeconds, long usedAtSeconds) {
    static final int BYTES = 32;

    public static final XfrmUsage NONE = new XfrmUsage(0, 0, 0, 0);

    void encode(ByteBuffer out) {
        out.putLong(bytes).putLong(packets).putLong(addedAtSeconds).putLong(usedAtSeconds);
    }

    static XfrmUsage decode(StructReader in) throws MalformedKernelMessage {
        return new XfrmUsage(
                in.u64("lifetime bytes"),
                in.u64("lifetime packets"),
                in.u64("add_time"),
                in.u64("use_time"));
    }
}
