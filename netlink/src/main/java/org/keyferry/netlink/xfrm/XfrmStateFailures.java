package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_stats` of one state: packets that were dropped, unsigned.
public record XfrmStateFailures(int outsideReplayWindow, int replayed, int integrityFailed) {
    public static final XfrmStateFailures NONE = new XfrmStateFailures(0, 0, 0);

    void encode(ByteBuffer out) {
        out.putInt(outsideReplayWindow).putInt(replayed).putInt(integrityFailed);
    }

    static XfrmStateFailures decode(StructReader in) throws MalformedKernelMessage {
        return new XfrmStateFailures(
                in.u32("stats replay_window"),
                in.u32("stats replay"),
                in.u32("stats integrity_failed"));
    }
}
