package org.keyferry.wire;

/// The little DER (X.690) that names need: definite lengths up to 16 bits.
final class Der {
    private static final int LONG_FORM = 0x80;

    private Der() {}

    static Bytes tlv(int tag, Bytes content) {
        WireWriter out = new WireWriter().u8(tag);
        int length = content.length();
        if (length < LONG_FORM) {
            out.u8(length);
        } else if (length <= 0xff) {
            out.u8(LONG_FORM | 1).u8(length);
        } else {
            out.u8(LONG_FORM | 2).u16(length);
        }
        return out.bytes(content).toBytes();
    }

    /// The content of the next element, which must have that tag.
    static WireReader read(WireReader in, int tag) throws PeerViolation {
        if (in.u8("DER tag") != tag) {
            throw PeerViolation.malformed("DER tag", in.offset() - 1);
        }
        return readContent(in);
    }

    /// Length and content of an element whose tag was read.
    static WireReader readContent(WireReader in) throws PeerViolation {
        int first = in.u8("DER length");
        int length =
                switch (first) {
                    case LONG_FORM | 1 -> in.u8("DER length");
                    case LONG_FORM | 2 -> in.u16("DER length");
                    default -> {
                        if (first >= LONG_FORM) {
                            throw PeerViolation.malformed("DER length", in.offset() - 1);
                        }
                        yield first;
                    }
                };
        return in.sub(length, "DER length");
    }
}
