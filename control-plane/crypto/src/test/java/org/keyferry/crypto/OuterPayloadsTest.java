package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Payloads in front of SK and SKF: readable, but part of what the integrity check covers (RFC 7296
/// §3.14, RFC 5282 §5.1), and of fragments only in the first (RFC 7383 §2.5.3).
class OuterPayloadsTest {
    private static final IkeSpi INITIATOR = new IkeSpi(1);
    private static final IkeSpi RESPONDER = new IkeSpi(2);
    private static final Payload OUTER =
            new Payload.PuzzleSolution(
                    Stream.of("061840", "073324", "0c8a2a", "0d94c8").map(Bytes::ofHex).toList());
    private static final List<Payload> INNER =
            List.of(new Payload.VendorId(Bytes.of(new byte[900])));

    private static IkeSuite suite(int encrId) {
        var transforms =
                Stream.of(
                                new Transform(TransformType.ENCR, encrId, 128),
                                new Transform(TransformType.INTEG, 12, 0),
                                new Transform(TransformType.PRF, 5, 0),
                                new Transform(TransformType.KE, 31, 0))
                        .filter(t -> encrId == 12 || t.type() != TransformType.INTEG)
                        .toList();
        return IkeSuite.of(new Proposal(1, ProtocolId.IKE, Bytes.EMPTY, transforms));
    }

    private static IkeKeys keys(IkeSuite suite) {
        return IkeKeys.derive(
                suite,
                Secret.owned(new byte[32]),
                Bytes.of(new byte[32]),
                Bytes.of(new byte[32]),
                INITIATOR,
                RESPONDER);
    }

    private static List<Bytes> sealed(IkeSuite suite, IkeKeys keys, int maxBytes) {
        return SkProtection.of(suite)
                .sealFragments(
                        keys,
                        true,
                        INITIATOR,
                        RESPONDER,
                        ExchangeType.IKE_AUTH,
                        false,
                        1,
                        List.of(OUTER),
                        INNER,
                        maxBytes,
                        new SplittableRandom(1));
    }

    private static List<Payload> outside(Bytes datagram) throws PeerViolation {
        return IkeMessage.decode(datagram).payloads();
    }

    private static Bytes flipped(Bytes datagram, int at) {
        byte[] bytes = datagram.toArray();
        bytes[at] ^= 1;
        return Bytes.wrapOwned(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 20})
    void theyAreProtectedInAWholeMessage(int encrId) throws PeerViolation {
        IkeSuite suite = suite(encrId);
        IkeKeys keys = keys(suite);
        SkProtection protection = SkProtection.of(suite);
        List<Bytes> sent = sealed(suite, keys, 10_000);
        assertEquals(1, sent.size());
        assertEquals(54, sent.getFirst().u8(16), "type of the first payload");
        assertEquals(OUTER, outside(sent.getFirst()).getFirst());
        assertInstanceOf(Payload.Encrypted.class, outside(sent.getFirst()).getLast());
        assertEquals(INNER, protection.open(keys, true, sent.getFirst()));
        Bytes changed = flipped(sent.getFirst(), 34);
        assertThrows(PeerViolation.class, () -> protection.open(keys, true, changed));
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 20})
    void theyAreInTheFirstFragment(int encrId) throws PeerViolation {
        IkeSuite suite = suite(encrId);
        IkeKeys keys = keys(suite);
        SkProtection protection = SkProtection.of(suite);
        List<Bytes> sent = sealed(suite, keys, 300);
        assertTrue(sent.size() > 2);
        assertTrue(sent.stream().allMatch(one -> one.length() <= 300));
        assertEquals(OUTER, outside(sent.getFirst()).getFirst());
        for (Bytes other : sent.subList(1, sent.size())) {
            assertEquals(1, outside(other).size());
        }
        Bytes chain = Bytes.EMPTY;
        for (Bytes one : sent) {
            chain = chain.concat(protection.openFragment(keys, true, one));
        }
        assertEquals(INNER, IkeMessage.decodeChain(IkeMessage.firstType(INNER), chain));
        List<Bytes> changed =
                IntStream.of(34, 30).mapToObj(at -> flipped(sent.getFirst(), at)).toList();
        for (Bytes one : changed) {
            assertThrows(PeerViolation.class, () -> protection.openFragment(keys, true, one));
        }
    }
}
