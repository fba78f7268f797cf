package org.keyferry.engine.exchange;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Payload;

/// Configuration payloads as initiator (RFC 7296 §2.19, §3.15): addresses inside the tunnel, and
/// what the peer tells along with them. The responder's side is [ConfigAnswer].
public final class ConfigRequest {
    /// Prefix that goes with an IPv6 address that is asked for: its network is the peer's choice.
    private static final int ASKED_PREFIX_BITS = 64;

    /// Empty if nothing is wanted.
    static Optional<Payload> payload(SaCore sa) {
        List<IpAddress> wanted = VirtualIps.wanted(sa);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        var attributes = new ArrayList<ConfigAttribute>();
        wanted.forEach(address -> attributes.add(asked(address)));
        wanted.stream().map(ConfigRequest::nameServers).distinct().forEach(attributes::add);
        return Optional.of(new Payload.Configuration(Payload.Configuration.REQUEST, attributes));
    }

    private static ConfigAttribute asked(IpAddress address) {
        int type = ConfigAttributes.addressType(address);
        return address.isAny()
                ? new ConfigAttribute(type, Bytes.EMPTY)
                : ConfigAttributes.address(address, ASKED_PREFIX_BITS);
    }

    private static ConfigAttribute nameServers(IpAddress family) {
        int type =
                family.v6() ? ConfigAttribute.INTERNAL_IP6_DNS : ConfigAttribute.INTERNAL_IP4_DNS;
        return new ConfigAttribute(type, Bytes.EMPTY);
    }

    /// Takes what the peer gave. Addresses of a family that was not asked for are not taken.
    static void take(SaCore sa, List<Payload> payloads, Outbox out) {
        List<IpAddress> wanted = VirtualIps.wanted(sa);
        if (wanted.isEmpty()) {
            return;
        }
        var addresses = new LinkedHashSet<IpAddress>();
        var others = new ArrayList<ConfigAttribute>();
        for (ConfigAttribute attribute :
                ConfigAttributes.of(payloads, Payload.Configuration.REPLY)) {
            if (ConfigAttributes.isAddress(attribute)) {
                ConfigAttributes.address(attribute)
                        .filter(given -> wanted.stream().anyMatch(w -> w.v6() == given.v6()))
                        .ifPresent(addresses::add);
            } else {
                others.add(attribute);
            }
        }
        addresses.forEach(
                address -> out.log(sa, Group.IKE, 1, "installing new virtual IP %s", address));
        sa.virtualIps(new VirtualIps(List.copyOf(addresses), sa.virtualIps().leases(), others));
    }

    private ConfigRequest() {}
}
