package org.keyferry.daemon.radius.packet;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.keyferry.wire.Bytes;

/// A vendor's attribute within Vendor-Specific, in the format that RFC 2865 §5.26 recommends.
///
/// @param vendor private enterprise number
public record VendorAttribute(int vendor, int type, Bytes value) {
    /// Microsoft (RFC 2548).
    public static final int MICROSOFT = 311;

    public static final int MS_MPPE_SEND_KEY = 16;
    public static final int MS_MPPE_RECV_KEY = 17;
    public static final int MS_PRIMARY_DNS = 28;
    public static final int MS_SECONDARY_DNS = 29;
    public static final int MS_PRIMARY_NBNS = 30;
    public static final int MS_SECONDARY_NBNS = 31;

    /// Altiga, that is the VPN gateways of Cisco.
    public static final int ALTIGA = 3076;

    public static final int ALTIGA_PRIMARY_DNS = 5;
    public static final int ALTIGA_SECONDARY_DNS = 6;
    public static final int ALTIGA_PRIMARY_NBNS = 7;
    public static final int ALTIGA_SECONDARY_NBNS = 8;

    private static final int VENDOR_BYTES = 4;
    private static final int HEADER_BYTES = 2;

    public VendorAttribute {
        Objects.checkIndex(type, 0x100);
    }

    /// All that a packet has. What is not of the recommended format, which a vendor is free to do,
    /// is passed over.
    public static List<VendorAttribute> of(RadiusPacket packet) {
        return packet.all(RadiusType.VENDOR_SPECIFIC).flatMap(VendorAttribute::within).toList();
    }

    private static Stream<VendorAttribute> within(Bytes value) {
        if (value.length() < VENDOR_BYTES) {
            return Stream.empty();
        }
        int vendor = value.i32(0);
        var found = new ArrayList<VendorAttribute>();
        for (int at = VENDOR_BYTES; at < value.length(); ) {
            int left = value.length() - at;
            int length = left < HEADER_BYTES ? 0 : value.u8(at + 1);
            if (length < HEADER_BYTES || length > left) {
                return Stream.empty();
            }
            found.add(
                    new VendorAttribute(
                            vendor, value.u8(at), value.slice(at + HEADER_BYTES, at + length)));
            at += length;
        }
        return found.stream();
    }

    public RadiusAttribute encode() {
        return RadiusAttribute.of(
                RadiusType.VENDOR_SPECIFIC,
                Bytes.ofU32(vendor)
                        .concat(Bytes.ofU8(type))
                        .concat(Bytes.ofU8(HEADER_BYTES + value.length()))
                        .concat(value));
    }
}
