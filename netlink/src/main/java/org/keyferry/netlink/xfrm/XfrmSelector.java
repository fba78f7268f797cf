package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// `struct xfrm_selector`: which packets.
///
/// @param family unspecified in the empty selector of a tunnel state only
/// @param protocol IP protocol number, 0 for any
/// @param interfaceIndex 0 for any
/// @param user never set by this project, kept for printing
public record XfrmSelector(
        AddressFamily family,
        IpPrefix source,
        IpPrefix destination,
        int protocol,
        XfrmPorts sourcePorts,
        XfrmPorts destinationPorts,
        int interfaceIndex,
        int user) {
    static final int BYTES = 56;

    /// Selects everything, of any family.
    public static final XfrmSelector EMPTY =
            new XfrmSelector(
                    AddressFamily.UNSPECIFIED,
                    IpPrefix.any(AddressFamily.IPV4),
                    IpPrefix.any(AddressFamily.IPV4),
                    0,
                    XfrmPorts.ANY,
                    XfrmPorts.ANY,
                    0,
                    0);

    public XfrmSelector {
        Objects.checkIndex(protocol, 256);
        if (source.family() != destination.family())
            throw new IllegalArgumentException("families of " + source + " and " + destination);
        if (family != AddressFamily.UNSPECIFIED && family != source.family())
            throw new IllegalArgumentException(family + " with " + source);
    }

    /// All protocols and ports between two prefixes.
    public static XfrmSelector between(IpPrefix source, IpPrefix destination) {
        return between(source, destination, 0, XfrmPorts.ANY, XfrmPorts.ANY);
    }

    /// One protocol between two prefixes.
    public static XfrmSelector between(
            IpPrefix source,
            IpPrefix destination,
            int protocol,
            XfrmPorts sourcePorts,
            XfrmPorts destinationPorts) {
        return new XfrmSelector(
                source.family(),
                source,
                destination,
                protocol,
                sourcePorts,
                destinationPorts,
                0,
                0);
    }

    /// The same packets, on one interface.
    public XfrmSelector onInterface(int index) {
        return new XfrmSelector(
                family, source, destination, protocol, sourcePorts, destinationPorts, index, user);
    }

    void encode(ByteBuffer out) {
        XfrmAddress.put(out, destination.address());
        XfrmAddress.put(out, source.address());
        putBe16(out, destinationPorts.port());
        putBe16(out, destinationPorts.mask());
        putBe16(out, sourcePorts.port());
        putBe16(out, sourcePorts.mask());
        out.putShort((short) family.number());
        out.put((byte) destination.bits()).put((byte) source.bits()).put((byte) protocol);
        out.put(new byte[3]).putInt(interfaceIndex).putInt(user);
    }

    static XfrmSelector decode(StructReader in) throws MalformedKernelMessage {
        var destination = XfrmAddress.read(in);
        var source = XfrmAddress.read(in);
        var destinationPorts = new XfrmPorts(in.be16("dport"), in.be16("dport_mask"));
        var sourcePorts = new XfrmPorts(in.be16("sport"), in.be16("sport_mask"));
        AddressFamily family = AddressFamily.of(in.u16("selector family"));
        int destinationBits = in.u8("prefixlen_d");
        int sourceBits = in.u8("prefixlen_s");
        int protocol = in.u8("selector proto");
        in.skip("selector padding", 3);
        AddressFamily shape = shape(family, Math.max(destinationBits, sourceBits));
        return new XfrmSelector(
                family,
                IpPrefix.checked(source.as(shape), sourceBits),
                IpPrefix.checked(destination.as(shape), destinationBits),
                protocol,
                sourcePorts,
                destinationPorts,
                in.u32("selector ifindex"),
                in.u32("selector user"));
    }

    /// The kernel leaves the family out of a larval state's selector, though it fills in the
    /// addresses of either family (xfrm_init_tempstate in net/ipv4 and net/ipv6).
    private static AddressFamily shape(AddressFamily family, int longestPrefixBits) {
        boolean unnamedIpv6 =
                family == AddressFamily.UNSPECIFIED
                        && longestPrefixBits > AddressFamily.IPV4.addressBits();
        return unnamedIpv6 ? AddressFamily.IPV6 : family;
    }

    static void putBe16(ByteBuffer out, int value) {
        out.put((byte) (value >> 8)).put((byte) value);
    }

    static void putBe32(ByteBuffer out, int value) {
        putBe16(out, value >>> 16);
        putBe16(out, value);
    }
}
