package org.keyferry.netlink.xfrm;

import java.util.Objects;

/// `XFRM_MODE_*`. A number and not an enum: other programs may use modes of newer kernels, and
/// their states are listed too.
public record XfrmMode(int number) {
    public static final XfrmMode TRANSPORT = new XfrmMode(0);
    public static final XfrmMode TUNNEL = new XfrmMode(1);
    public static final XfrmMode ROUTE_OPTIMIZATION = new XfrmMode(2);
    public static final XfrmMode IN_TRIGGER = new XfrmMode(3);
    public static final XfrmMode BEET = new XfrmMode(4);
    public static final XfrmMode IPTFS = new XfrmMode(5);

    public XfrmMode {
        Objects.checkIndex(number, 256);
    }

    /// As `ip xfrm` prints it.
    @Override
    public String toString() {
        return XfrmNames.mode(number);
    }
}
