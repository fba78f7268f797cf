package org.keyferry.engine.eap;

import org.keyferry.wire.Bytes;
import org.keyferry.wire.WireWriter;

/// Attributes inside of TTLS (RFC 5281 §10): a code, flags, a length, perhaps a vendor, data, zeros
/// up to a multiple of 4. Only EAP-Message is understood.
final class TtlsAvps {
    private static final int EAP_MESSAGE = 79;
    private static final int VENDOR = 0x80;
    private static final int MANDATORY = 0x40;
    private static final int HEADER_BYTES = 8;
    private static final int VENDOR_BYTES = 4;
    private static final int MAX_AVPS = 64;

    /// What is wrong with attributes that came.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String why) {
            super(why, null, false, false);
        }
    }

    static byte[] eapMessage(Bytes packet) {
        int length = HEADER_BYTES + packet.length();
        return new WireWriter()
                .i32(EAP_MESSAGE)
                .i32(MANDATORY << 24 | length)
                .bytes(packet)
                .zeros(-length & 3)
                .toArray();
    }

    /// @return the EAP packet, which may be in several parts; empty if there is none
    static Bytes eapMessage(byte[] data) throws Malformed {
        Bytes all = Bytes.of(data);
        Bytes packet = Bytes.EMPTY;
        int at = 0;
        for (int count = 0; at < all.length(); count++) {
            if (count == MAX_AVPS) {
                throw new Malformed("more than %d attributes".formatted(MAX_AVPS));
            }
            if (all.length() - at < HEADER_BYTES) {
                throw new Malformed("an attribute ends within its header");
            }
            int code = all.i32(at);
            int flags = all.u8(at + 4);
            int length = all.i32(at + 4) & 0xff_ffff;
            int header = (flags & VENDOR) != 0 ? HEADER_BYTES + VENDOR_BYTES : HEADER_BYTES;
            if (length < header || length > all.length() - at) {
                throw new Malformed("an attribute of %d bytes".formatted(length));
            }
            if (code == EAP_MESSAGE && header == HEADER_BYTES) {
                packet = packet.concat(all.slice(at + header, at + length));
            } else if ((flags & MANDATORY) != 0) {
                throw new Malformed(
                        "attribute %s is not understood".formatted(Integer.toUnsignedString(code)));
            }
            at += Math.min(length + (-length & 3), all.length() - at);
        }
        return packet;
    }

    private TtlsAvps() {}
}
