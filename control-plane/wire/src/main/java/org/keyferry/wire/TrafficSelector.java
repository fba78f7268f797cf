package org.keyferry.wire;

import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// Traffic selector (RFC 7296 §3.13.1). Protocol 0 is any.
public record TrafficSelector(int ipProtocol, PortRange ports, AddressRange addresses) {
    /// IPv4 before IPv6, then by addresses, protocol and ports.
    public static final Comparator<TrafficSelector> BY_ADDRESS =
            Comparator.<TrafficSelector, Boolean>comparing(ts -> ts.addresses.v6())
                    .thenComparing(ts -> ts.addresses.first())
                    .thenComparing(ts -> ts.addresses.last())
                    .thenComparingInt(TrafficSelector::ipProtocol)
                    .thenComparingInt(ts -> ts.ports.first())
                    .thenComparingInt(ts -> ts.ports.last());

    static final int TYPE_IPV4 = 7;
    static final int TYPE_IPV6 = 8;
    private static final int TYPE_SECLABEL = 10;
    private static final int LENGTH_IPV4 = 16;
    private static final int LENGTH_IPV6 = 40;

    public TrafficSelector {
        Objects.checkIndex(ipProtocol, 256);
        Objects.requireNonNull(ports, "ports");
        Objects.requireNonNull(addresses, "addresses");
    }

    public static TrafficSelector of(AddressRange addresses) {
        return new TrafficSelector(0, PortRange.ANY, addresses);
    }

    /// `10.1.0.0/16`, `10.0.0.1-10.0.0.9[udp]`, `fd00::/8[tcp/80]`, `[icmp/8]`, `[udp/opaque]`:
    /// protocols and ports by name or number, ports also as a range.
    ///
    /// @throws IllegalArgumentException if `text` is no selector
    public static TrafficSelector parse(String text) {
        String trimmed = text.strip();
        int bracket = trimmed.indexOf('[');
        if (bracket < 0) {
            return of(AddressRange.parse(trimmed));
        }
        if (!trimmed.endsWith("]")) {
            throw new IllegalArgumentException("selector without ']': '" + text + "'");
        }
        AddressRange addresses = AddressRange.parse(trimmed.substring(0, bracket).strip());
        String inner = trimmed.substring(bracket + 1, trimmed.length() - 1);
        return ProtocolPorts.parse(inner).over(addresses);
    }

    public boolean contains(TrafficSelector other) {
        return (ipProtocol == 0 || ipProtocol == other.ipProtocol)
                && ports.contains(other.ports)
                && addresses.contains(other.addresses);
    }

    public Optional<TrafficSelector> intersect(TrafficSelector other) {
        if (ipProtocol != 0 && other.ipProtocol != 0 && ipProtocol != other.ipProtocol) {
            return Optional.empty();
        }
        int protocol = Math.max(ipProtocol, other.ipProtocol);
        return ports.intersect(other.ports)
                .flatMap(
                        common ->
                                addresses
                                        .intersect(other.addresses)
                                        .map(both -> new TrafficSelector(protocol, common, both)));
    }

    /// Empty for a selector of a type that only extensions know: it selects nothing here.
    ///
    /// @param labels gets a security label (RFC 9478 §2.2), which is no selector of packets
    static Optional<TrafficSelector> decode(WireReader in, Consumer<Bytes> labels)
            throws PeerViolation {
        int start = in.offset();
        int type = in.u8("TS type");
        int ipProtocol = in.u8("TS IP protocol");
        int lengthBytes = in.u16("TS length");
        if (lengthBytes < 4) {
            throw PeerViolation.malformed("TS length", start + 2);
        }
        WireReader body = in.sub(lengthBytes - 4, "TS length");
        if (type == TYPE_SECLABEL && body.remaining() > 0) {
            labels.accept(body.rest());
            return Optional.empty();
        }
        if (type != TYPE_IPV4 && type != TYPE_IPV6) {
            return Optional.empty();
        }
        if (lengthBytes != (type == TYPE_IPV4 ? LENGTH_IPV4 : LENGTH_IPV6)) {
            throw PeerViolation.malformed("TS length", start + 2);
        }
        int firstPort = body.u16("TS start port");
        int lastPort = body.u16("TS end port");
        IpAddress first = address(body, type, "TS starting address");
        IpAddress last = address(body, type, "TS ending address");
        if (!PortRange.isValid(firstPort, lastPort)) {
            throw PeerViolation.malformed("TS ports", start + 4);
        }
        if (first.compareTo(last) > 0) {
            throw PeerViolation.malformed("TS addresses", start + 8);
        }
        return Optional.of(
                new TrafficSelector(
                        ipProtocol,
                        new PortRange(firstPort, lastPort),
                        new AddressRange(first, last)));
    }

    private static IpAddress address(WireReader in, int type, String field) throws PeerViolation {
        return type == TYPE_IPV4
                ? IpAddress.v4(in.i32(field))
                : new IpAddress(in.i64(field), in.i64(field), true);
    }

    /// A security label (RFC 9478 §2.2).
    static void encodeLabel(WireWriter out, Bytes label) {
        out.u8(TYPE_SECLABEL).u8(0).u16(4 + label.length()).bytes(label);
    }

    void encode(WireWriter out) {
        boolean v6 = addresses.v6();
        out.u8(v6 ? TYPE_IPV6 : TYPE_IPV4)
                .u8(ipProtocol)
                .u16(v6 ? LENGTH_IPV6 : LENGTH_IPV4)
                .u16(ports.first())
                .u16(ports.last())
                .array(addresses.first().toBytes())
                .array(addresses.last().toBytes());
    }

    /// As VICI prints it: `10.1.0.0/16[tcp/http]`; any protocol and port are left out.
    @Override
    public String toString() {
        return addresses + new ProtocolPorts(ipProtocol, ports).suffix();
    }
}
