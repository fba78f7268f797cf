package org.keyferry.daemon.radius.packet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// A packet (RFC 2865 §3): a header of 20 bytes and attributes, 4096 bytes at most. Whether it is
/// authentic is told by [RadiusSeal].
///
/// @param identifier 0 to 255
/// @param authenticator 16 bytes
public record RadiusPacket(
        int code, int identifier, Bytes authenticator, List<RadiusAttribute> attributes) {
    public static final int MOST_BYTES = 4096;
    static final int HEADER_BYTES = 20;
    static final int AUTHENTICATOR_AT = 4;
    static final int AUTHENTICATOR_BYTES = 16;

    public RadiusPacket {
        Objects.checkIndex(code, 0x100);
        Objects.checkIndex(identifier, 0x100);
        if (authenticator.length() != AUTHENTICATOR_BYTES) {
            throw new IllegalArgumentException("authenticator of " + authenticator.length());
        }
        attributes = List.copyOf(attributes);
    }

    /// What lies behind the length that the header gives is padding, and ignored.
    public static RadiusPacket decode(Bytes datagram) throws MalformedRadius {
        if (datagram.length() < HEADER_BYTES) {
            throw new MalformedRadius("a packet of " + datagram.length() + " bytes");
        }
        int length = datagram.u16(2);
        if (length < HEADER_BYTES || length > MOST_BYTES || length > datagram.length()) {
            throw new MalformedRadius(
                    "length " + length + " in a packet of " + datagram.length() + " bytes");
        }
        return new RadiusPacket(
                datagram.u8(0),
                datagram.u8(1),
                datagram.slice(AUTHENTICATOR_AT, HEADER_BYTES),
                attributes(datagram.slice(HEADER_BYTES, length)));
    }

    private static List<RadiusAttribute> attributes(Bytes body) throws MalformedRadius {
        var attributes = new ArrayList<RadiusAttribute>();
        for (int at = 0; at < body.length(); ) {
            int left = body.length() - at;
            int length = left < RadiusAttribute.HEADER_BYTES ? 0 : body.u8(at + 1);
            if (length < RadiusAttribute.HEADER_BYTES || length > left) {
                throw new MalformedRadius(
                        "attribute %d of length %d with %d bytes left"
                                .formatted(body.u8(at), length, left));
            }
            Bytes value = body.slice(at + RadiusAttribute.HEADER_BYTES, at + length);
            attributes.add(new RadiusAttribute(body.u8(at), value));
            at += length;
        }
        return attributes;
    }

    /// As it stands: nothing is signed.
    ///
    /// @throws IllegalArgumentException if it is too large
    public Bytes encode() {
        int length =
                HEADER_BYTES + attributes.stream().mapToInt(RadiusAttribute::lengthBytes).sum();
        if (length > MOST_BYTES) {
            throw new IllegalArgumentException("a RADIUS packet of " + length + " bytes");
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.put((byte) code).put((byte) identifier).putShort((short) length);
        authenticator.copyTo(out);
        for (RadiusAttribute attribute : attributes) {
            out.put((byte) attribute.type()).put((byte) attribute.lengthBytes());
            attribute.value().copyTo(out);
        }
        return Bytes.wrapOwned(out.array());
    }

    public Stream<Bytes> all(int type) {
        return attributes.stream()
                .filter(attribute -> attribute.type() == type)
                .map(RadiusAttribute::value);
    }

    public Optional<Bytes> first(int type) {
        return all(type).findFirst();
    }

    public Optional<String> text(int type) {
        return first(type).map(Bytes::utf8);
    }

    /// An unsigned number of 32 bits; empty if there is none, or of another size.
    public Optional<Long> number(int type) {
        return first(type)
                .filter(value -> value.length() == Integer.BYTES)
                .map(value -> Integer.toUnsignedLong(value.i32(0)));
    }

    /// All addresses of that type; values of a wrong size are passed over.
    public Stream<IpAddress> addresses(int type) {
        return all(type).filter(RadiusPacket::isAddress).map(IpAddress::ofBytes);
    }

    static boolean isAddress(Bytes value) {
        return value.length() == 4 || value.length() == 16;
    }

    /// The EAP packet that is spread over all EAP-Message attributes (RFC 3579 §3.1); empty if
    /// there is none.
    public Optional<Bytes> eapMessage() {
        List<Bytes> parts = all(RadiusType.EAP_MESSAGE).toList();
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        var whole = new byte[parts.stream().mapToInt(Bytes::length).sum()];
        int at = 0;
        for (Bytes part : parts) {
            part.copyTo(whole, at);
            at += part.length();
        }
        return Optional.of(Bytes.wrapOwned(whole));
    }

    /// An EAP packet as attributes; an empty one (EAP-Start, RFC 3579 §2.1) is one without value.
    public static List<RadiusAttribute> eapMessages(Bytes eap) {
        var parts = new ArrayList<RadiusAttribute>();
        int at = 0;
        do {
            int end = Math.min(eap.length(), at + RadiusAttribute.MOST_BYTES);
            parts.add(RadiusAttribute.of(RadiusType.EAP_MESSAGE, eap.slice(at, end)));
            at = end;
        } while (at < eap.length());
        return parts;
    }
}
