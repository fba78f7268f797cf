package org.keyferry.engine;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.keyferry.crypto.Prf;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IkeSpi;

/// Tokens for quick crash detection (RFC 6290): a function of our SPI and a secret that outlives
/// the process, so that whoever forgot an IKE_SA can still make the token that its peer has kept.
/// For an SPI that is in use nobody gets one but its peer. Safe for any thread.
public final class CrashTokens {
    /// Of a secret.
    public static final int SECRET_BYTES = 32;

    /// As few as are allowed (RFC 6290 §4.1): an answer is about as large as what it answers.
    private static final int TOKEN_BYTES = 16;

    public static final CrashTokens NONE = new CrashTokens(new byte[0]);

    /// Answers to messages of unknown IKE_SAs in one second, of all shards.
    private static final int MOST_ANSWERS = 100;

    private final byte[] secret;
    private long second;
    private int answers;

    private CrashTokens(byte[] secret) {
        this.secret = secret;
    }

    /// @param secret is taken over
    public static CrashTokens of(byte[] secret) {
        if (secret.length < SECRET_BYTES) {
            throw new IllegalArgumentException("secret of " + secret.length + " bytes");
        }
        return new CrashTokens(secret);
    }

    /// Whether tokens are made and taken.
    public boolean enabled() {
        return secret.length > 0;
    }

    /// Of the IKE_SA in which we have that SPI; empty if none are made.
    public Optional<Bytes> of(IkeSpi own) {
        if (!enabled()) {
            return Optional.empty();
        }
        byte[] spi = ByteBuffer.allocate(IkeSpi.LENGTH_BYTES).putLong(own.value()).array();
        byte[] token = Prf.of(Prf.HMAC_SHA2_256).compute(secret, spi);
        return Optional.of(Bytes.wrapOwned(token).slice(0, TOKEN_BYTES));
    }

    /// Whether another unknown IKE_SA may be answered for.
    public synchronized boolean mayAnswer(Instant now) {
        if (now.getEpochSecond() != second) {
            second = now.getEpochSecond();
            answers = 0;
        }
        return answers++ < MOST_ANSWERS;
    }

    @Override
    public String toString() {
        return "CrashTokens(hidden)";
    }
}
