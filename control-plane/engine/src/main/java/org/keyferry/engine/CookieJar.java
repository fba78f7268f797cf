package org.keyferry.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.Prf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;

/// Stateless cookies (RFC 7296 §2.6): time ‖ HMAC over the peer's address, its SPI and nonce and
/// the time. A cookie holds for ten seconds; the secret changes every two minutes and the former
/// one is honoured as long as its cookies may be.
final class CookieJar {
    private static final int PRF_HMAC_SHA2_256 = 5;
    private static final int MAC_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final Duration VALID = Duration.ofSeconds(10);
    private static final Duration SECRET_LIFE = Duration.ofMinutes(2);

    private final RandomGenerator random;
    private byte[] secret = new byte[0];
    private byte[] formerSecret = new byte[0];
    private Instant renewed = Instant.MIN;

    CookieJar(RandomGenerator random) {
        this.random = random;
    }

    Bytes bake(Instant now, Endpoint peer, IkeSpi initiator, Bytes nonce) {
        if (renewed.equals(Instant.MIN)
                || Duration.between(renewed, now).compareTo(SECRET_LIFE) > 0) {
            formerSecret = secret;
            secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            renewed = now;
        }
        return cookie(secret, (int) now.getEpochSecond(), peer, initiator, nonce);
    }

    boolean accepts(Instant now, Bytes cookie, Endpoint peer, IkeSpi initiator, Bytes nonce) {
        if (cookie.length() != Integer.BYTES + MAC_BYTES || secret.length == 0) {
            return false;
        }
        int time = cookie.asBuffer().getInt();
        int age = (int) now.getEpochSecond() - time; // wraps as the seconds do
        if (age < 0 || age > VALID.toSeconds()) {
            return false;
        }
        return cookie.equals(cookie(secret, time, peer, initiator, nonce))
                || (formerSecret.length > 0
                        && cookie.equals(cookie(formerSecret, time, peer, initiator, nonce)));
    }

    private static Bytes cookie(
            byte[] key, int time, Endpoint peer, IkeSpi initiator, Bytes nonce) {
        byte[] head =
                ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                        .putInt(time)
                        .putLong(initiator.value())
                        .array();
        byte[] mac =
                Prf.of(PRF_HMAC_SHA2_256)
                        .compute(key, head, peer.address().toBytes(), nonce.toArray());
        return Bytes.of(head).slice(0, Integer.BYTES).concat(Bytes.of(mac).slice(0, MAC_BYTES));
    }
}
