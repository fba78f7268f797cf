package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_mark`: a packet mark's value and the bits that count.
public record XfrmMark(int value, int mask) {
    public static final XfrmMark NONE = new XfrmMark(0, 0);

    /// Writes the attribute unless there is no mark.
    void put(ByteBuffer out) {
        if (!equals(NONE))
            Attributes.put(out, XfrmAttribute.MARK, to -> to.putInt(value).putInt(mask));
    }

    static XfrmMark of(Attributes attributes) throws MalformedKernelMessage {
        return attributes.find(XfrmAttribute.MARK, XfrmMark::decode).orElse(NONE);
    }

    static XfrmMark decode(StructReader in) throws MalformedKernelMessage {
        return new XfrmMark(in.u32("mark value"), in.u32("mark mask"));
    }

    /// As `ip xfrm` prints it.
    @Override
    public String toString() {
        return "0x%x/0x%x".formatted(value, mask);
    }
}
