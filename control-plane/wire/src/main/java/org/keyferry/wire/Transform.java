package org.keyferry.wire;

import java.util.Objects;

/// One transform of a proposal (RFC 7296 §3.3.2).
///
/// @param keyBits value of the Key Length attribute; 0: none is sent; [#NOT_UNDERSTOOD]: the peer
///   sent an attribute that Keyferry does not know, so that this transform must not be accepted
///   (§3.3.6). It equals no transform of ours.
public record Transform(int type, int id, int keyBits) {
    public static final int NOT_UNDERSTOOD = -1;
    private static final int HEADER_BYTES = 8;
    private static final int KEY_LENGTH = 14;
    private static final int FORMAT_TV = 0x8000;

    public Transform {
        Objects.checkIndex(type, 0x100);
        Objects.checkIndex(id, 0x1_0000);
        if (keyBits != NOT_UNDERSTOOD) {
            Objects.checkIndex(keyBits, 0x1_0000);
        }
    }

    /// Without a Key Length attribute.
    public static Transform of(int type, int id) {
        return new Transform(type, id, 0);
    }

    /// Body and attributes; `in` ends where the transform does.
    static Transform decode(WireReader in) throws PeerViolation {
        int type = in.u8("transform type");
        in.skip(1, "transform reserved");
        int id = in.u16("transform id");
        int keyBits = 0;
        while (in.remaining() > 0) {
            int bits = decodeAttribute(in);
            keyBits = keyBits == 0 && bits != 0 ? bits : NOT_UNDERSTOOD;
        }
        return new Transform(type, id, keyBits);
    }

    /// The key length, or NOT_UNDERSTOOD for any other attribute.
    private static int decodeAttribute(WireReader in) throws PeerViolation {
        int start = in.offset();
        int formatAndType = in.u16("transform attribute type");
        int valueOrLength = in.u16("transform attribute value");
        int type = formatAndType & ~FORMAT_TV;
        boolean tv = (formatAndType & FORMAT_TV) != 0;
        if (!tv) {
            in.skip(valueOrLength, "transform attribute length");
        }
        if (type != KEY_LENGTH) {
            return NOT_UNDERSTOOD;
        }
        if (!tv) {
            throw PeerViolation.malformed("Key Length attribute format", start);
        }
        return valueOrLength;
    }

    void encode(WireWriter out, boolean last) {
        if (keyBits == NOT_UNDERSTOOD) {
            throw new IllegalArgumentException("transform of unknown attributes: " + this);
        }
        out.u8(last ? 0 : 3)
                .zeros(1)
                .u16(keyBits == 0 ? HEADER_BYTES : HEADER_BYTES + 4)
                .u8(type)
                .zeros(1)
                .u16(id);
        if (keyBits != 0) {
            out.u16(FORMAT_TV | KEY_LENGTH).u16(keyBits);
        }
    }

    /// As charon prints it: `AES_CBC_128`, `PRF_HMAC_SHA2_256`, `KE1_ML_KEM_768`.
    @Override
    public String toString() {
        return TransformNames.text(this);
    }
}
