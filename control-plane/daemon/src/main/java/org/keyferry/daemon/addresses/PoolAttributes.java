package org.keyferry.daemon.addresses;

import java.util.Map;
import java.util.OptionalInt;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ConfigAttribute;
import org.keyferry.wire.IpAddress;

/// Attributes of pools, as users write them.
public final class PoolAttributes {
    private static final int IP6_NBNS = 11; // unassigned since RFC 7296, still in use
    private static final int P_CSCF_IP4 = 20;
    private static final int P_CSCF_IP6 = 21;
    private static final int UNITY_SPLIT_INCLUDE = 28676;
    private static final int UNITY_LOCAL_LAN = 28678;
    private static final int HIGHEST_TYPE = 0x7fff;
    private static final int NONE = -1;

    /// Types for the two families of addresses.
    private record Types(int v4, int v6) {}

    private static final Map<String, Types> ADDRESSES =
            Map.of(
                    "address",
                    new Types(
                            ConfigAttribute.INTERNAL_IP4_ADDRESS,
                            ConfigAttribute.INTERNAL_IP6_ADDRESS),
                    "dns",
                    new Types(ConfigAttribute.INTERNAL_IP4_DNS, ConfigAttribute.INTERNAL_IP6_DNS),
                    "nbns",
                    new Types(ConfigAttribute.INTERNAL_IP4_NBNS, IP6_NBNS),
                    "dhcp",
                    new Types(ConfigAttribute.INTERNAL_IP4_DHCP, ConfigAttribute.INTERNAL_IP6_DHCP),
                    "netmask",
                    new Types(ConfigAttribute.INTERNAL_IP4_NETMASK, NONE),
                    "server",
                    new Types(23456, 23457), // draft of Microsoft's, used by no standard
                    "p_cscf",
                    new Types(P_CSCF_IP4, P_CSCF_IP6));

    private static final Map<String, Types> SUBNETS =
            Map.of(
                    "subnet",
                    new Types(
                            ConfigAttribute.INTERNAL_IP4_SUBNET,
                            ConfigAttribute.INTERNAL_IP6_SUBNET),
                    "split_include",
                    new Types(UNITY_SPLIT_INCLUDE, NONE),
                    "split_exclude",
                    new Types(UNITY_LOCAL_LAN, NONE));

    private PoolAttributes() {}

    public static boolean isKnown(String name) {
        return ADDRESSES.containsKey(name) || SUBNETS.containsKey(name) || number(name).isPresent();
    }

    private static OptionalInt number(String name) {
        if (!name.matches("[0-9]{1,5}")) {
            return OptionalInt.empty();
        }
        int type = Integer.parseInt(name);
        return type > 0 && type <= HIGHEST_TYPE ? OptionalInt.of(type) : OptionalInt.empty();
    }

    /// @throws IllegalArgumentException if the value does not fit the attribute
    public static ConfigAttribute read(String name, String value) {
        OptionalInt number = number(name);
        if (number.isPresent()) {
            return new ConfigAttribute(number.getAsInt(), free(value));
        }
        if (!isKnown(name)) {
            throw new IllegalArgumentException("no such attribute");
        }
        Types addressTypes = ADDRESSES.get(name);
        if (addressTypes != null) {
            IpAddress address = IpAddress.parse(value);
            return new ConfigAttribute(
                    type(addressTypes, address), Bytes.wrapOwned(address.toBytes()));
        }
        return subnet(SUBNETS.get(name), value);
    }

    private static int type(Types types, IpAddress address) {
        int type = address.v6() ? types.v6() : types.v4();
        if (type == NONE) {
            throw new IllegalArgumentException("not for " + address);
        }
        return type;
    }

    /// IPv4: address and mask; IPv6: address and a byte with the length of the prefix.
    private static ConfigAttribute subnet(Types types, String value) {
        int slash = value.indexOf('/');
        IpAddress address = IpAddress.parse(slash < 0 ? value : value.substring(0, slash).strip());
        int prefixBits =
                AddressRange.parse(value).prefixBits().orElseThrow(IllegalArgumentException::new);
        Bytes mask =
                address.v6()
                        ? Bytes.ofU8(prefixBits)
                        : Bytes.ofU32(prefixBits == 0 ? 0 : -1 << (32 - prefixBits));
        return new ConfigAttribute(
                type(types, address), Bytes.wrapOwned(address.toBytes()).concat(mask));
    }

    /// Hex digits after `0x`, an address, or text, quoted or not.
    private static Bytes free(String value) {
        if (value.startsWith("0x")) {
            return Bytes.ofHex(value.substring(2));
        }
        if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
            return Bytes.utf8(value.substring(1, value.length() - 1));
        }
        try {
            return Bytes.wrapOwned(IpAddress.parse(value).toBytes());
        } catch (IllegalArgumentException _) {
            return Bytes.utf8(value);
        }
    }
}
