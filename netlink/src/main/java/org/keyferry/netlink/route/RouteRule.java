package org.keyferry.netlink.route;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// A routing rule (`struct fib_rule_hdr` and attributes).
///
/// @param priority unsigned; the lower number is asked first
/// @param table unsigned, for action [#TO_TABLE]
/// @param action `FR_ACT_*`
/// @param mark, markMask packets with that mark; mask 0 for all
/// @param invert all packets that do not match
/// @param protocol who made it, 0 if unknown
public record RouteRule(
        AddressFamily family,
        int priority,
        int table,
        int action,
        Optional<IpPrefix> source,
        Optional<IpPrefix> destination,
        int mark,
        int markMask,
        boolean invert,
        int protocol) {
    public static final int TO_TABLE = 1;

    private static final int INVERT = 2;
    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_PROTOCOL = 21;

    /// `from all lookup TABLE`.
    public static RouteRule lookup(AddressFamily family, int priority, int table) {
        return new RouteRule(
                family,
                priority,
                table,
                TO_TABLE,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                false,
                0);
    }

    /// The same for packets with a mark, or with `invert` for those without it.
    public RouteRule withMark(int newMark, int newMask, boolean newInvert) {
        return new RouteRule(
                family,
                priority,
                table,
                action,
                source,
                destination,
                newMark,
                newMask,
                newInvert,
                protocol);
    }

    void encode(ByteBuffer out) {
        RouteAttribute.putHeader(out, family, destination.map(IpPrefix::bits).orElse(0), table);
        int start = out.position() - 5;
        out.put(start + 2, (byte) (int) source.map(IpPrefix::bits).orElse(0));
        out.putShort((short) 0).put((byte) action).putInt(invert ? INVERT : 0);
        destination.ifPresent(p -> InterfaceAddress.putAddress(out, FRA_DST, p.address()));
        source.ifPresent(p -> InterfaceAddress.putAddress(out, FRA_SRC, p.address()));
        Attributes.putU32(out, FRA_PRIORITY, priority);
        if (markMask != 0) {
            Attributes.putU32(out, FRA_FWMARK, mark);
            Attributes.putU32(out, FRA_FWMASK, markMask);
        }
        Attributes.putU32(out, FRA_TABLE, table);
        if (protocol != 0) Attributes.putU8(out, FRA_PROTOCOL, protocol);
    }

    static RouteRule decode(StructReader in) throws MalformedKernelMessage {
        AddressFamily family = AddressFamily.of(in.u8("rule family"));
        int destinationBits = in.u8("rule dst_len");
        int sourceBits = in.u8("rule src_len");
        in.skip("rule tos", 1);
        int shortTable = in.u8("rule table");
        in.skip("rule res1 and res2", 2);
        int action = in.u8("rule action");
        int flags = in.u32("rule flags");
        Attributes attributes = Attributes.readAll(in);
        int mark = attributes.u32(FRA_FWMARK).orElse(0);
        return new RouteRule(
                family,
                attributes.u32(FRA_PRIORITY).orElse(0),
                attributes.u32(FRA_TABLE).orElse(shortTable),
                action,
                prefix(attributes, FRA_SRC, family, sourceBits),
                prefix(attributes, FRA_DST, family, destinationBits),
                mark,
                attributes.u32(FRA_FWMASK).orElse(mark == 0 ? 0 : -1),
                (flags & INVERT) != 0,
                attributes.u8(FRA_PROTOCOL).orElse(0));
    }

    private static Optional<IpPrefix> prefix(
            Attributes attributes, int type, AddressFamily family, int bits)
            throws MalformedKernelMessage {
        return attributes.find(type, in -> IpPrefix.checked(family.readAddress(in), bits));
    }
}
