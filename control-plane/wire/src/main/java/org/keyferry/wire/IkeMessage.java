package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.wire.Payload.Encrypted;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.Payload.Notify;

/// One IKE message (RFC 7296 §3.1, §3.2). A decoded message is made of slices of the datagram.
public record IkeMessage(IkeHeader header, List<Payload> payloads) {
    private static final int GENERIC_HEADER_BYTES = 4;
    private static final int CRITICAL = 0x80;

    public IkeMessage {
        payloads = List.copyOf(payloads);
    }

    /// Decodes all but the inside of an SK or SKF payload, which can only stand last.
    ///
    /// @param datagram without the non-ESP marker of port 4500
    public static IkeMessage decode(Bytes datagram) throws PeerViolation {
        Limits.check(datagram.length(), Limits.DATAGRAM_BYTES, "bytes in a datagram");
        IkeHeader header = IkeHeader.decode(datagram.asBuffer());
        if (header.majorVersion() != 2) {
            throw new PeerViolation(new Violation.UnsupportedVersion(header.majorVersion()));
        }
        if (header.initiatorSpi().isZero()) {
            throw PeerViolation.malformed("initiator SPI", 0);
        }
        if (header.lengthBytes() != datagram.length()) {
            throw PeerViolation.malformed("message length", 24);
        }
        WireReader in = new WireReader(datagram);
        in.skip(IkeHeader.LENGTH, "IKE header");
        return new IkeMessage(header, decodeChain(header.firstPayload(), in, true));
    }

    /// Payloads that came out of an SK payload.
    ///
    /// @param firstType type of the first, 0 for an empty chain
    public static List<Payload> decodeChain(int firstType, Bytes chain) throws PeerViolation {
        return decodeChain(firstType, new WireReader(chain), false);
    }

    private static List<Payload> decodeChain(int firstType, WireReader in, boolean outer)
            throws PeerViolation {
        List<Payload> payloads = new ArrayList<>(8);
        int type = firstType;
        while (type != 0) {
            Limits.check(payloads.size() + 1, Limits.PAYLOADS, "payloads in a message");
            boolean encrypted = isEncrypted(type);
            if (encrypted && !outer) {
                throw PeerViolation.malformed("encrypted payload inside another", in.offset());
            }
            int next = in.u8("next payload");
            boolean critical = (in.u8("payload flags") & CRITICAL) != 0;
            int lengthBytes = in.u16("payload length");
            if (lengthBytes < GENERIC_HEADER_BYTES) {
                throw PeerViolation.malformed("payload length", in.offset() - 2);
            }
            WireReader body = in.sub(lengthBytes - GENERIC_HEADER_BYTES, "payload length");
            payloads.add(PayloadDecoder.decode(type, critical, next, body));
            type = encrypted ? 0 : next;
        }
        in.expectEnd("last payload");
        return payloads;
    }

    /// A whole message, version 2.0.
    public static Bytes encode(
            IkeSpi initiatorSpi,
            IkeSpi responderSpi,
            int exchangeType,
            boolean fromInitiator,
            boolean response,
            int messageId,
            List<Payload> payloads) {
        WireWriter out = new WireWriter();
        new IkeHeader(
                        initiatorSpi,
                        responderSpi,
                        firstType(payloads),
                        2,
                        0,
                        exchangeType,
                        fromInitiator,
                        response,
                        messageId,
                        0)
                .encode(out);
        encodeChain(payloads, out);
        out.patchI32(24, out.length());
        return out.toBytes();
    }

    /// Payloads as they go into an SK payload, with their generic headers.
    public static Bytes encodeChain(List<Payload> payloads) {
        WireWriter out = new WireWriter();
        encodeChain(payloads, out);
        return out.toBytes();
    }

    /// Payloads as they stand in front of an SK or SKF payload.
    ///
    /// @param encryptedType which of both follows
    public static Bytes encodeOuter(List<Payload> payloads, int encryptedType) {
        WireWriter out = new WireWriter();
        encodeChain(payloads, encryptedType, out);
        return out.toBytes();
    }

    private static void encodeChain(List<Payload> payloads, WireWriter out) {
        encodeChain(payloads, payloads.isEmpty() ? 0 : innerType(payloads.getLast()), out);
    }

    private static void encodeChain(List<Payload> payloads, int behind, WireWriter out) {
        for (int i = 0; i < payloads.size(); i++) {
            Payload payload = payloads.get(i);
            boolean last = i == payloads.size() - 1;
            if (!last && isEncrypted(payload.type())) {
                throw new IllegalArgumentException("encrypted payload that is not the last");
            }
            int start = out.length();
            out.u8(last ? behind : payloads.get(i + 1).type())
                    .u8(payload.critical() ? CRITICAL : 0)
                    .zeros(2);
            payload.encode(out);
            out.patchU16(start + 2, out.length() - start);
        }
    }

    private static boolean isEncrypted(int type) {
        return type == Encrypted.TYPE || type == EncryptedFragment.TYPE;
    }

    private static int innerType(Payload last) {
        return switch (last) {
            case Encrypted sk -> sk.firstInner();
            case EncryptedFragment skf -> skf.firstInner();
            default -> 0;
        };
    }

    /// Type of the first payload, 0 if there is none.
    public static int firstType(List<Payload> payloads) {
        return payloads.isEmpty() ? 0 : payloads.getFirst().type();
    }

    public static <P extends Payload> Optional<P> first(List<Payload> payloads, Class<P> kind) {
        for (Payload payload : payloads) {
            if (kind.isInstance(payload)) {
                return Optional.of(kind.cast(payload));
            }
        }
        return Optional.empty();
    }

    public static <P extends Payload> List<P> all(List<Payload> payloads, Class<P> kind) {
        var found = new ArrayList<P>(2);
        for (Payload payload : payloads) {
            if (kind.isInstance(payload)) {
                found.add(kind.cast(payload));
            }
        }
        return List.copyOf(found);
    }

    /// The first Notify of that type.
    public static Optional<Notify> notify(List<Payload> payloads, int notifyType) {
        for (Payload payload : payloads) {
            if (payload instanceof Notify notify && notify.notifyType() == notifyType) {
                return Optional.of(notify);
            }
        }
        return Optional.empty();
    }
}
