package org.keyferry.crypto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Violation;

/// Encrypts and authenticates IKE messages: the SK payload (RFC 7296 §3.14) and its fragments (RFC
/// 7383 §2.5). One object per suite, without state: keys and counters are in [IkeKeys].
public final class SkProtection {
    private static final int SK = 46;
    private static final int SKF = 53;
    private static final int GENERIC_HEADER_BYTES = 4;
    private static final int FRAGMENT_HEADER_BYTES = 4;
    private static final int PAD_LENGTH_BYTES = 1;
    private static final int MAX_FRAGMENTS = 0xffff;
    private static final int VERSION_2_0 = 0x20;
    private static final int FLAG_INITIATOR = 0x08;
    private static final int FLAG_RESPONSE = 0x20;

    private static final Map<IkeSuite, SkProtection> BY_SUITE = new ConcurrentHashMap<>();

    private final IkeSuite suite;
    private final KeyLayout layout;
    private final BodyProtection body;

    private SkProtection(IkeSuite suite) {
        this.suite = suite;
        this.layout = KeyLayout.of(suite);
        this.body = BodyProtection.of(suite);
    }

    /// The one of this suite.
    public static SkProtection of(IkeSuite suite) {
        return BY_SUITE.computeIfAbsent(suite, SkProtection::new);
    }

    IkeSuite suite() {
        return suite;
    }

    KeyLayout layout() {
        return layout;
    }

    /// What a message has in common with its fragments.
    private record Envelope(
            IkeSpi spiI,
            IkeSpi spiR,
            int exchangeType,
            boolean fromInitiator,
            boolean response,
            int messageId) {
        void write(ByteBuffer message, int firstPayload) {
            message.putLong(spiI.value())
                    .putLong(spiR.value())
                    .put((byte) firstPayload)
                    .put((byte) VERSION_2_0)
                    .put((byte) exchangeType)
                    .put(
                            (byte)
                                    ((fromInitiator ? FLAG_INITIATOR : 0)
                                            | (response ? FLAG_RESPONSE : 0)))
                    .putInt(messageId)
                    .putInt(message.capacity());
        }
    }

    /// Makes a whole message of one SK payload, ready to be sent (without non-ESP marker).
    ///
    /// @param asInitiator whether we are the original initiator of the IKE SA
    /// @param inner the payloads to encrypt; may be empty
    /// @param random for the IVs of CBC ciphers
    public Bytes seal(
            IkeKeys keys,
            boolean asInitiator,
            IkeSpi spiI,
            IkeSpi spiR,
            int exchangeType,
            boolean response,
            int messageId,
            List<Payload> inner,
            RandomGenerator random) {
        Envelope envelope =
                new Envelope(spiI, spiR, exchangeType, asInitiator, response, messageId);
        int first = IkeMessage.firstType(inner);
        return sealWhole(keys, envelope, List.of(), first, IkeMessage.encodeChain(inner), random);
    }

    /// Makes one message if it fits, else fragments of it.
    ///
    /// @param outer payloads in front of the SK payload, protected but not encrypted; of fragments
    ///   in the first (RFC 7383 §2.5.3)
    /// @param maxDatagramBytes limit of each message, IKE header included, IP and UDP headers and
    ///   non-ESP marker not
    /// @throws IllegalArgumentException if not even one byte fits, or more than 65,535 fragments
    ///   were needed
    public List<Bytes> sealFragments(
            IkeKeys keys,
            boolean asInitiator,
            IkeSpi spiI,
            IkeSpi spiR,
            int exchangeType,
            boolean response,
            int messageId,
            List<Payload> outer,
            List<Payload> inner,
            int maxDatagramBytes,
            RandomGenerator random) {
        Envelope envelope =
                new Envelope(spiI, spiR, exchangeType, asInitiator, response, messageId);
        int first = IkeMessage.firstType(inner);
        Bytes chain = IkeMessage.encodeChain(inner);
        int outerBytes = IkeMessage.encodeChain(outer).length();
        if (messageBytes(outerBytes + GENERIC_HEADER_BYTES, chain.length()) <= maxDatagramBytes) {
            return List.of(sealWhole(keys, envelope, outer, first, chain, random));
        }
        int partBytes = largestPart(maxDatagramBytes - outerBytes);
        int total = Math.ceilDiv(chain.length(), partBytes);
        if (total > MAX_FRAGMENTS) {
            throw new IllegalArgumentException(total + " fragments");
        }
        List<Bytes> fragments = new ArrayList<>(total);
        for (int i = 0; i < total; i++) {
            Bytes part = chain.slice(i * partBytes, Math.min((i + 1) * partBytes, chain.length()));
            int next = i == 0 ? first : 0;
            List<Payload> before = i == 0 ? outer : List.of();
            fragments.add(sealFragment(keys, envelope, before, next, i + 1, total, part, random));
        }
        return fragments;
    }

    /// Checks and decrypts a message that ends with an SK payload. Payloads in front of it are
    /// authenticated but not returned.
    ///
    /// @param fromInitiator whether the original initiator of the IKE SA sent it
    /// @throws PeerViolation `IntegrityFailed` if it is not genuine; if it is, other violations
    ///   tell what is wrong inside
    public List<Payload> open(IkeKeys keys, boolean fromInitiator, Bytes datagram)
            throws PeerViolation {
        Chain chain = openChain(keys, fromInitiator, datagram);
        return IkeMessage.decodeChain(chain.firstInner(), chain.plaintext());
    }

    /// Inner payloads, with their generic headers.
    ///
    /// @param firstInner type of the first, 0 if there is none
    public record Chain(int firstInner, Bytes plaintext) {}

