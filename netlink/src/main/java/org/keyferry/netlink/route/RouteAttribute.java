package org.keyferry.netlink.route;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;

/// `RTA_*`, the attributes of routes, and the ways to write them that several messages share.
final class RouteAttribute {
    static final int DST = 1;
    static final int SRC = 2;
    static final int OIF = 4;
    static final int GATEWAY = 5;
    static final int PRIORITY = 6;
    static final int PREFSRC = 7;
    static final int METRICS = 8;
    static final int MULTIPATH = 9;
    static final int TABLE = 15;
    static final int MARK = 16;
    static final int VIA = 18;

    /// Tables beyond 8 bits stand in the attribute only.
    private static final int TABLE_COMPAT = 252;

    private RouteAttribute() {}

    /// The first five bytes of `struct rtmsg`.
    static void putHeader(ByteBuffer out, AddressFamily family, int destinationBits, int table) {
        out.put((byte) family.number()).put((byte) destinationBits).putShort((short) 0);
        out.put((byte) (table >>> 8 == 0 ? table : TABLE_COMPAT));
    }

    /// A gateway of the other family is written as `struct rtvia`.
    static void putGateway(ByteBuffer out, AddressFamily family, InetAddress gateway) {
        AddressFamily own = AddressFamily.of(gateway);
        if (own == family) InterfaceAddress.putAddress(out, GATEWAY, gateway);
        else
            Attributes.put(
                    out,
                    VIA,
                    to -> {
                        to.putShort((short) own.number());
                        AddressFamily.putAddress(to, gateway);
                    });
    }

    static Optional<InetAddress> gateway(Attributes attributes, AddressFamily family)
            throws MalformedKernelMessage {
        Optional<InetAddress> plain = attributes.find(GATEWAY, family::readAddress);
        if (plain.isPresent()) return plain;
        return attributes.find(VIA, in -> AddressFamily.of(in.u16("rtvia family")).readAddress(in));
    }
}
