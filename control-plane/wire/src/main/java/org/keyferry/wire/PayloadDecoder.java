package org.keyferry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.keyferry.wire.Payload.Authentication;
import org.keyferry.wire.Payload.Certificate;
import org.keyferry.wire.Payload.CertificateRequest;
import org.keyferry.wire.Payload.Configuration;
import org.keyferry.wire.Payload.Delete;
import org.keyferry.wire.Payload.Eap;
import org.keyferry.wire.Payload.Encrypted;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.Payload.IdInitiator;
import org.keyferry.wire.Payload.IdResponder;
import org.keyferry.wire.Payload.KeyExchange;
import org.keyferry.wire.Payload.Nonce;
import org.keyferry.wire.Payload.Notify;
import org.keyferry.wire.Payload.PuzzleSolution;
import org.keyferry.wire.Payload.SecurityAssociation;
import org.keyferry.wire.Payload.TsInitiator;
import org.keyferry.wire.Payload.TsResponder;
import org.keyferry.wire.Payload.Unrecognized;
import org.keyferry.wire.Payload.VendorId;

/// Payload bodies on receipt: every length rule of RFC 7296 §3 and RFC 7383 §2.5. Reserved fields
/// are ignored (§2.5).
final class PayloadDecoder {
    private PayloadDecoder() {}

    /// @param body ends where the payload does
    /// @param next the generic header's next payload, which SK and SKF keep
    static Payload decode(int type, boolean critical, int next, WireReader body)
            throws PeerViolation {
        Payload payload =
                switch (type) {
                    case SecurityAssociation.TYPE ->
                            new SecurityAssociation(Proposal.decodeAll(body));
                    case KeyExchange.TYPE -> keyExchange(body);
                    case IdInitiator.TYPE -> new IdInitiator(Identification.decode(body));
                    case IdResponder.TYPE -> new IdResponder(Identification.decode(body));
                    case Certificate.TYPE ->
                            new Certificate(body.u8("certificate encoding"), body.rest());
                    case CertificateRequest.TYPE ->
                            new CertificateRequest(
                                    body.u8("certificate request encoding"), body.rest());
                    case Authentication.TYPE -> authentication(body);
                    case Nonce.TYPE -> nonce(body);
                    case Notify.TYPE -> notify(body);
                    case Delete.TYPE -> delete(body);
                    case VendorId.TYPE -> new VendorId(body.rest());
                    case TsInitiator.TYPE -> selectors(body, TsInitiator::new);
                    case TsResponder.TYPE -> selectors(body, TsResponder::new);
                    case Encrypted.TYPE -> new Encrypted(next, body.rest());
                    case Configuration.TYPE -> configuration(body);
                    case Eap.TYPE -> eap(body);
                    case EncryptedFragment.TYPE -> fragment(next, body);
                    case PuzzleSolution.TYPE -> puzzleSolution(body);
                    default -> unrecognized(type, critical, body);
                };
        body.expectEnd("payload " + type);
        return payload;
    }

    private static KeyExchange keyExchange(WireReader body) throws PeerViolation {
        int methodId = body.u16("KE method");
        body.skip(2, "KE reserved");
        return new KeyExchange(methodId, body.rest());
    }

    private static Authentication authentication(WireReader body) throws PeerViolation {
        int method = body.u8("AUTH method");
        body.skip(3, "AUTH reserved");
        return new Authentication(method, body.rest());
    }

    private static Nonce nonce(WireReader body) throws PeerViolation {
        if (body.remaining() < Limits.NONCE_MIN_BYTES
                || body.remaining() > Limits.NONCE_MAX_BYTES) {
            throw PeerViolation.malformed("nonce length", body.offset());
        }
        return new Nonce(body.rest());
    }

    /// The SPI is that of an AH or ESP SA; what concerns the IKE SA carries none (§3.10).
    private static Notify notify(WireReader body) throws PeerViolation {
        int start = body.offset();
        int protocolId = body.u8("notify protocol");
        int spiBytes = body.u8("notify SPI size");
        int notifyType = body.u16("notify type");
        if (spiBytes != 0
                && !(ProtocolId.isChild(protocolId) && spiBytes == ChildSpi.LENGTH_BYTES)) {
            throw PeerViolation.malformed("notify SPI size", start + 1);
        }
        Bytes spi = body.bytes(spiBytes, "notify SPI");
        if (!NotifyRules.allows(notifyType, spi, body.remaining())) {
            throw PeerViolation.malformed(NotifyType.name(notifyType) + " data", body.offset());
        }
        return new Notify(protocolId, spi, notifyType, body.rest());
    }

