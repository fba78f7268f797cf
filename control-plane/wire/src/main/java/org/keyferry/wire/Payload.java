package org.keyferry.wire;

import java.util.List;
import java.util.Objects;

/// Body of one IKE payload; the message codec owns the generic header (RFC 7296 §3.2), and
/// [PayloadDecoder] the rules on receipt.
public sealed interface Payload {
    int type();

    void encode(WireWriter out);

    /// Set only in payloads that are no part of RFC 7296 (§2.5).
    default boolean critical() {
        return false;
    }

    /// Security Association (RFC 7296 §3.3).
    record SecurityAssociation(List<Proposal> proposals) implements Payload {
        static final int TYPE = 33;

        public SecurityAssociation {
            proposals = List.copyOf(proposals);
            if (proposals.isEmpty()) {
                throw new IllegalArgumentException("SA payload without a proposal");
            }
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            for (int i = 0; i < proposals.size(); i++) {
                proposals.get(i).encode(out, i == proposals.size() - 1);
            }
        }
    }

    /// Key Exchange (RFC 7296 §3.4). Crypto checks `publicValue` against the method's fixed length.
    record KeyExchange(int methodId, Bytes publicValue) implements Payload {
        static final int TYPE = 34;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u16(methodId).zeros(2).bytes(publicValue);
        }
    }

    /// IDi (RFC 7296 §3.5).
    record IdInitiator(Identification id) implements Payload {
        static final int TYPE = 35;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            id.encode(out);
        }
    }

    /// IDr (RFC 7296 §3.5).
    record IdResponder(Identification id) implements Payload {
        static final int TYPE = 36;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            id.encode(out);
        }
    }

    /// Certificate (RFC 7296 §3.6); `encoding` 4 is X.509 DER.
    record Certificate(int encoding, Bytes data) implements Payload {
        static final int TYPE = 37;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u8(encoding).bytes(data);
        }
    }

    /// Certificate Request (RFC 7296 §3.7); for X.509 `data` is a list of 20-byte key hashes.
    record CertificateRequest(int encoding, Bytes data) implements Payload {
        static final int TYPE = 38;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u8(encoding).bytes(data);
        }
    }

    /// Authentication (RFC 7296 §3.8); `method` 2 is the shared key.
    record Authentication(int method, Bytes data) implements Payload {
        static final int TYPE = 39;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u8(method).zeros(3).bytes(data);
        }
    }

    /// Nonce (RFC 7296 §3.9): 16 to 256 bytes.
    record Nonce(Bytes data) implements Payload {
        static final int TYPE = 40;

        public Nonce {
            if (data.length() < Limits.NONCE_MIN_BYTES || data.length() > Limits.NONCE_MAX_BYTES) {
                throw new IllegalArgumentException("nonce of " + data.length() + " bytes");
            }
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.bytes(data);
        }
    }

    /// Notify (RFC 7296 §3.10). With an empty SPI `protocolId` is sent as zero and ignored on
    /// receipt; `notifyType` is one of [NotifyType].
    record Notify(int protocolId, Bytes spi, int notifyType, Bytes data) implements Payload {
        public static final int TYPE = 41;

        public static Notify of(int notifyType) {
            return of(notifyType, Bytes.EMPTY);
        }

        public static Notify of(int notifyType, Bytes data) {
            return new Notify(ProtocolId.NONE, Bytes.EMPTY, notifyType, data);
        }

        public boolean isError() {
            return NotifyType.isError(notifyType);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u8(protocolId).u8(spi.length()).u16(notifyType).bytes(spi).bytes(data);
        }
    }

    /// Delete (RFC 7296 §3.11). For the IKE SA itself `spiBytes` is 0 and there is no SPI; for AH
    /// and ESP the SPIs are those the sender receives with.
    record Delete(int protocolId, int spiBytes, List<Bytes> spis) implements Payload {
        static final int TYPE = 42;

        public Delete {
            spis = List.copyOf(spis);
            for (Bytes spi : spis) {
                if (spi.length() != spiBytes) {
                    throw new IllegalArgumentException("SPI of " + spi.length() + " bytes");
                }
            }
        }

        public static Delete ikeSa() {
            return new Delete(ProtocolId.IKE, 0, List.of());
        }

        public static Delete child(int protocolId, List<ChildSpi> spis) {
            List<Bytes> bytes = spis.stream().map(ChildSpi::bytes).toList();
            return new Delete(protocolId, ChildSpi.LENGTH_BYTES, bytes);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u8(protocolId).u8(spiBytes).u16(spis.size());
            spis.forEach(out::bytes);
        }
    }

    /// Vendor ID (RFC 7296 §3.12).
    record VendorId(Bytes data) implements Payload {
        static final int TYPE = 43;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.bytes(data);
        }
    }

    /// TSi (RFC 7296 §3.13). Received selectors of types unknown here are left out of the list,
    /// which may so be empty.
    ///
    /// @param labels security labels (RFC 9478), of which a responder chooses one
    record TsInitiator(List<TrafficSelector> selectors, List<Bytes> labels) implements Payload {
        static final int TYPE = 44;

        public TsInitiator {
            selectors = List.copyOf(selectors);
            labels = List.copyOf(labels);
        }

        public TsInitiator(List<TrafficSelector> selectors) {
            this(selectors, List.of());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            encodeSelectors(out, selectors, labels);
        }
    }

    /// TSr, see [TsInitiator].
    record TsResponder(List<TrafficSelector> selectors, List<Bytes> labels) implements Payload {
        static final int TYPE = 45;

        public TsResponder {
            selectors = List.copyOf(selectors);
            labels = List.copyOf(labels);
        }

        public TsResponder(List<TrafficSelector> selectors) {
            this(selectors, List.of());
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            encodeSelectors(out, selectors, labels);
        }
    }

    private static void encodeSelectors(
            WireWriter out, List<TrafficSelector> selectors, List<Bytes> labels) {
        out.u8(selectors.size() + labels.size()).zeros(3);
        selectors.forEach(selector -> selector.encode(out));
        labels.forEach(label -> TrafficSelector.encodeLabel(out, label));
    }

    /// Encrypted and authenticated payloads (RFC 7296 §3.14); always the last.
    ///
    /// @param firstInner type of the first payload inside, 0 if there is none
    /// @param body IV, ciphertext and integrity check value
    record Encrypted(int firstInner, Bytes body) implements Payload {
        public static final int TYPE = 46;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.bytes(body);
        }
    }

    /// Configuration (RFC 7296 §3.15).
    record Configuration(int cfgType, List<ConfigAttribute> attributes) implements Payload {
        static final int TYPE = 47;
        public static final int REQUEST = 1;
        public static final int REPLY = 2;
        public static final int SET = 3;
        public static final int ACK = 4;

        public Configuration {
            attributes = List.copyOf(attributes);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u8(cfgType).zeros(3);
            attributes.forEach(attribute -> attribute.encode(out));
        }
    }

    /// EAP (RFC 7296 §3.16): one whole EAP packet (RFC 3748 §4).
    record Eap(Bytes packet) implements Payload {
        static final int TYPE = 48;

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.bytes(packet);
        }
    }

    /// Encrypted fragment (RFC 7383 §2.5); always the last.
    ///
    /// @param firstInner type of the first payload inside; 0 except in fragment 1
    /// @param number 1 to `total`
    /// @param total 1 to 65535
    record EncryptedFragment(int firstInner, int number, int total, Bytes body) implements Payload {
        public static final int TYPE = 53;

        public EncryptedFragment {
            Objects.checkIndex(total, 0x1_0000);
            Objects.checkIndex(number - 1, total);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            out.u16(number).u16(total).bytes(body);
        }
    }

    /// Puzzle Solution (RFC 8019 §8.2): four keys of one size.
    record PuzzleSolution(List<Bytes> keys) implements Payload {
        static final int TYPE = 54;

        public PuzzleSolution {
            keys = List.copyOf(keys);
        }

        @Override
        public int type() {
            return TYPE;
        }

        @Override
        public void encode(WireWriter out) {
            keys.forEach(out::bytes);
        }
    }

    /// A payload of a type unknown here; received ones are not critical.
    record Unrecognized(int type, boolean critical, Bytes body) implements Payload {
        @Override
        public void encode(WireWriter out) {
            out.bytes(body);
        }
    }
}
