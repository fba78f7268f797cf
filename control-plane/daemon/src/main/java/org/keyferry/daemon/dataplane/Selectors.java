package org.keyferry.daemon.dataplane;

import java.util.Optional;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.xfrm.XfrmPorts;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.TrafficSelector;

/// Traffic selectors in the kernel's words: prefixes, and ports with a mask. What these cannot say
/// becomes the narrowest that covers it.
final class Selectors {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    /// Fragments and protocols without ports have port 0 in the kernel's eyes.
    private static final XfrmPorts WITHOUT_PORTS = XfrmPorts.exactly(0);

    private Selectors() {}

    /// Packets from one to the other; empty if no packet can be of both.
    static Optional<XfrmSelector> between(TrafficSelector source, TrafficSelector destination) {
        int protocol = Math.max(source.ipProtocol(), destination.ipProtocol());
        boolean compatible =
                source.addresses().v6() == destination.addresses().v6()
                        && (source.ipProtocol() == destination.ipProtocol()
                                || Math.min(source.ipProtocol(), destination.ipProtocol()) == 0);
        if (!compatible) {
            return Optional.empty();
        }
        boolean icmp = protocol == ICMP || protocol == ICMPV6;
        // Of an ICMP selector either end may hold type and code.
        PortRange message = source.ports().isAny() ? destination.ports() : source.ports();
        return Optional.of(
                XfrmSelector.between(
                        Inet.prefix(source.addresses()),
                        Inet.prefix(destination.addresses()),
                        protocol,
                        icmp ? icmpType(message) : ports(source.ports()),
                        icmp ? icmpCode(message) : ports(destination.ports())));
    }

    /// Addresses only, as the selector of a transport-mode state.
    static XfrmSelector addresses(TrafficSelector source, TrafficSelector destination) {
        return XfrmSelector.between(
                Inet.prefix(source.addresses()), Inet.prefix(destination.addresses()));
    }

    /// Where a packet came from.
    static TrafficSelector packetSource(XfrmSelector packet) {
        return packet(packet, packet.source(), packet.sourcePorts());
    }

    /// Where a packet goes to.
    static TrafficSelector packetDestination(XfrmSelector packet) {
        return packet(packet, packet.destination(), packet.destinationPorts());
    }

    private static TrafficSelector packet(XfrmSelector packet, IpPrefix end, XfrmPorts ports) {
        var addresses = AddressRange.ofPrefix(IpAddress.of(end.address()), end.bits());
        return new TrafficSelector(packet.protocol(), packetPorts(packet, ports), addresses);
    }

    /// For ICMP type and code, at both ends (RFC 7296 §3.13.1).
    private static PortRange packetPorts(XfrmSelector packet, XfrmPorts ports) {
        if (packet.protocol() == ICMP || packet.protocol() == ICMPV6) {
            return packet.sourcePorts().mask() == 0
                    ? PortRange.ANY
                    : PortRange.single(
                            packet.sourcePorts().port() << 8 | packet.destinationPorts().port());
        }
        return ports.mask() == 0 ? PortRange.ANY : PortRange.single(ports.port());
    }

    static XfrmPorts ports(PortRange range) {
        if (range.isOpaque()) {
            return WITHOUT_PORTS;
        }
        int differing = range.first() ^ range.last();
        int mask = 0xffff & ~lowOnes(differing);
        return new XfrmPorts(range.first() & mask, mask);
    }

    private static XfrmPorts icmpType(PortRange message) {
        boolean oneType = message.first() >> 8 == message.last() >> 8;
        return oneType ? XfrmPorts.exactly(message.first() >> 8) : XfrmPorts.ANY;
    }

    /// Code 0 cannot be told from none: a type alone is written as that type with code 0.
    private static XfrmPorts icmpCode(PortRange message) {
        int code = message.first() & 0xff;
        boolean oneCode = message.first() == message.last() && code != 0;
        return oneCode ? XfrmPorts.exactly(code) : XfrmPorts.ANY;
    }

    /// Ones from the highest set bit down.
    private static int lowOnes(int bits) {
        return bits == 0 ? 0 : -1 >>> Integer.numberOfLeadingZeros(bits);
    }
}
