package org.keyferry.wire;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Data of a packet of EAP-SIM, EAP-AKA or EAP-AKA' (RFC 4186 §8, RFC 4187 §8).
///
/// @param fields in the order in which they are sent
public record EapSimMessage(EapSimSubtype subtype, List<Field> fields) {
    private static final int HEAD_BYTES = 3;
    private static final int EAP_HEAD_BYTES = 5;
    private static final int WORD_BYTES = 4;
    private static final int ATTRIBUTE_HEAD_BYTES = 2;
    private static final int MAC_BYTES = 16;

    /// One attribute.
    public record Field(EapSimAttribute attribute, Bytes value) {}

    public EapSimMessage {
        fields = List.copyOf(fields);
    }

    /// Without attributes.
    public EapSimMessage(EapSimSubtype subtype) {
        this(subtype, List.of());
    }

    public EapSimMessage with(EapSimAttribute attribute, Bytes value) {
        var more = new ArrayList<>(fields);
        more.add(new Field(attribute, value));
        return new EapSimMessage(subtype, more);
    }

    /// With an attribute that says all by being there.
    public EapSimMessage with(EapSimAttribute attribute) {
        return with(attribute, Bytes.EMPTY);
    }

    /// @param data behind the type of an EAP packet
    /// @param request a server's
    public static EapSimMessage decode(EapSimMethod method, boolean request, Bytes data)
            throws PeerViolation {
        var in = new WireReader(data);
        int number = in.u8("subtype");
        Optional<EapSimSubtype> subtype = EapSimSubtype.of(number, method);
        if (subtype.isEmpty()) {
            throw PeerViolation.malformed("subtype %d".formatted(number), 0);
        }
        in.skip(2, "reserved bytes");
        return new EapSimMessage(
                subtype.get(), fields(in, subtype.get().attributes(method, request)));
    }

    /// What is inside of AT_ENCR_DATA.
    ///
    /// @param plain decrypted
    public EapSimMessage hidden(boolean request, Bytes plain) throws PeerViolation {
        return new EapSimMessage(subtype, fields(new WireReader(plain), subtype.hidden(request)));
    }

    private static List<Field> fields(WireReader in, Set<EapSimAttribute> allowed)
            throws PeerViolation {
        var fields = new ArrayList<Field>();
        var seen = EnumSet.noneOf(EapSimAttribute.class);
        while (in.remaining() > 0) {
            int offset = in.offset();
            int number = in.u8("attribute");
            int words = in.u8("length of attribute %d".formatted(number));
            if (words == 0) {
                throw PeerViolation.malformed("length of attribute %d".formatted(number), offset);
            }
            Bytes body =
                    in.bytes(
                            words * WORD_BYTES - ATTRIBUTE_HEAD_BYTES,
                            "attribute %d".formatted(number));
            Optional<EapSimAttribute> known = EapSimAttribute.of(number).filter(allowed::contains);
            if (known.isEmpty()) {
                if (number < EapSimAttribute.FIRST_SKIPPABLE) {
                    throw PeerViolation.malformed(
                            "attribute %d, which is not skippable,".formatted(number), offset);
                }
                continue;
            }
            if (!seen.add(known.get()) && !known.get().mayRepeat()) {
                throw PeerViolation.malformed("second AT_" + known.get(), offset);
            }
            fields.add(new Field(known.get(), known.get().value(body, offset)));
        }
        return fields;
    }

    public Optional<Bytes> get(EapSimAttribute attribute) {
        return fields.stream()
                .filter(field -> field.attribute() == attribute)
                .map(Field::value)
                .findFirst();
    }

    public boolean has(EapSimAttribute attribute) {
        return get(attribute).isPresent();
    }

    /// What AT_KDF says, in order.
    public List<Integer> kdfs() {
        return fields.stream()
                .filter(field -> field.attribute() == EapSimAttribute.KDF)
                .map(field -> field.value().u16(0))
                .toList();
    }

    /// For behind the type of an EAP packet.
    public Bytes encode() {
        var out = new WireWriter();
        out.u8(subtype.number()).u16(0);
        fields.forEach(field -> field.attribute().encode(out, field.value()));
        return out.toBytes();
    }

    /// For AT_ENCR_DATA: the attributes alone, padded to whole blocks.
    public Bytes encodeHidden() {
        var out = new WireWriter();
        fields.forEach(field -> field.attribute().encode(out, field.value()));
        int missing = -out.length() & 15;
        if (missing > 0) {
            EapSimAttribute.PADDING.encode(out, Bytes.of(new byte[missing - ATTRIBUTE_HEAD_BYTES]));
        }
        return out.toBytes();
    }

    /// A whole EAP packet with zeros in the place of its MAC, as the MAC is made of it; empty if it
    /// has none. Its data must be what was decoded, or is to be sent.
    ///
    /// @param packet with a type of one byte
    public static Optional<Bytes> withoutMac(Bytes packet) {
        int at = EAP_HEAD_BYTES + HEAD_BYTES;
        while (at < packet.length()) {
            int next = at + packet.u8(at + 1) * WORD_BYTES;
            if (packet.u8(at) == EapSimAttribute.MAC.number()) {
                byte[] copy = packet.toArray();
                java.util.Arrays.fill(copy, next - MAC_BYTES, next, (byte) 0);
                return Optional.of(Bytes.wrapOwned(copy));
            }
            at = next;
        }
        return Optional.empty();
    }
}
