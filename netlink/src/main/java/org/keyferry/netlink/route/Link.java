package org.keyferry.netlink.route;

import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// A network interface (`struct ifinfomsg` and attributes).
///
/// @param index 1 and up
/// @param hardwareType `ARPHRD_*`
/// @param flags `IFF_*`
/// @param kind such as `xfrm` or `veth`, if the interface is virtual
/// @param masterIndex bridge or VRF it belongs to, 0 for none
/// @param xfrmIfId of interfaces of kind `xfrm`
public record Link(
        int index,
        String name,
        int hardwareType,
        int flags,
        int mtuBytes,
        Optional<String> kind,
        int masterIndex,
        OptionalInt xfrmIfId) {
    static final int HEADER_BYTES = 16;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_LINK = 5;
    static final int IFLA_LINKINFO = 18;
    static final int INFO_KIND = 1;
    static final int INFO_DATA = 2;
    static final int XFRM_LINK = 1;
    static final int XFRM_IF_ID = 2;
    static final int UP = 1;

    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int LOOPBACK = 8;
    private static final int RUNNING = 0x40;
    private static final String XFRM_KIND = "xfrm";

    /// Set up by the administrator.
    public boolean isUp() {
        return (flags & UP) != 0;
    }

    /// Up and with a carrier.
    public boolean isRunning() {
        return (flags & RUNNING) != 0;
    }

    public boolean isLoopback() {
        return (flags & LOOPBACK) != 0;
    }

    static Link decode(StructReader in) throws MalformedKernelMessage {
        in.skip("ifinfomsg family and padding", 2);
        int hardwareType = in.u16("ifi_type");
        int index = in.u32("ifi_index");
        int flags = in.u32("ifi_flags");
        in.skip("ifi_change", 4);
        Attributes attributes = Attributes.readAll(in);
        Attributes info = attributes.nested(IFLA_LINKINFO);
        Optional<String> kind = info.text(INFO_KIND);
        boolean isXfrm = kind.isPresent() && kind.get().equals(XFRM_KIND);
        return new Link(
                index,
                attributes.text(IFLA_IFNAME).orElse(""),
                hardwareType,
                flags,
                attributes.u32(IFLA_MTU).orElse(0),
                kind,
                attributes.u32(IFLA_MASTER).orElse(0),
                isXfrm ? info.nested(INFO_DATA).u32(XFRM_IF_ID) : OptionalInt.empty());
    }
}
