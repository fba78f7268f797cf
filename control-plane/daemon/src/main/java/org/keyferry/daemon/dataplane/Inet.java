package org.keyferry.daemon.dataplane;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// From wire's addresses to netlink's.
final class Inet {
    private Inet() {}

    /// An IPv4-mapped IPv6 address stays IPv6.
    static InetAddress of(IpAddress address) {
        try {
            return address.v6()
                    ? Inet6Address.getByAddress(null, address.toBytes(), -1)
                    : InetAddress.getByAddress(address.toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address length", e);
        }
    }

    static AddressFamily family(IpAddress address) {
        return address.v6() ? AddressFamily.IPV6 : AddressFamily.IPV4;
    }

    /// How ESP between two ends is encapsulated.
    static XfrmEncap encap(Endpoint source, Endpoint destination) {
        return source.tcp()
                ? XfrmEncap.tcp(source.port(), destination.port())
                : XfrmEncap.udp(source.port(), destination.port());
    }

    static IpPrefix host(InetAddress address) {
        return new IpPrefix(address, AddressFamily.of(address).addressBits());
    }

    /// The longest prefix that covers the range: the kernel's selectors know no other ranges.
    static IpPrefix prefix(AddressRange range) {
        int bits = range.prefixBits().orElseGet(() -> coveringBits(range));
        AddressRange covering = AddressRange.ofPrefix(range.first(), bits);
        return new IpPrefix(of(covering.first()), bits);
    }

    private static int coveringBits(AddressRange range) {
        int bits = range.first().bits();
        while (!AddressRange.ofPrefix(range.first(), bits).contains(range)) {
            bits--;
        }
        return bits;
    }
}
