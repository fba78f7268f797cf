package org.keyferry.daemon.radius.packet;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// One attribute (RFC 2865 §5): a type of 1 to 255 and at most 253 bytes.
public record RadiusAttribute(int type, Bytes value) {
    public static final int MOST_BYTES = 253;
    static final int HEADER_BYTES = 2;

    public RadiusAttribute {
        Objects.checkIndex(type, 0x100);
        if (value.length() > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "attribute " + type + " of " + value.length() + " bytes");
        }
    }

    public static RadiusAttribute of(int type, Bytes value) {
        return new RadiusAttribute(type, value);
    }

    /// UTF-8; what exceeds an attribute is cut off.
    public static RadiusAttribute text(int type, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return new RadiusAttribute(
                type, Bytes.of(encoded).slice(0, Math.min(encoded.length, MOST_BYTES)));
    }

    /// 32 bits, unsigned.
    public static RadiusAttribute number(int type, long value) {
        return new RadiusAttribute(type, Bytes.ofU32((int) value));
    }

    public static RadiusAttribute address(int type, IpAddress address) {
        return new RadiusAttribute(type, Bytes.wrapOwned(address.toBytes()));
    }

    int lengthBytes() {
        return HEADER_BYTES + value.length();
    }
}
