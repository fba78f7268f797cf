package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.wire.Bytes;

/// The keys in the examples of RFC 8019 §4 are of no use here: none of them makes HMAC-SHA-256 of
/// the cookie there end in zeros, however the octets are read. Keys are checked by another HMAC and
/// arithmetic instead, and the PRFs have vectors of their own ([PrfTest]).
class PuzzleTest {
    private static final Bytes COOKIE = hex("739ae7492d8a810cf5e8dc0f9626c9dda773c5a3");

    private static Bytes hex(String text) {
        return Bytes.of(Hex.bytes(text));
    }

    private static Puzzle sha256(int zeroBits) {
        return Puzzle.of(Prf.HMAC_SHA2_256, zeroBits, COOKIE).orElseThrow();
    }

    /// How many zero bits the JDK's HMAC ends in.
    private static int zeroBits(String algorithm, Bytes key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key.toArray(), algorithm));
        return new BigInteger(1, mac.doFinal(COOKIE.toArray())).getLowestSetBit();
    }

    @ParameterizedTest
    @CsvSource({"2, HmacSHA1", "5, HmacSHA256", "6, HmacSHA384", "7, HmacSHA512"})
    void theResultsEndInZeros(int prfId, String algorithm) throws GeneralSecurityException {
        List<Bytes> keys = Puzzle.of(prfId, 12, COOKIE).orElseThrow().solve(() -> false).get();
        int least = Integer.MAX_VALUE;
        for (Bytes key : keys) {
            assertTrue(zeroBits(algorithm, key) >= 12);
            least = Math.min(least, zeroBits(algorithm, key));
        }
        assertTrue(Puzzle.of(prfId, least, COOKIE).orElseThrow().isSolvedBy(keys));
        assertFalse(Puzzle.of(prfId, least + 1, COOKIE).orElseThrow().isSolvedBy(keys));
    }

    @Test
    void fourDifferentKeysOfOneSizeAreWanted() {
        Puzzle puzzle = sha256(8);
        List<Bytes> keys = puzzle.solve(() -> false).orElseThrow();
        assertTrue(puzzle.isSolvedBy(keys));
        assertFalse(puzzle.isSolvedBy(List.of()));
        assertFalse(puzzle.isSolvedBy(keys.subList(0, 3)));
        assertFalse(puzzle.isSolvedBy(Collections.nCopies(4, keys.getFirst())), "one alone");
        var five = new ArrayList<>(keys);
        five.add(keys.getFirst());
        assertFalse(puzzle.isSolvedBy(five));
        // HMAC fills up with zeros, so that this is the same key to it
        var longer = new ArrayList<>(keys);
        longer.set(3, longer.get(3).concat(Bytes.ofU8(0)));
        assertFalse(puzzle.isSolvedBy(longer), "another size");
        Puzzle nothing = sha256(0);
        assertFalse(nothing.isSolvedBy(Collections.nCopies(4, Bytes.EMPTY)));
        assertTrue(nothing.isSolvedBy(Stream.of(1, 2, 3, 4).map(i -> key(32, i)).toList()));
        assertFalse(
                nothing.isSolvedBy(Stream.of(1, 2, 3, 4).map(i -> key(33, i)).toList()),
                "longer than the preferred length");
    }

    private static Bytes key(int lengthBytes, int first) {
        byte[] key = new byte[lengthBytes];
        key[0] = (byte) first;
        return Bytes.wrapOwned(key);
    }

    @Test
    void anotherCookieNeedsAnotherSolution() {
        List<Bytes> keys = sha256(8).solve(() -> false).orElseThrow();
        Bytes other = hex("739ae7492d8a810cf5e8dc0f9626c9dda773c5a4");
        assertFalse(Puzzle.of(Prf.HMAC_SHA2_256, 8, other).orElseThrow().isSolvedBy(keys));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 5, 6, 7, 8})
    void whatIsFoundSolvesIt(int prfId) {
        Puzzle puzzle = Puzzle.of(prfId, 10, COOKIE).orElseThrow();
        List<Bytes> found = puzzle.solve(() -> false).orElseThrow();
        assertTrue(puzzle.isSolvedBy(found));
        assertEquals(Puzzle.KEYS, new HashSet<>(found).size());
        assertTrue(found.stream().allMatch(k -> k.length() <= Prf.of(prfId).keyBytes()));
    }

    @Test
    void whatNobodyWantsAnyMoreIsGivenUp() {
        var looks = new AtomicInteger();
        assertEquals(Optional.empty(), sha256(200).solve(() -> looks.incrementAndGet() > 10));
        assertEquals(11, looks.get());
    }

    @Test
    void anUnknownPrfMakesNoPuzzle() {
        assertEquals(Optional.empty(), Puzzle.of(1, 10, COOKIE));
    }
}
