package org.keyferry.daemon.updown;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;

/// What an updown script finds in its environment. Values may come from the peer: they are never
/// part of a command, and what cannot stand in an environment is made harmless.
final class UpdownEnvironment {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final String VERSION = "1.1";
    private static final char REPLACEMENT = '?';

    private UpdownEnvironment() {}

    /// One environment for each pair of a local and a remote selector that packets can match.
    ///
    /// @param device by which the peer is reached
    /// @param withNameServers those that the peer gave us, too
    static List<Map<String, String>> of(
            IkeView ike,
            ChildInstallation child,
            boolean up,
            String device,
            boolean withNameServers) {
        var all = new ArrayList<Map<String, String>>();
        for (TrafficSelector local : child.localTs()) {
            for (TrafficSelector remote : child.remoteTs()) {
                if (canMeet(local, remote)) {
                    all.add(of(ike, child, up, device, withNameServers, local, remote));
                }
            }
        }
        return all;
    }

    private static boolean canMeet(TrafficSelector local, TrafficSelector remote) {
        return local.addresses().v6() == remote.addresses().v6()
                && (local.ipProtocol() == remote.ipProtocol()
                        || local.ipProtocol() == 0
                        || remote.ipProtocol() == 0);
    }

    private static Map<String, String> of(
            IkeView ike,
            ChildInstallation child,
            boolean up,
            String device,
            boolean withNameServers,
            TrafficSelector local,
            TrafficSelector remote) {
        var to = new LinkedHashMap<String, String>();
        IpAddress own = ike.local().address();
        to.put("PLUTO_VERSION", VERSION);
        to.put("PLUTO_VERB", verb(up, local, own));
        to.put("PLUTO_CONNECTION", child.config().name());
        to.put("PLUTO_INTERFACE", device);
        to.put("PLUTO_REQID", Integer.toUnsignedString(child.reqid()));
        to.put("PLUTO_PROTO", child.protocolId() == ProtocolId.AH ? "ah" : "esp");
        to.put("PLUTO_UNIQUEID", Integer.toString(ike.uniqueId()));
        to.put("PLUTO_ME", own.toString());
        to.put("PLUTO_MY_ID", ike.localId().toString());
        to.put("PLUTO_MY_CLIENT", network(local.addresses()));
        to.put("PLUTO_MY_PORT", port(local, true));
        to.put("PLUTO_MY_PROTOCOL", Integer.toString(local.ipProtocol()));
        to.put("PLUTO_PEER", ike.remote().address().toString());
        to.put("PLUTO_PEER_ID", ike.remoteId().toString());
        to.put("PLUTO_PEER_CLIENT", network(remote.addresses()));
        to.put("PLUTO_PEER_PORT", port(remote, false));
        to.put("PLUTO_PEER_PROTOCOL", Integer.toString(remote.ipProtocol()));
        sourceIps(to, "PLUTO_MY_SOURCEIP", ike.virtualIps().local());
        sourceIps(to, "PLUTO_PEER_SOURCEIP", ike.virtualIps().remote());
        mark(child.tags().markIn()).ifPresent(text -> to.put("PLUTO_MARK_IN", text));
        mark(child.tags().markOut()).ifPresent(text -> to.put("PLUTO_MARK_OUT", text));
        ifId(child.tags().ifIdIn()).ifPresent(text -> to.put("PLUTO_IF_ID_IN", text));
        ifId(child.tags().ifIdOut()).ifPresent(text -> to.put("PLUTO_IF_ID_OUT", text));
        if (ike.natLocal() || ike.natRemote() || ike.natFake()) {
            to.put("PLUTO_UDP_ENC", Integer.toString(ike.remote().port()));
        }
        if (child.ipcomp().isPresent()) {
            to.put("PLUTO_IPCOMP", "1");
        }
        if (withNameServers) {
            numbered(to, "PLUTO_DNS", ike.virtualIps().nameServers());
        }
        if (child.config().hostAccess()) {
            to.put("PLUTO_HOST_ACCESS", "1");
        }
        to.replaceAll((_, value) -> harmless(value));
        return to;
    }

    /// The first one, then all by family.
    private static void sourceIps(Map<String, String> to, String name, List<IpAddress> addresses) {
        if (!addresses.isEmpty()) {
            to.put(name, addresses.getFirst().toString());
            numbered(to, name, addresses);
        }
    }

    /// From 1 in each family, such as `PLUTO_MY_SOURCEIP4_1`.
    private static void numbered(Map<String, String> to, String name, List<IpAddress> addresses) {
        int v4 = 0;
        int v6 = 0;
        for (IpAddress address : addresses) {
            String family = address.v6() ? "6_" + ++v6 : "4_" + ++v4;
            to.put(name + family, address.toString());
        }
    }

    private static String verb(boolean up, TrafficSelector local, IpAddress own) {
        boolean host = local.addresses().equals(AddressRange.host(own));
        return (up ? "up-" : "down-")
                + (host ? "host" : "client")
                + (local.addresses().v6() ? "-v6" : "");
    }

    /// The network that the range is, or the next larger one.
    private static String network(AddressRange range) {
        OptionalInt exact = range.prefixBits();
        int bits = exact.orElse(range.first().bits());
        AddressRange covering = AddressRange.ofPrefix(range.first(), bits);
        while (!covering.contains(range)) {
            covering = AddressRange.ofPrefix(range.first(), --bits);
        }
        return covering.first() + "/" + bits;
    }

    /// @param type for ICMP the type, else the code
    private static String port(TrafficSelector selector, boolean type) {
        PortRange ports = selector.ports();
        if (selector.ipProtocol() == ICMP || selector.ipProtocol() == ICMPV6) {
            int number = type ? ports.first() >> 8 : ports.first() & 0xff;
            return Integer.toString(number);
        }
        if (ports.isAny()) {
            return "0";
        }
        return ports.first() == ports.last()
                ? Integer.toString(ports.first())
                : ports.first() + ":" + ports.last();
    }

    private static Optional<String> mark(Mark mark) {
        return mark.value() == 0
                ? Optional.empty()
                : Optional.of(
                        Integer.toUnsignedString(mark.value()) + "/0x%08x".formatted(mark.mask()));
    }

    private static Optional<String> ifId(int number) {
        return number == 0 ? Optional.empty() : Optional.of(Integer.toUnsignedString(number));
    }

    /// Without control characters, which could feign further lines to a script that logs them.
    private static String harmless(String value) {
        var text = new StringBuilder(value);
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                text.setCharAt(i, REPLACEMENT);
            }
        }
        return text.toString();
    }
}