    private static Delete delete(WireReader body) throws PeerViolation {
        int start = body.offset();
        int protocolId = body.u8("delete protocol");
        int spiBytes = body.u8("delete SPI size");
        int count = body.u16("delete SPI count");
        int wantedSpiBytes =
                switch (protocolId) {
                    case ProtocolId.IKE -> 0;
                    case ProtocolId.AH, ProtocolId.ESP -> ChildSpi.LENGTH_BYTES;
                    default -> throw PeerViolation.malformed("delete protocol", start);
                };
        if (spiBytes != wantedSpiBytes) {
            throw PeerViolation.malformed("delete SPI size", start + 1);
        }
        if ((spiBytes == 0 && count != 0) || count * spiBytes != body.remaining()) {
            throw PeerViolation.malformed("delete SPI count", start + 2);
        }
        List<Bytes> spis = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Bytes spi = body.bytes(spiBytes, "delete SPI");
            if (ChildSpi.isReserved(spi.i32(0))) {
                throw PeerViolation.malformed("delete SPI", body.offset() - spiBytes);
            }
            spis.add(spi);
        }
        return new Delete(protocolId, spiBytes, spis);
    }

    private static Payload selectors(
            WireReader body, BiFunction<List<TrafficSelector>, List<Bytes>, Payload> payload)
            throws PeerViolation {
        int count = body.u8("TS count");
        body.skip(3, "TS reserved");
        if (count == 0) {
            throw PeerViolation.malformed("TS count", body.offset() - 4);
        }
        List<TrafficSelector> selectors = new ArrayList<>(Math.min(count, body.remaining() / 16));
        List<Bytes> labels = new ArrayList<>(0);
        for (int i = 0; i < count; i++) {
            TrafficSelector.decode(body, labels::add).ifPresent(selectors::add);
        }
        return payload.apply(selectors, labels);
    }

    private static Configuration configuration(WireReader body) throws PeerViolation {
        int cfgType = body.u8("configuration type");
        body.skip(3, "configuration reserved");
        List<ConfigAttribute> attributes = new ArrayList<>();
        while (body.remaining() > 0) {
            Limits.check(
                    attributes.size() + 1, Limits.CONFIG_ATTRIBUTES, "configuration attributes");
            attributes.add(ConfigAttribute.decode(body));
        }
        return new Configuration(cfgType, attributes);
    }

    /// Code, identifier, and a length that must be that of the payload's body (§3.16).
    private static Eap eap(WireReader body) throws PeerViolation {
        int start = body.offset();
        Bytes packet = body.rest();
        if (packet.length() < 4 || packet.u16(2) != packet.length()) {
            throw PeerViolation.malformed("EAP length", start);
        }
        return new Eap(packet);
    }

    private static EncryptedFragment fragment(int next, WireReader body) throws PeerViolation {
        int start = body.offset();
        int number = body.u16("fragment number");
        int total = body.u16("total fragments");
        if (number == 0 || number > total) {
            throw PeerViolation.malformed("fragment number", start);
        }
        if (number > 1 && next != 0) {
            throw PeerViolation.malformed("fragment next payload", start - 4);
        }
        return new EncryptedFragment(next, number, total, body.rest());
    }

    /// The keys are as long as a PRF likes them at most (RFC 8019 §8.2).
    private static PuzzleSolution puzzleSolution(WireReader body) throws PeerViolation {
        int start = body.offset();
        int lengthBytes = body.remaining();
        int keyBytes = lengthBytes / Limits.PUZZLE_KEYS;
        if (keyBytes == 0 || lengthBytes % Limits.PUZZLE_KEYS != 0) {
            throw PeerViolation.malformed("puzzle solution length", start);
        }
        Limits.check(keyBytes, Limits.PUZZLE_KEY_BYTES, "bytes in a key of a puzzle solution");
        List<Bytes> keys = new ArrayList<>(Limits.PUZZLE_KEYS);
        for (int i = 0; i < Limits.PUZZLE_KEYS; i++) {
            keys.add(body.bytes(keyBytes, "puzzle solution"));
        }
        return new PuzzleSolution(keys);
    }

    private static Unrecognized unrecognized(int type, boolean critical, WireReader body)
            throws PeerViolation {
        if (critical) {
            throw new PeerViolation(new Violation.UnknownCritical(type));
        }
        return new Unrecognized(type, false, body.rest());
    }
}
