package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_user_offload`: a network device does the work.
///
/// @param interfaceIndex the device
/// @param flags [#IPV6], [#INBOUND], [#PACKET]
public record XfrmOffload(int interfaceIndex, int flags) {
    static final int BYTES = 8;

    public static final int IPV6 = 1;
    public static final int INBOUND = 2;

    /// The device does everything, policy look-up included; else only the cryptography.
    public static final int PACKET = 4;

    void encode(ByteBuffer out) {
        out.putInt(interfaceIndex).put((byte) flags).put(new byte[3]);
    }

    static XfrmOffload decode(StructReader in) throws MalformedKernelMessage {
        return new XfrmOffload(in.u32("offload ifindex"), in.u8("offload flags"));
    }

    public boolean isPacket() {
        return (flags & PACKET) != 0;
    }

    public boolean isInbound() {
        return (flags & INBOUND) != 0;
    }
}
