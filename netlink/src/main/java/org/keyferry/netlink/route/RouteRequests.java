package org.keyferry.netlink.route;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.NetlinkMessage;

/// Every request of rtnetlink that this project sends.
final class RouteRequests {
    private static final int NEW = NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE;
    private static final int LOOKUP_TABLE = 0x1000;
    private static final int IFAL_ADDRESS = 1;
    private static final int IFAL_LABEL = 2;

    private RouteRequests() {}

    static KernelRequest<Link> dumpLinks() {
        return KernelRequest.dump(
                RouteMessageType.GETLINK,
                out -> linkHeader(out, 0, 0, 0),
                message -> Link.decode(message.body()),
                "list links");
    }

    static KernelRequest<Link> getLink(int index) {
        return KernelRequest.acknowledged(
                RouteMessageType.GETLINK,
                0,
                out -> linkHeader(out, index, 0, 0),
                message -> Link.decode(message.body()),
                "get link " + index);
    }

    static KernelRequest<Link> getLink(String name) {
        return KernelRequest.acknowledged(
                RouteMessageType.GETLINK,
                0,
                out -> {
                    linkHeader(out, 0, 0, 0);
                    Attributes.putText(out, Link.IFLA_IFNAME, name);
                },
                message -> Link.decode(message.body()),
                "get link " + name);
    }

    static KernelRequest<Void> newLink(String name, String kind, Consumer<ByteBuffer> kindData) {
        return change(
                RouteMessageType.NEWLINK,
                NEW,
                out -> {
                    linkHeader(out, 0, 0, 0);
                    Attributes.putText(out, Link.IFLA_IFNAME, name);
                    Attributes.putNested(
                            out,
                            Link.IFLA_LINKINFO,
                            info -> {
                                Attributes.putText(info, Link.INFO_KIND, kind);
                                Attributes.putNested(info, Link.INFO_DATA, kindData);
                            });
                },
                "add link " + name);
    }

    static void xfrmData(ByteBuffer out, int parentIndex, int ifId) {
        if (parentIndex != 0) Attributes.putU32(out, Link.XFRM_LINK, parentIndex);
        Attributes.putU32(out, Link.XFRM_IF_ID, ifId);
    }

    static KernelRequest<Void> setLinkUp(int index, boolean up) {
        return change(
                RouteMessageType.NEWLINK,
                0,
                out -> linkHeader(out, index, up ? Link.UP : 0, Link.UP),
                "set link " + index + (up ? " up" : " down"));
    }

    static KernelRequest<Void> deleteLink(int index) {
        return change(
                RouteMessageType.DELLINK,
                0,
                out -> linkHeader(out, index, 0, 0),
                "delete link " + index);
    }

    static KernelRequest<InterfaceAddress> dumpAddresses(AddressFamily family) {
        return KernelRequest.dump(
                RouteMessageType.GETADDR,
                out -> out.put((byte) family.number()).put(new byte[7]),
                message -> InterfaceAddress.decode(message.body()),
                "list addresses");
    }

    static KernelRequest<Void> newAddress(InterfaceAddress address) {
        return change(
                RouteMessageType.NEWADDR, NEW, address::encode, "add address " + address.local());
    }

    static KernelRequest<Void> deleteAddress(InterfaceAddress address) {
        return change(
                RouteMessageType.DELADDR, 0, address::encode, "delete address " + address.local());
    }

    static KernelRequest<Void> newAddressLabel(IpPrefix prefix, int label) {
        return change(
                RouteMessageType.NEWADDRLABEL,
                NEW,
                out -> addressLabel(out, prefix, label),
                "add label of " + prefix);
    }

    static KernelRequest<Void> deleteAddressLabel(IpPrefix prefix, int label) {
        return change(
                RouteMessageType.DELADDRLABEL,
                0,
                out -> addressLabel(out, prefix, label),
                "delete label of " + prefix);
    }

