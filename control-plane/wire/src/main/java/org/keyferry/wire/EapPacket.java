package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;

/// One EAP packet (RFC 3748 §4).
///
/// @param identifier 0 to 255; a response repeats that of its request
/// @param type [EapType#NONE] in Success and Failure, which have none
/// @param data after the type
public record EapPacket(Code code, int identifier, EapType type, Bytes data) {
    private static final int HEADER_BYTES = 4;
    private static final int TYPE_BYTES = 1;
    private static final int EXPANDED_BYTES = 8;

    /// No packet of a method that anybody uses is longer: methods fragment what is.
    public static final int MAX_BYTES = 8_192;

    /// Types that a Nak may name.
    private static final int MAX_NAK_TYPES = 64;

    public enum Code {
        REQUEST(1),
        RESPONSE(2),
        SUCCESS(3),
        FAILURE(4);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        static Code of(int number) throws PeerViolation {
            for (Code code : values()) {
                if (code.number == number) {
                    return code;
                }
            }
            throw PeerViolation.malformed("EAP code", 0);
        }
    }

    public EapPacket {
        if (identifier < 0 || identifier > 0xff) {
            throw new IllegalArgumentException("EAP identifier " + identifier);
        }
    }

    public static EapPacket request(int identifier, EapType type, Bytes data) {
        return new EapPacket(Code.REQUEST, identifier, type, data);
    }

    public static EapPacket response(int identifier, EapType type, Bytes data) {
        return new EapPacket(Code.RESPONSE, identifier, type, data);
    }

    public static EapPacket success(int identifier) {
        return new EapPacket(Code.SUCCESS, identifier, EapType.NONE, Bytes.EMPTY);
    }

    public static EapPacket failure(int identifier) {
        return new EapPacket(Code.FAILURE, identifier, EapType.NONE, Bytes.EMPTY);
    }

    /// @param packet all of it; what it says about its own length must be true
    public static EapPacket decode(Bytes packet) throws PeerViolation {
        var in = new WireReader(packet);
        Code code = Code.of(in.u8("EAP code"));
        int identifier = in.u8("EAP identifier");
        if (in.u16("EAP length") != packet.length()) {
            throw PeerViolation.malformed("EAP length", 2);
        }
        if (packet.length() > MAX_BYTES) {
            throw new PeerViolation(new Violation.LimitExceeded("bytes of EAP", MAX_BYTES));
        }
        return switch (code) {
            case SUCCESS, FAILURE -> {
                in.expectEnd("EAP code and identifier");
                yield new EapPacket(code, identifier, EapType.NONE, Bytes.EMPTY);
            }
            case REQUEST, RESPONSE -> {
                int number = in.u8("EAP type");
                if (number != EapType.EXPANDED_NUMBER) {
                    yield new EapPacket(code, identifier, EapType.ietf(number), in.rest());
                }
                EapType type = expanded(in);
                Bytes data = type.equals(EapType.NAK) ? legacyTypes(in) : in.rest();
                yield new EapPacket(code, identifier, type, data);
            }
        };
    }

    private static EapType expanded(WireReader in) throws PeerViolation {
        int vendor = in.u8("EAP vendor") << 16 | in.u16("EAP vendor");
        return new EapType(vendor, in.i32("EAP vendor's type"));
    }

    /// An Expanded Nak as a legacy one, without vendors' types: we have none to offer.
    private static Bytes legacyTypes(WireReader in) throws PeerViolation {
        var out = new WireWriter();
        while (in.remaining() > 0) {
            in.skip(1, "EAP type in Expanded Nak");
            EapType type = expanded(in);
            if (type.isLegacy()) {
                out.u8(type.number());
            }
        }
        return out.toBytes();
    }

    public Bytes encode() {
        var out = new WireWriter();
        out.u8(code.number).u8(identifier);
        if (code == Code.SUCCESS || code == Code.FAILURE) {
            return out.u16(HEADER_BYTES).toBytes();
        }
        if (type.isLegacy()) {
            out.u16(HEADER_BYTES + TYPE_BYTES + data.length()).u8(type.number());
        } else {
            out.u16(HEADER_BYTES + EXPANDED_BYTES + data.length()).u8(EapType.EXPANDED_NUMBER);
            out.u8(type.vendor() >>> 16).u16(type.vendor() & 0xffff).i32(type.number());
        }
        return out.bytes(data).toBytes();
    }

    /// Whether it says that a requested method is not wanted.
    public boolean isNak() {
        return code == Code.RESPONSE && type.equals(EapType.NAK);
    }

    /// The answer to a method that is not wanted: it names others.
    ///
    /// @param wanted IETF types; empty if nothing would do
    public static EapPacket nak(int identifier, List<EapType> wanted) {
        var out = new WireWriter();
        wanted.stream().filter(EapType::isLegacy).forEach(t -> out.u8(t.number()));
        return response(identifier, EapType.NAK, out.length() == 0 ? Bytes.ofU8(0) : out.toBytes());
    }

    /// What the sender of a Nak would rather have, in its order.
    public List<EapType> nakTypes() {
        var types = new ArrayList<EapType>();
        for (int i = 0; i < Math.min(data.length(), MAX_NAK_TYPES); i++) {
            types.add(EapType.ietf(data.u8(i)));
        }
        types.removeIf(EapType.NONE::equals);
        return types;
    }
}
