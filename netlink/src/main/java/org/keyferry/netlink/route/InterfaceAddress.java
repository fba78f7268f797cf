package org.keyferry.netlink.route;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// An address of an interface (`struct ifaddrmsg` and attributes).
///
/// @param local the host's own address with the prefix length
/// @param scope `RT_SCOPE_*`, 0 for global
/// @param flags `IFA_F_*`
/// @param preferredSeconds unsigned, -1 for ever; 0 keeps the address from being chosen as a source
/// @param validSeconds unsigned, -1 for ever
public record InterfaceAddress(
        int interfaceIndex,
        IpPrefix local,
        int scope,
        int flags,
        int preferredSeconds,
        int validSeconds) {
    /// No duplicate address detection: usable at once.
    public static final int NO_DAD = 0x02;

    public static final int DEPRECATED = 0x20;
    public static final int TENTATIVE = 0x40;
    public static final int FOR_EVER = -1;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;

    /// For ever valid, and preferred.
    public static InterfaceAddress of(int interfaceIndex, IpPrefix local, int flags) {
        return new InterfaceAddress(interfaceIndex, local, 0, flags, FOR_EVER, FOR_EVER);
    }

    void encode(ByteBuffer out) {
        out.put((byte) local.family().number()).put((byte) local.bits());
        out.put((byte) flags).put((byte) scope).putInt(interfaceIndex);
        putAddress(out, IFA_LOCAL, local.address());
        putAddress(out, IFA_ADDRESS, local.address());
        if (flags > 0xff) Attributes.putU32(out, IFA_FLAGS, flags);
        if (preferredSeconds != FOR_EVER || validSeconds != FOR_EVER)
            Attributes.put(
                    out,
                    IFA_CACHEINFO,
                    to -> to.putInt(preferredSeconds).putInt(validSeconds).putLong(0));
    }

    static InterfaceAddress decode(StructReader in) throws MalformedKernelMessage {
        AddressFamily family = AddressFamily.of(in.u8("ifa_family"));
        int bits = in.u8("ifa_prefixlen");
        int shortFlags = in.u8("ifa_flags");
        int scope = in.u8("ifa_scope");
        int index = in.u32("ifa_index");
        Attributes attributes = Attributes.readAll(in);
        // Point-to-point: ADDRESS is the peer's, LOCAL ours. IPv6 usually has ADDRESS only.
        int type = attributes.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS;
        InetAddress address = attributes.find(type, family::readAddress).orElse(family.any());
        var cacheInfo = attributes.find(IFA_CACHEINFO);
        return new InterfaceAddress(
                index,
                IpPrefix.checked(address, bits),
                scope,
                attributes.u32(IFA_FLAGS).orElse(shortFlags),
                cacheInfo.isEmpty() ? FOR_EVER : cacheInfo.get().u32("ifa_prefered"),
                cacheInfo.isEmpty() ? FOR_EVER : cacheInfo.get().u32("ifa_valid"));
    }

    static void putAddress(ByteBuffer out, int type, InetAddress address) {
        Attributes.put(out, type, to -> AddressFamily.putAddress(to, address));
    }
}
