package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.PuzzleBook.Challenge;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// RFC 7296 §2.6.
class CookieJarTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Endpoint PEER = new Endpoint(IpAddress.parse("192.0.2.1"), 500);
    private static final IkeSpi SPI = new IkeSpi(7);
    private static final Bytes NONCE = Bytes.ofHex("00112233445566778899aabbccddeeff");

    private final CookieJar jar = new CookieJar(new SplittableRandom(1));
    private final Bytes cookie = jar.bake(NOON, PEER, SPI, NONCE, Challenge.NONE);

    private boolean accepts(Instant now, Bytes shown, Endpoint peer, IkeSpi spi, Bytes nonce) {
        return jar.read(now, shown, peer, spi, nonce).isPresent();
    }

    @Test
    void holdsForTenSeconds() {
        assertTrue(accepts(NOON, cookie, PEER, SPI, NONCE));
        assertTrue(accepts(NOON.plusSeconds(10), cookie, PEER, SPI, NONCE));
        assertFalse(accepts(NOON.plusSeconds(11), cookie, PEER, SPI, NONCE));
        assertFalse(accepts(NOON.minusSeconds(1), cookie, PEER, SPI, NONCE));
    }

    @Test
    void belongsToOneRequestOfOneAddress() {
        var elsewhere = new Endpoint(IpAddress.parse("192.0.2.9"), 500);
        assertFalse(accepts(NOON, cookie, elsewhere, SPI, NONCE));
        assertFalse(accepts(NOON, cookie, PEER, new IkeSpi(8), NONCE));
        assertFalse(accepts(NOON, cookie, PEER, SPI, NONCE.slice(0, 15)));
        var otherPort = new Endpoint(PEER.address(), 4500);
        assertTrue(accepts(NOON, cookie, otherPort, SPI, NONCE), "a NAT may change the port");
    }

    @Test
    void cannotBeMadeUp() {
        byte[] forged = cookie.toArray();
        forged[forged.length - 1] ^= 1;
        assertFalse(accepts(NOON, Bytes.of(forged), PEER, SPI, NONCE));
        assertFalse(accepts(NOON, Bytes.EMPTY, PEER, SPI, NONCE));
        assertFalse(accepts(NOON, cookie.slice(0, 19), PEER, SPI, NONCE));
        var fresh = new CookieJar(new SplittableRandom(2));
        assertFalse(fresh.read(NOON, cookie, PEER, SPI, NONCE).isPresent());
    }

    @Test
    void theFormerSecretStillCounts() {
        Instant late = NOON.plusSeconds(119);
        Bytes last = jar.bake(late, PEER, SPI, NONCE, Challenge.NONE);
        Instant renewed = NOON.plusSeconds(121);
        Bytes next = jar.bake(renewed, PEER, SPI, NONCE, Challenge.NONE);
        assertTrue(accepts(renewed, last, PEER, SPI, NONCE));
        assertTrue(accepts(renewed, next, PEER, SPI, NONCE));
        jar.bake(NOON.plusSeconds(242), PEER, SPI, NONCE, Challenge.NONE);
        assertFalse(accepts(renewed, last, PEER, SPI, NONCE), "two secrets ago");
    }

    /// RFC 8019 §7.1.1.3.
    @Test
    void tellsWhichPuzzleWasGiven() {
        var given = new Challenge(7, 18);
        Bytes with = jar.bake(NOON, PEER, SPI, NONCE, given);
        assertEquals(Optional.of(given), jar.read(NOON, with, PEER, SPI, NONCE));
        assertEquals(Optional.of(Challenge.NONE), jar.read(NOON, cookie, PEER, SPI, NONCE));
        assertTrue(accepts(NOON.plusSeconds(60), with, PEER, SPI, NONCE), "solving takes a while");
        assertFalse(accepts(NOON.plusSeconds(61), with, PEER, SPI, NONCE));
        byte[] easier = with.toArray();
        easier[6] = 8;
        assertFalse(accepts(NOON, Bytes.of(easier), PEER, SPI, NONCE));
        byte[] none = with.toArray();
        none[5] = 0;
        assertFalse(accepts(NOON, Bytes.of(none), PEER, SPI, NONCE));
    }

    @Test
    void fitsIntoACookiePayload() {
        assertEquals(23, cookie.length());
    }
}
