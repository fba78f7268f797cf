package org.keyferry.engine;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.keyferry.crypto.Prf;
import org.keyferry.engine.PuzzleBook.Challenge;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;

/// Stateless cookies (RFC 7296 §2.6): time ‖ the puzzle that was given with it (RFC 8019 §7.1.1.3)
/// ‖ HMAC over both, the peer's address, its SPI and nonce. A cookie holds for ten seconds, one
/// with a puzzle for a minute; the secret changes every two minutes and the former one is honoured
/// as long as its cookies may be.
final class CookieJar {
    private static final int MAC_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final Duration VALID = Duration.ofSeconds(10);
    static final Duration VALID_WITH_PUZZLE = Duration.ofMinutes(1);
    private static final int HEAD_BYTES = Integer.BYTES + Short.BYTES + Byte.BYTES;
    private static final Duration SECRET_LIFE = Duration.ofMinutes(2);

    private final RandomGenerator random;
    private byte[] secret = new byte[0];
    private byte[] formerSecret = new byte[0];
    private Instant renewed = Instant.MIN;

    CookieJar(RandomGenerator random) {
        this.random = random;
    }

    Bytes bake(Instant now, Endpoint peer, IkeSpi initiator, Bytes nonce, Challenge challenge) {
        if (renewed.equals(Instant.MIN)
                || Duration.between(renewed, now).compareTo(SECRET_LIFE) > 0) {
            formerSecret = secret;
            secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            renewed = now;
        }
        byte[] head =
                ByteBuffer.allocate(HEAD_BYTES)
                        .putInt((int) now.getEpochSecond())
                        .putShort((short) challenge.prfId())
                        .put((byte) challenge.zeroBits())
                        .array();
        return cookie(secret, head, peer, initiator, nonce);
    }

    /// What it was baked with; empty if it is not one of ours, not for this peer or too old.
    Optional<Challenge> read(
            Instant now, Bytes cookie, Endpoint peer, IkeSpi initiator, Bytes nonce) {
        if (cookie.length() != HEAD_BYTES + MAC_BYTES || secret.length == 0) {
            return Optional.empty();
        }
        byte[] head = cookie.slice(0, HEAD_BYTES).toArray();
        ByteBuffer fields = ByteBuffer.wrap(head);
        int age = (int) now.getEpochSecond() - fields.getInt(); // wraps as the seconds do
        int prfId = Short.toUnsignedInt(fields.getShort());
        var challenge = new Challenge(prfId, Byte.toUnsignedInt(fields.get()));
        Duration valid = challenge.isPuzzle() ? VALID_WITH_PUZZLE : VALID;
        if (age < 0 || age > valid.toSeconds()) {
            return Optional.empty();
        }
        boolean genuine =
                isEqual(cookie, cookie(secret, head, peer, initiator, nonce))
                        || (formerSecret.length > 0
                                && isEqual(
                                        cookie,
                                        cookie(formerSecret, head, peer, initiator, nonce)));
        return genuine ? Optional.of(challenge) : Optional.empty();
    }

    private static boolean isEqual(Bytes shown, Bytes baked) {
        return MessageDigest.isEqual(shown.toArray(), baked.toArray());
    }

    private static Bytes cookie(
            byte[] key, byte[] head, Endpoint peer, IkeSpi initiator, Bytes nonce) {
        byte[] spi = ByteBuffer.allocate(Long.BYTES).putLong(initiator.value()).array();
        byte[] mac =
                Prf.of(Prf.HMAC_SHA2_256)
                        .compute(key, head, spi, peer.address().toBytes(), nonce.toArray());
        return Bytes.of(head).concat(Bytes.of(mac).slice(0, MAC_BYTES));
    }
}
