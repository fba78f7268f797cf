package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeMessage;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload;
import org.keyferry.wire.Transform;

/// The construction of RFC 9242 §3.3.2.
class IntermediateAuthTest {
    private static final IkeSuite SUITE =
            new IkeSuite(new Transform(1, 12, 128), new Transform(3, 12, 0), 5, 31);
    private static final IkeSpi INITIATOR = new IkeSpi(0x0102030405060708L);
    private static final IkeSpi RESPONDER = new IkeSpi(0x1112131415161718L);
    private static final List<Payload> INNER =
            List.of(new Payload.KeyExchange(36, Bytes.of(new byte[700])));
    private static final Bytes CHAIN = IkeMessage.encodeChain(INNER);

    private static List<Bytes> sealed(int maxBytes) {
        IkeKeys keys =
                IkeKeys.derive(
                        SUITE,
                        Secret.owned(new byte[32]),
                        Bytes.of(new byte[32]),
                        Bytes.of(new byte[32]),
                        INITIATOR,
                        RESPONDER);
        return SkProtection.of(SUITE)
                .sealFragments(
                        keys,
                        true,
                        INITIATOR,
                        RESPONDER,
                        ExchangeType.IKE_INTERMEDIATE,
                        false,
                        1,
                        List.of(),
                        INNER,
                        maxBytes,
                        new SplittableRandom(1));
    }

    private static Bytes octets(Bytes datagram) {
        return IntermediateAuth.octets(datagram, 34, CHAIN);
    }

    /// "The Length field in the IKE header doesn't count the lengths of Initialization Vector,
    /// Integrity Checksum Data, Padding, and Pad Length", and likewise the one of the SK payload.
    @Test
    void lengthsAreThoseOfThePlaintext() {
        Bytes octets = octets(sealed(10_000).getFirst());
        int headBytes = 28 + 4;
        assertEquals(headBytes + CHAIN.length(), octets.length());
        assertEquals(octets.length(), octets.asBuffer().getInt(24));
        assertEquals(4 + CHAIN.length(), octets.u16(30));
        assertEquals(46, octets.u8(16));
        assertEquals(34, octets.u8(28), "type of the first inner payload");
        assertEquals(43, octets.u8(18));
        assertEquals(1, octets.asBuffer().getInt(20));
        assertEquals(CHAIN, octets.slice(headBytes, octets.length()));
    }

    /// "as if the message were not fragmented": the header says SK, not SKF.
    @Test
    void fragmentsCountAsTheWholeMessage() {
        List<Bytes> fragments = sealed(300);
        assertEquals(53, fragments.getFirst().u8(16));
        Bytes whole = octets(sealed(10_000).getFirst());
        for (Bytes fragment : fragments) {
            assertEquals(whole, octets(fragment));
        }
    }

    /// `IntAuth_iN = prf(SK_piN, IntAuth_i(N-1) | octets)`; IntAuth is that of both sides and the
    /// message id of the first IKE_AUTH.
    @Test
    void exchangesAreChained() {
        Prf prf = Prf.of(Prf.HMAC_SHA2_256);
        byte[] skP = new byte[32];
        Bytes one = IntermediateAuth.next(prf, skP, Bytes.EMPTY, CHAIN);
        assertArrayEquals(prf.compute(skP, CHAIN.toArray()), one.toArray());
        Bytes two = IntermediateAuth.next(prf, skP, one, CHAIN);
        assertArrayEquals(prf.compute(skP, one.concat(CHAIN).toArray()), two.toArray());
        assertEquals(
                one.concat(two).concat(Bytes.of(new byte[] {0, 0, 0, 3})),
                IntermediateAuth.whole(one, two, 3));
    }
}
