package org.keyferry.vici;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/// Reads the fields of one packet; each read names its field and none passes the end.
final class PacketReader {
    private final ByteBuffer in;

    PacketReader(byte[] packet) {
        this.in = ByteBuffer.wrap(packet);
    }

    int offset() {
        return in.position();
    }

    boolean hasRemaining() {
        return in.hasRemaining();
    }

    int u8(String field) throws MalformedVici {
        need(1, field);
        return Byte.toUnsignedInt(in.get());
    }

    /// An element's name: 8-bit length, UTF-8.
    String name(String field) throws MalformedVici {
        int at = offset();
        byte[] bytes = bytes(u8(field + " length"), field);
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw new MalformedVici(field + " is not UTF-8", at);
        }
    }

    /// A packet's name: 8-bit length, printable ASCII.
    String packetName(String field) throws MalformedVici {
        int at = offset();
        byte[] bytes = bytes(u8(field + " length"), field);
        for (byte b : bytes) {
            if (b < 0x20 || b > 0x7e) {
                throw new MalformedVici(field + " is not printable", at);
            }
        }
        return new String(bytes, US_ASCII);
    }

    /// 16-bit big-endian length, then that many bytes.
    ViciValue value(String field) throws MalformedVici {
        need(2, field + " length");
        int lengthBytes = Short.toUnsignedInt(in.getShort());
        return ViciValue.owned(bytes(lengthBytes, field));
    }

    private byte[] bytes(int lengthBytes, String field) throws MalformedVici {
        need(lengthBytes, field);
        byte[] bytes = new byte[lengthBytes];
        in.get(bytes);
        return bytes;
    }

    private void need(int lengthBytes, String field) throws MalformedVici {
        if (in.remaining() < lengthBytes) {
            throw new MalformedVici(field + " cut short", offset());
        }
    }
}
