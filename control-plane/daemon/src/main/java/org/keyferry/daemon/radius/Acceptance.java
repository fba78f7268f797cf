package org.keyferry.daemon.radius;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.crypto.Secret;
import org.keyferry.daemon.radius.packet.HiddenValues;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.daemon.radius.packet.RadiusType;
import org.keyferry.daemon.radius.packet.VendorAttribute;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.settings.RadiusConf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// What an Access-Accept says.
final class Acceptance {
    private static final long TUNNEL_TYPE_ESP = 9;
    private static final int TUNNEL_TYPE_BITS = 24;

    /// Framed-IP-Address that leaves the choice to the user or to us (RFC 2865 §5.8).
    private static final int USER_CHOOSES = 0xffff_ffff;

    private static final int NAS_CHOOSES = 0xffff_fffe;

    /// Configuration attributes by vendor and its type.
    private static final Map<List<Integer>, Integer> NAME_SERVERS =
            Map.ofEntries(
                    dns(VendorAttribute.MICROSOFT, VendorAttribute.MS_PRIMARY_DNS),
                    dns(VendorAttribute.MICROSOFT, VendorAttribute.MS_SECONDARY_DNS),
                    nbns(VendorAttribute.MICROSOFT, VendorAttribute.MS_PRIMARY_NBNS),
                    nbns(VendorAttribute.MICROSOFT, VendorAttribute.MS_SECONDARY_NBNS),
                    dns(VendorAttribute.ALTIGA, VendorAttribute.ALTIGA_PRIMARY_DNS),
                    dns(VendorAttribute.ALTIGA, VendorAttribute.ALTIGA_SECONDARY_DNS),
                    nbns(VendorAttribute.ALTIGA, VendorAttribute.ALTIGA_PRIMARY_NBNS),
                    nbns(VendorAttribute.ALTIGA, VendorAttribute.ALTIGA_SECONDARY_NBNS));

    private static Map.Entry<List<Integer>, Integer> dns(int vendor, int type) {
        return Map.entry(List.of(vendor, type), ConfigAttribute.INTERNAL_IP4_DNS);
    }

    private static Map.Entry<List<Integer>, Integer> nbns(int vendor, int type) {
        return Map.entry(List.of(vendor, type), ConfigAttribute.INTERNAL_IP4_NBNS);
    }

    private final RadiusPacket packet;
    private final RadiusConf conf;

    Acceptance(RadiusPacket packet, RadiusConf conf) {
        this.packet = packet;
        this.conf = conf;
    }

    EapFacts facts() {
        return new EapFacts(
                Optional.empty(),
                Optional.empty(),
                groups(),
                addresses(),
                seconds(RadiusType.SESSION_TIMEOUT),
                packet.all(RadiusType.CLASS).map(Bytes::compact).toList(),
                seconds(RadiusType.IDLE_TIMEOUT),
                seconds(RadiusType.ACCT_INTERIM_INTERVAL));
    }

    private List<String> groups() {
        var groups = new ArrayList<String>();
        if (conf.classGroup()) {
            packet.all(RadiusType.CLASS).map(Bytes::utf8).forEach(groups::add);
        }
        if (conf.filterId() && isEspTunnel()) {
            packet.all(RadiusType.FILTER_ID).map(Bytes::utf8).forEach(groups::add);
        }
        return groups;
    }

    /// The first byte of Tunnel-Type is a tag (RFC 2868 §3.1).
    private boolean isEspTunnel() {
        return packet.number(RadiusType.TUNNEL_TYPE)
                .map(value -> value & (1L << TUNNEL_TYPE_BITS) - 1)
                .filter(type -> type == TUNNEL_TYPE_ESP)
                .isPresent();
    }

    private List<IpAddress> addresses() {
        return Stream.concat(
                        packet.addresses(RadiusType.FRAMED_IP_ADDRESS)
                                .filter(address -> !address.v6())
                                .filter(address -> !isLeftOpen(address)),
                        packet.addresses(RadiusType.FRAMED_IPV6_ADDRESS).filter(IpAddress::v6))
                .toList();
    }

    private static boolean isLeftOpen(IpAddress address) {
        return (int) address.low() == USER_CHOOSES || (int) address.low() == NAS_CHOOSES;
    }

    /// Addresses, and servers of names that go with them.
    RadiusAddresses.Grant grant() {
        var attributes = new ArrayList<ConfigAttribute>();
        packet.addresses(RadiusType.DNS_SERVER_IPV6_ADDRESS)
                .filter(IpAddress::v6)
                .map(dns -> attribute(ConfigAttribute.INTERNAL_IP6_DNS, dns))
                .forEach(attributes::add);
        for (VendorAttribute each : VendorAttribute.of(packet)) {
            Optional.ofNullable(NAME_SERVERS.get(List.of(each.vendor(), each.type())))
                    .filter(_ -> each.value().length() == Integer.BYTES)
                    .map(type -> new ConfigAttribute(type, each.value()))
                    .ifPresent(attributes::add);
        }
        return new RadiusAddresses.Grant(addresses(), attributes);
    }

    private static ConfigAttribute attribute(int type, IpAddress address) {
        return new ConfigAttribute(type, Bytes.of(address.toBytes()));
    }

    private Optional<Duration> seconds(int type) {
        return packet.number(type).filter(seconds -> seconds > 0).map(Duration::ofSeconds);
    }

    /// MS-MPPE-Recv-Key and MS-MPPE-Send-Key in this order are the MSK (RFC 5216 §2.3); empty if
    /// the method made no key.
    ///
    /// @throws MalformedRadius if there is one without the other, or it cannot be revealed
    Optional<Secret> msk(HiddenValues hidden) throws MalformedRadius {
        Optional<Bytes> receive = key(VendorAttribute.MS_MPPE_RECV_KEY);
        Optional<Bytes> send = key(VendorAttribute.MS_MPPE_SEND_KEY);
        if (receive.isEmpty() && send.isEmpty()) {
            return Optional.empty();
        }
        if (receive.isEmpty() || send.isEmpty()) {
            throw new MalformedRadius("one MS-MPPE key without the other");
        }
        try (Secret first = hidden.reveal(receive.get());
                Secret second = hidden.reveal(send.get())) {
            byte[] msk = Arrays.copyOf(first.array(), first.length() + second.length());
            System.arraycopy(second.array(), 0, msk, first.length(), second.length());
            return Optional.of(Secret.owned(msk));
        }
    }

    private Optional<Bytes> key(int type) {
        return VendorAttribute.of(packet).stream()
                .filter(a -> a.vendor() == VendorAttribute.MICROSOFT && a.type() == type)
                .map(VendorAttribute::value)
                .findFirst();
    }
}
