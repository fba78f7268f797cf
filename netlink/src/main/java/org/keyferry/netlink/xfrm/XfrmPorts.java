package org.keyferry.netlink.xfrm;

import java.util.Objects;

/// A port and the bits of it that count; mask 0 is any. For ICMP the source ports hold the type,
/// the destination ports the code.
public record XfrmPorts(int port, int mask) {
    public static final XfrmPorts ANY = new XfrmPorts(0, 0);

    public XfrmPorts {
        Objects.checkIndex(port, 0x10000);
        Objects.checkIndex(mask, 0x10000);
    }

    public static XfrmPorts exactly(int port) {
        return new XfrmPorts(port, 0xffff);
    }

    /// `any`, `500` or `0x0500/0xff00`.
    @Override
    public String toString() {
        if (mask == 0) return "any";
        return mask == 0xffff ? Integer.toString(port) : "0x%04x/0x%04x".formatted(port, mask);
    }
}