    /// The same before the inner payloads are decoded.
    public Chain openChain(IkeKeys keys, boolean fromInitiator, Bytes datagram)
            throws PeerViolation {
        if (!(lastPayload(datagram) instanceof Payload.Encrypted sk)) {
            throw notGenuine();
        }
        return new Chain(
                sk.firstInner(), plaintext(keys, fromInitiator, datagram, sk.body().length()));
    }

    /// Checks and decrypts one fragment: a part of the chain of inner payloads, whose first type is
    /// in the fragment with number 1.
    ///
    /// @throws PeerViolation `IntegrityFailed` if it is not genuine
    public Bytes openFragment(IkeKeys keys, boolean fromInitiator, Bytes datagram)
            throws PeerViolation {
        if (!(lastPayload(datagram) instanceof Payload.EncryptedFragment skf)) {
            throw notGenuine();
        }
        return plaintext(keys, fromInitiator, datagram, skf.body().length());
    }

    private static Payload lastPayload(Bytes datagram) throws PeerViolation {
        try {
            List<Payload> payloads = IkeMessage.decode(datagram).payloads();
            return payloads.isEmpty() ? null : payloads.getLast();
        } catch (PeerViolation e) {
            throw notGenuine(); // nobody has vouched for these bytes yet
        }
    }

    private static PeerViolation notGenuine() {
        return new PeerViolation(new Violation.IntegrityFailed());
    }

    private Bytes plaintext(IkeKeys keys, boolean fromInitiator, Bytes datagram, int bodyBytes)
            throws PeerViolation {
        if (bodyBytes < body.ivBytes() + PAD_LENGTH_BYTES + body.icvBytes()) {
            throw notGenuine();
        }
        byte[] message = datagram.toArray();
        int bodyAt = message.length - bodyBytes;
        if (!body.open(keys, fromInitiator, message, bodyAt)) {
            throw notGenuine();
        }
        int from = bodyAt + body.ivBytes();
        int padLengthAt = message.length - body.icvBytes() - PAD_LENGTH_BYTES;
        int end = padLengthAt - (message[padLengthAt] & 0xff);
        if (end < from) {
            throw PeerViolation.malformed("pad length", padLengthAt);
        }
        return Bytes.wrapOwned(message).slice(from, end);
    }

    private Bytes sealWhole(
            IkeKeys keys,
            Envelope envelope,
            List<Payload> outer,
            int first,
            Bytes chain,
            RandomGenerator random) {
        Bytes before = IkeMessage.encodeOuter(outer, SK);
        byte[] message =
                new byte[messageBytes(before.length() + GENERIC_HEADER_BYTES, chain.length())];
        ByteBuffer head = ByteBuffer.wrap(message);
        envelope.write(head, outer.isEmpty() ? SK : IkeMessage.firstType(outer));
        head.put(before.toArray());
        putGenericHeader(head, first);
        return sealBody(keys, envelope, message, head.position(), chain, random);
    }

    private Bytes sealFragment(
            IkeKeys keys,
            Envelope envelope,
            List<Payload> outer,
            int next,
            int number,
            int total,
            Bytes part,
            RandomGenerator random) {
        Bytes before = IkeMessage.encodeOuter(outer, SKF);
        int headerBytes = before.length() + GENERIC_HEADER_BYTES + FRAGMENT_HEADER_BYTES;
        byte[] message = new byte[messageBytes(headerBytes, part.length())];
        ByteBuffer head = ByteBuffer.wrap(message);
        envelope.write(head, outer.isEmpty() ? SKF : IkeMessage.firstType(outer));
        head.put(before.toArray());
        putGenericHeader(head, next);
        head.putShort((short) number).putShort((short) total);
        return sealBody(keys, envelope, message, head.position(), part, random);
    }

    private static void putGenericHeader(ByteBuffer head, int next) {
        head.put((byte) next)
                .put((byte) 0)
                .putShort((short) (head.capacity() + 2 - head.position()));
    }

    private Bytes sealBody(
            IkeKeys keys,
            Envelope envelope,
            byte[] message,
            int bodyAt,
            Bytes plaintext,
            RandomGenerator random) {
        plaintext.copyTo(message, bodyAt + body.ivBytes());
        message[message.length - body.icvBytes() - PAD_LENGTH_BYTES] =
                (byte) padBytes(plaintext.length());
        body.seal(keys, envelope.fromInitiator, message, bodyAt, random);
        return Bytes.wrapOwned(message);
    }

    private int messageBytes(int headerBytes, int plaintextBytes) {
        return IkeHeader.LENGTH
                + headerBytes
                + body.ivBytes()
                + plaintextBytes
                + padBytes(plaintextBytes)
                + PAD_LENGTH_BYTES
                + body.icvBytes();
    }

    private int padBytes(int plaintextBytes) {
        return Math.floorMod(-(plaintextBytes + PAD_LENGTH_BYTES), body.blockBytes());
    }

    private int largestPart(int maxDatagramBytes) {
        int room =
                maxDatagramBytes
                        - IkeHeader.LENGTH
                        - GENERIC_HEADER_BYTES
                        - FRAGMENT_HEADER_BYTES
                        - body.ivBytes()
                        - body.icvBytes();
        int partBytes = room - Math.floorMod(room, body.blockBytes()) - PAD_LENGTH_BYTES;
        if (partBytes < 1) {
            throw new IllegalArgumentException("fragments of " + maxDatagramBytes + " bytes");
        }
        return partBytes;
    }
}
