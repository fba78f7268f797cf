package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
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
    private final Bytes cookie = jar.bake(NOON, PEER, SPI, NONCE);

    @Test
    void holdsForTenSeconds() {
        assertTrue(jar.accepts(NOON, cookie, PEER, SPI, NONCE));
        assertTrue(jar.accepts(NOON.plusSeconds(10), cookie, PEER, SPI, NONCE));
        assertFalse(jar.accepts(NOON.plusSeconds(11), cookie, PEER, SPI, NONCE));
        assertFalse(jar.accepts(NOON.minusSeconds(1), cookie, PEER, SPI, NONCE));
    }

    @Test
    void belongsToOneRequestOfOneAddress() {
        var elsewhere = new Endpoint(IpAddress.parse("192.0.2.9"), 500);
        assertFalse(jar.accepts(NOON, cookie, elsewhere, SPI, NONCE));
        assertFalse(jar.accepts(NOON, cookie, PEER, new IkeSpi(8), NONCE));
        assertFalse(jar.accepts(NOON, cookie, PEER, SPI, NONCE.slice(0, 15)));
        var otherPort = new Endpoint(PEER.address(), 4500);
        assertTrue(jar.accepts(NOON, cookie, otherPort, SPI, NONCE), "a NAT may change the port");
    }

    @Test
    void cannotBeMadeUp() {
        byte[] forged = cookie.toArray();
        forged[forged.length - 1] ^= 1;
        assertFalse(jar.accepts(NOON, Bytes.of(forged), PEER, SPI, NONCE));
        assertFalse(jar.accepts(NOON, Bytes.EMPTY, PEER, SPI, NONCE));
        assertFalse(jar.accepts(NOON, cookie.slice(0, 19), PEER, SPI, NONCE));
        var fresh = new CookieJar(new SplittableRandom(2));
        assertFalse(fresh.accepts(NOON, cookie, PEER, SPI, NONCE));
    }

    @Test
    void theFormerSecretStillCounts() {
        Instant late = NOON.plusSeconds(119);
        Bytes last = jar.bake(late, PEER, SPI, NONCE);
        Instant renewed = NOON.plusSeconds(121);
        Bytes next = jar.bake(renewed, PEER, SPI, NONCE);
        assertTrue(jar.accepts(renewed, last, PEER, SPI, NONCE));
        assertTrue(jar.accepts(renewed, next, PEER, SPI, NONCE));
        jar.bake(NOON.plusSeconds(242), PEER, SPI, NONCE);
        assertFalse(jar.accepts(renewed, last, PEER, SPI, NONCE), "two secrets ago");
    }

    @Test
    void fitsIntoACookiePayload() {
        assertEquals(20, cookie.length());
    }
}
