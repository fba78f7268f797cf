package org.keyferry.wire;

import java.util.Objects;

/// One attribute of a Configuration payload (RFC 7296 §3.15.1). An empty value asks for one.
public record ConfigAttribute(int type, Bytes value) {
    public static final int INTERNAL_IP4_ADDRESS = 1;
    public static final int INTERNAL_IP4_NETMASK = 2;
    public static final int INTERNAL_IP4_DNS = 3;
    public static final int INTERNAL_IP4_NBNS = 4;
    public static final int INTERNAL_IP4_DHCP = 6;
    public static final int APPLICATION_VERSION = 7;
    public static final int INTERNAL_IP6_ADDRESS = 8;
    public static final int INTERNAL_IP6_DNS = 10;
    public static final int INTERNAL_IP6_DHCP = 12;
    public static final int INTERNAL_IP4_SUBNET = 13;
    public static final int SUPPORTED_ATTRIBUTES = 14;
    public static final int INTERNAL_IP6_SUBNET = 15;
    private static final int RESERVED_BIT = 0x8000;

    public ConfigAttribute {
        Objects.checkIndex(type, RESERVED_BIT);
        Objects.requireNonNull(value, "value");
    }

    static ConfigAttribute decode(WireReader in) throws PeerViolation {
        int type = in.u16("configuration attribute type") & ~RESERVED_BIT;
        int lengthBytes = in.u16("configuration attribute length");
        if (!fits(type, lengthBytes)) {
            throw PeerViolation.malformed("configuration attribute length", in.offset() - 2);
        }
        return new ConfigAttribute(type, in.bytes(lengthBytes, "configuration attribute value"));
    }

    /// The lengths of RFC 7296 §3.15.1; those of extensions are left to their users.
    private static boolean fits(int type, int lengthBytes) {
        return switch (type) {
            case INTERNAL_IP4_ADDRESS,
                    INTERNAL_IP4_NETMASK,
                    INTERNAL_IP4_DNS,
                    INTERNAL_IP4_NBNS,
                    INTERNAL_IP4_DHCP ->
                    lengthBytes == 0 || lengthBytes == 4;
            case INTERNAL_IP6_ADDRESS, INTERNAL_IP6_SUBNET -> lengthBytes == 0 || lengthBytes == 17;
            case INTERNAL_IP6_DNS, INTERNAL_IP6_DHCP -> lengthBytes == 0 || lengthBytes == 16;
            case INTERNAL_IP4_SUBNET -> lengthBytes == 0 || lengthBytes == 8;
            case SUPPORTED_ATTRIBUTES -> lengthBytes % 2 == 0;
            default -> true;
        };
    }

    void encode(WireWriter out) {
        out.u16(type).u16(value.length()).bytes(value);
    }
}