    /// Table 0 dumps all; the kernel filters if the socket checks strictly.
    static KernelRequest<Route> dumpRoutes(AddressFamily family, int table) {
        return KernelRequest.dump(
                RouteMessageType.GETROUTE,
                out -> {
                    RouteAttribute.putHeader(out, family, 0, table);
                    out.put(new byte[3]).putInt(0);
                    if (table != 0) Attributes.putU32(out, RouteAttribute.TABLE, table);
                },
                message -> Route.decode(message.body()),
                "list routes");
    }

    static KernelRequest<Route> lookup(
            InetAddress destination, Optional<InetAddress> source, int interfaceIndex, int mark) {
        AddressFamily family = AddressFamily.of(destination);
        return KernelRequest.acknowledged(
                RouteMessageType.GETROUTE,
                0,
                out -> {
                    RouteAttribute.putHeader(out, family, family.addressBits(), 0);
                    out.put(out.position() - 3, (byte) sourceBits(source));
                    // IPv6 always tells the table, and refuses the flag.
                    out.put(new byte[3]).putInt(family == AddressFamily.IPV4 ? LOOKUP_TABLE : 0);
                    InterfaceAddress.putAddress(out, RouteAttribute.DST, destination);
                    source.ifPresent(s -> InterfaceAddress.putAddress(out, RouteAttribute.SRC, s));
                    if (interfaceIndex != 0)
                        Attributes.putU32(out, RouteAttribute.OIF, interfaceIndex);
                    if (mark != 0) Attributes.putU32(out, RouteAttribute.MARK, mark);
                },
                message -> Route.decode(message.body()),
                "look up the route to " + destination.getHostAddress());
    }

    static KernelRequest<Void> newRoute(Route route, boolean replace) {
        int flags = NetlinkMessage.CREATE;
        return change(
                RouteMessageType.NEWROUTE,
                flags | (replace ? NetlinkMessage.REPLACE : NetlinkMessage.EXCLUSIVE),
                route::encode,
                "add route to " + route.destination() + " table " + route.table());
    }

    static KernelRequest<Void> deleteRoute(Route route) {
        return change(
                RouteMessageType.DELROUTE,
                0,
                route.mtu(0, 0)::encode,
                "delete route to " + route.destination() + " table " + route.table());
    }

    static KernelRequest<RouteRule> dumpRules(AddressFamily family) {
        return KernelRequest.dump(
                RouteMessageType.GETRULE,
                out -> out.put((byte) family.number()).put(new byte[11]),
                message -> RouteRule.decode(message.body()),
                "list rules");
    }

    static KernelRequest<Void> newRule(RouteRule rule) {
        return change(RouteMessageType.NEWRULE, NEW, rule::encode, "add rule " + rule.priority());
    }

    static KernelRequest<Void> deleteRule(RouteRule rule) {
        return change(RouteMessageType.DELRULE, 0, rule::encode, "delete rule " + rule.priority());
    }

    private static int sourceBits(Optional<InetAddress> source) {
        return source.map(s -> AddressFamily.of(s).addressBits()).orElse(0);
    }

    /// `struct ifinfomsg`.
    private static void linkHeader(ByteBuffer out, int index, int flags, int change) {
        out.putInt(0).putInt(index).putInt(flags).putInt(change);
    }

    /// `struct ifaddrlblmsg` and its attributes.
    private static void addressLabel(ByteBuffer out, IpPrefix prefix, int label) {
        out.put((byte) prefix.family().number()).put((byte) 0);
        out.put((byte) prefix.bits()).put((byte) 0).putInt(0).putInt(0);
        InterfaceAddress.putAddress(out, IFAL_ADDRESS, prefix.address());
        Attributes.putU32(out, IFAL_LABEL, label);
    }

    private static KernelRequest<Void> change(
            int type, int flags, Consumer<ByteBuffer> body, String description) {
        return KernelRequest.acknowledged(type, flags, body, RouteRequests::nothing, description);
    }

    private static Void nothing(NetlinkMessage message) throws MalformedKernelMessage {
        throw new MalformedKernelMessage("answer to a change, type", message.type());
    }
}
