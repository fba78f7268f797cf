package org.keyferry.netlink.route;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.StructReader;

/// A route (`struct rtmsg` and attributes).
///
/// @param table unsigned; [#TABLE_MAIN], or 220 as charon uses it
/// @param protocol who made it, [#PROTOCOL_STATIC]
/// @param scope `RT_SCOPE_*`
/// @param type `RTN_*`, [#UNICAST]
/// @param interfaceIndex 0 for none
/// @param gateway may be IPv6 for an IPv4 route
/// @param priority metric, unsigned; the lower number wins
/// @param mtuBytes, advertisedMssBytes 0 for the path's own
/// @param nextHops of multipath routes only
public record Route(
        IpPrefix destination,
        int table,
        int protocol,
        int scope,
        int type,
        int interfaceIndex,
        Optional<InetAddress> gateway,
        Optional<InetAddress> preferredSource,
        int priority,
        int mtuBytes,
        int advertisedMssBytes,
        int flags,
        List<NextHop> nextHops) {
    public static final int TABLE_MAIN = 254;
    public static final int PROTOCOL_STATIC = 4;
    public static final int SCOPE_UNIVERSE = 0;
    public static final int SCOPE_LINK = 253;
    public static final int SCOPE_HOST = 254;
    public static final int UNICAST = 1;
    public static final int LOCAL = 2;
    public static final int BLACKHOLE = 6;
    public static final int UNREACHABLE = 7;
    public static final int PROHIBIT = 8;
    public static final int THROW = 9;

    private static final int RTAX_MTU = 2;
    private static final int RTAX_ADVMSS = 8;

    public Route {
        nextHops = List.copyOf(nextHops);
    }

    /// A static route, ready for [#via], [#from], [#mtu] and [#ofType].
    public static Route to(IpPrefix destination, int table, int interfaceIndex) {
        return new Route(
                destination,
                table,
                PROTOCOL_STATIC,
                SCOPE_LINK,
                UNICAST,
                interfaceIndex,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                0,
                0,
                List.of());
    }

    /// Through a gateway; the scope becomes universe.
    public Route via(InetAddress newGateway) {
        return copy(SCOPE_UNIVERSE, type, Optional.of(newGateway), preferredSource, mtuBytes, 0);
    }

    /// With that source address, unless the program chooses one.
    public Route from(InetAddress source) {
        return copy(scope, type, gateway, Optional.of(source), mtuBytes, advertisedMssBytes);
    }

    /// With metrics; 0 leaves one out.
    public Route mtu(int newMtuBytes, int newAdvertisedMssBytes) {
        return copy(scope, type, gateway, preferredSource, newMtuBytes, newAdvertisedMssBytes);
    }

    /// Such as [#THROW], which ends the search in this table.
    public Route ofType(int newType) {
        return copy(
                SCOPE_UNIVERSE, newType, gateway, preferredSource, mtuBytes, advertisedMssBytes);
    }

    private Route copy(
            int newScope,
            int newType,
            Optional<InetAddress> newGateway,
            Optional<InetAddress> newSource,
            int newMtuBytes,
            int newMssBytes) {
        return new Route(
                destination,
                table,
                protocol,
                newScope,
                newType,
                interfaceIndex,
                newGateway,
                newSource,
                priority,
                newMtuBytes,
                newMssBytes,
                flags,
                nextHops);
    }

    /// One way of a multipath route (`struct rtnexthop`).
    ///
    /// @param weight 1 to 256
    public record NextHop(int interfaceIndex, Optional<InetAddress> gateway, int weight) {
        private static final int HEADER_BYTES = 8;

        void encode(ByteBuffer out, AddressFamily family) {
            int start = out.position();
            out.putShort((short) 0).put((byte) 0).put((byte) (weight - 1)).putInt(interfaceIndex);
            gateway.ifPresent(g -> RouteAttribute.putGateway(out, family, g));
            out.putShort(start, (short) (out.position() - start));
        }

        static List<NextHop> decodeAll(StructReader in, AddressFamily family)
                throws MalformedKernelMessage {
            var hops = new ArrayList<NextHop>();
            while (in.remaining() >= HEADER_BYTES) {
                int lengthBytes = in.u16("rtnh_len");
                if (lengthBytes < HEADER_BYTES)
                    throw new MalformedKernelMessage("rtnh_len", lengthBytes);
                in.skip("rtnh_flags", 1);
                int weight = in.u8("rtnh_hops") + 1;
                int index = in.u32("rtnh_ifindex");
                StructReader rest = in.part("rtnexthop", lengthBytes - HEADER_BYTES);
                Attributes attributes = Attributes.readAll(rest);
                hops.add(new NextHop(index, RouteAttribute.gateway(attributes, family), weight));
            }
            return hops;
        }
    }

    void encode(ByteBuffer out) {
        AddressFamily family = destination.family();
        RouteAttribute.putHeader(out, family, destination.bits(), table);
        out.put((byte) protocol).put((byte) scope).put((byte) type).putInt(flags);
        if (destination.bits() > 0)
            InterfaceAddress.putAddress(out, RouteAttribute.DST, destination.address());
        Attributes.putU32(out, RouteAttribute.TABLE, table);
        if (priority != 0) Attributes.putU32(out, RouteAttribute.PRIORITY, priority);
        preferredSource.ifPresent(a -> InterfaceAddress.putAddress(out, RouteAttribute.PREFSRC, a));
        gateway.ifPresent(g -> RouteAttribute.putGateway(out, family, g));
        if (interfaceIndex != 0) Attributes.putU32(out, RouteAttribute.OIF, interfaceIndex);
        if (mtuBytes != 0 || advertisedMssBytes != 0)
            Attributes.putNested(out, RouteAttribute.METRICS, this::encodeMetrics);
        if (!nextHops.isEmpty())
            Attributes.put(
                    out,
                    RouteAttribute.MULTIPATH,
                    to -> nextHops.forEach(hop -> hop.encode(to, family)));
    }

    private void encodeMetrics(ByteBuffer out) {
        if (mtuBytes != 0) Attributes.putU32(out, RTAX_MTU, mtuBytes);
        if (advertisedMssBytes != 0) Attributes.putU32(out, RTAX_ADVMSS, advertisedMssBytes);
    }

    static Route decode(StructReader in) throws MalformedKernelMessage {
        AddressFamily family = AddressFamily.of(in.u8("rtm_family"));
        int destinationBits = in.u8("rtm_dst_len");
        in.skip("rtm_src_len and rtm_tos", 2);
        int shortTable = in.u8("rtm_table");
        int protocol = in.u8("rtm_protocol");
        int scope = in.u8("rtm_scope");
        int type = in.u8("rtm_type");
        int flags = in.u32("rtm_flags");
        Attributes attributes = Attributes.readAll(in);
        Attributes metrics = attributes.nested(RouteAttribute.METRICS);
        InetAddress destination =
                attributes.find(RouteAttribute.DST, family::readAddress).orElse(family.any());
        return new Route(
                IpPrefix.checked(destination, destinationBits),
                attributes.u32(RouteAttribute.TABLE).orElse(shortTable),
                protocol,
                scope,
                type,
                attributes.u32(RouteAttribute.OIF).orElse(0),
                RouteAttribute.gateway(attributes, family),
                attributes.find(RouteAttribute.PREFSRC, family::readAddress),
                attributes.u32(RouteAttribute.PRIORITY).orElse(0),
                metrics.u32(RTAX_MTU).orElse(0),
                metrics.u32(RTAX_ADVMSS).orElse(0),
                flags,
                attributes
                        .find(RouteAttribute.MULTIPATH, hops -> NextHop.decodeAll(hops, family))
                        .orElse(List.of()));
    }
}
