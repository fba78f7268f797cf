package org.keyferry.engine.exchange;

import java.util.List;
import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Payload;

/// Addresses as they travel in configuration payloads (RFC 7296 §3.15.1).
final class ConfigAttributes {
    private static final int V6_BYTES = 16;

    /// Of all payloads of one type.
    static List<ConfigAttribute> of(List<Payload> payloads, int cfgType) {
        return IkeMessage.all(payloads, Payload.Configuration.class).stream()
                .filter(configuration -> configuration.cfgType() == cfgType)
                .flatMap(configuration -> configuration.attributes().stream())
                .toList();
    }

    static boolean isAddress(ConfigAttribute attribute) {
        return attribute.type() == ConfigAttribute.INTERNAL_IP4_ADDRESS
                || attribute.type() == ConfigAttribute.INTERNAL_IP6_ADDRESS;
    }

    static int addressType(IpAddress address) {
        return address.v6()
                ? ConfigAttribute.INTERNAL_IP6_ADDRESS
                : ConfigAttribute.INTERNAL_IP4_ADDRESS;
    }

    /// @param prefixBits goes with an IPv6 address
    static ConfigAttribute address(IpAddress address, int prefixBits) {
        Bytes value = Bytes.wrapOwned(address.toBytes());
        return new ConfigAttribute(
                addressType(address), address.v6() ? value.concat(Bytes.ofU8(prefixBits)) : value);
    }

    /// The address in an attribute that [#isAddress]; empty for the unspecified one, or none.
    static Optional<IpAddress> address(ConfigAttribute attribute) {
        Bytes value = attribute.value();
        if (value.isEmpty()) {
            return Optional.empty();
        }
        boolean v6 = attribute.type() == ConfigAttribute.INTERNAL_IP6_ADDRESS;
        var address = IpAddress.ofBytes(v6 ? value.slice(0, V6_BYTES) : value);
        return address.isAny() ? Optional.empty() : Optional.of(address);
    }

    private ConfigAttributes() {}
}
