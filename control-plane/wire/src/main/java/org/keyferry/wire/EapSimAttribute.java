package org.keyferry.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Attributes of EAP-SIM, EAP-AKA and EAP-AKA' (RFC 4186 §10, RFC 4187 §10, RFC 9048 §3). A value
/// is what the attribute says, without its lengths, reserved bytes and padding.
public enum EapSimAttribute {
    RAND(1, Form.RESERVED, 16, 48),
    AUTN(2, Form.RESERVED, 16, 16),
    RES(3, Form.BITS, 4, 16),
    AUTS(4, Form.BARE, 14, 14),
    PADDING(6, Form.BARE, 2, 10),
    NONCE_MT(7, Form.RESERVED, 16, 16),
    PERMANENT_ID_REQ(10, Form.RESERVED, 0, 0),
    MAC(11, Form.RESERVED, 16, 16),
    NOTIFICATION(12, Form.BARE, 2, 2),
    ANY_ID_REQ(13, Form.RESERVED, 0, 0),
    IDENTITY(14, Form.COUNTED, 1, 1_000),
    VERSION_LIST(15, Form.COUNTED, 2, 64),
    SELECTED_VERSION(16, Form.BARE, 2, 2),
    FULLAUTH_ID_REQ(17, Form.RESERVED, 0, 0),
    COUNTER(19, Form.BARE, 2, 2),
    COUNTER_TOO_SMALL(20, Form.RESERVED, 0, 0),
    NONCE_S(21, Form.RESERVED, 16, 16),
    CLIENT_ERROR_CODE(22, Form.BARE, 2, 2),
    KDF_INPUT(23, Form.COUNTED, 1, 1_000),
    KDF(24, Form.BARE, 2, 2),
    IV(129, Form.RESERVED, 16, 16),
    ENCR_DATA(130, Form.RESERVED, 16, 1_008),
    NEXT_PSEUDONYM(132, Form.COUNTED, 1, 1_000),
    NEXT_REAUTH_ID(133, Form.COUNTED, 1, 1_000),
    CHECKCODE(134, Form.RESERVED, 0, 32),
    RESULT_IND(135, Form.RESERVED, 0, 0),
    BIDDING(136, Form.BARE, 2, 2);

    /// From here on, what is not known may be skipped (RFC 4187 §8.1).
    static final int FIRST_SKIPPABLE = 128;

    private static final int WORD_BYTES = 4;
    private static final int HEAD_BYTES = 2;
    private static final int FIELD_BYTES = 2;
    private static final int BLOCK_BYTES = 16;

    /// What is before the value, behind type and length.
    enum Form {
        /// Two bytes that mean nothing.
        RESERVED,
        /// The value's length in bytes; zeros follow up to a whole word.
        COUNTED,
        /// The same in bits.
        BITS,
        /// Nothing.
        BARE
    }

    private static final Map<Integer, EapSimAttribute> BY_NUMBER =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(a -> a.number, Function.identity()));

    private final int number;
    private final Form form;
    private final int minBytes;
    private final int maxBytes;

    EapSimAttribute(int number, Form form, int minBytes, int maxBytes) {
        this.number = number;
        this.form = form;
        this.minBytes = minBytes;
        this.maxBytes = maxBytes;
    }

    public int number() {
        return number;
    }

    static Optional<EapSimAttribute> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /// A server may name several key derivations.
    boolean mayRepeat() {
        return this == KDF;
    }

    /// @param body behind type and length, of whole words
    /// @param offset of the attribute, for whoever is told
    Bytes value(Bytes body, int offset) throws PeerViolation {
        var in = new WireReader(body);
        Bytes value =
                switch (form) {
                    case BARE -> in.rest();
                    case RESERVED -> {
                        in.skip(FIELD_BYTES, name());
                        yield in.rest();
                    }
                    case COUNTED -> counted(in, in.u16(name()), offset);
                    case BITS -> {
                        int bits = in.u16(name());
                        if (bits % Byte.SIZE != 0) {
                            throw malformed(offset);
                        }
                        yield counted(in, bits / Byte.SIZE, offset);
                    }
                };
        if (!fits(value)) {
            throw malformed(offset);
        }
        return value;
    }

    private Bytes counted(WireReader in, int bytes, int offset) throws PeerViolation {
        Bytes value = in.bytes(bytes, "length of AT_" + name());
        Bytes padding = in.rest();
        if (padding.length() >= WORD_BYTES || !isZero(padding)) {
            throw malformed(offset);
        }
        return value;
    }

    private boolean fits(Bytes value) {
        int length = value.length();
        return length >= minBytes
                && length <= maxBytes
                && switch (this) {
                    case RAND, ENCR_DATA -> length % BLOCK_BYTES == 0;
                    case VERSION_LIST -> length % FIELD_BYTES == 0;
                    case CHECKCODE -> length == 0 || length == 20 || length == 32;
                    case PADDING -> length % WORD_BYTES == FIELD_BYTES && isZero(value);
                    default -> true;
                };
    }

    static boolean isZero(Bytes value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.u8(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private PeerViolation malformed(int offset) {
        return PeerViolation.malformed("AT_" + name(), offset);
    }

    void encode(WireWriter out, Bytes value) {
        if (!fits(value)) {
            throw new IllegalArgumentException("AT_%s of %s bytes".formatted(name(), value));
        }
        int plain = HEAD_BYTES + (form == Form.BARE ? 0 : FIELD_BYTES) + value.length();
        int words = (plain + WORD_BYTES - 1) / WORD_BYTES;
        out.u8(number).u8(words);
        switch (form) {
            case BARE -> {}
            case RESERVED -> out.u16(0);
            case COUNTED -> out.u16(value.length());
            case BITS -> out.u16(value.length() * Byte.SIZE);
        }
        out.bytes(value).zeros(words * WORD_BYTES - plain);
    }
}
