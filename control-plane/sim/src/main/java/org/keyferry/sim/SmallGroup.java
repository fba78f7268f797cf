package org.keyferry.sim;

import java.nio.ByteBuffer;
import org.keyferry.crypto.KeyExchangeMethod;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.ComputeJob;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Violation;

/// Stands in for another key exchange method, with its id and its lengths on the wire, where many
/// worlds must live long: Diffie-Hellman modulo 2^61 - 1, which takes a microsecond and protects
/// nothing.
final class SmallGroup implements KeyExchangeMethod {
    private static final long PRIME = (1L << 61) - 1;
    private static final long GENERATOR = 37;
    private static final int SHARED_BYTES = 32;

    private final KeyExchangeMethod original;

    private SmallGroup(KeyExchangeMethod original) {
        this.original = original;
    }

    /// The same job with a small group in the place of its method.
    static ComputeJob in(ComputeJob job) {
        return switch (job) {
            case ComputeJob.MakeKey(var method, var entropy) ->
                    new ComputeJob.MakeKey(new SmallGroup(method), entropy);
            case ComputeJob.Agree(var method, var entropy, var peer) ->
                    new ComputeJob.Agree(new SmallGroup(method), entropy, peer);
            case ComputeJob.RespondRekey(var method, var entropy, var peer, var succession) ->
                    new ComputeJob.RespondRekey(new SmallGroup(method), entropy, peer, succession);
            case ComputeJob.Respond r ->
                    new ComputeJob.Respond(
                            new SmallGroup(r.method()),
                            r.entropy(),
                            r.peerPublic(),
                            r.suite(),
                            r.initiatorNonce(),
                            r.responderNonce(),
                            r.initiatorSpi(),
                            r.responderSpi());
            default -> job;
        };
    }

    @Override
    public int id() {
        return original.id();
    }

    @Override
    public int entropyBytes() {
        return original.entropyBytes();
    }

    @Override
    public int publicValueBytes(boolean initiator) {
        return original.publicValueBytes(initiator);
    }

    @Override
    public LocalKey initiate(byte[] entropy) {
        long exponent = exponent(entropy);
        Bytes publicValue = publicValue(exponent, true);
        return new LocalKey() {
            @Override
            public Bytes publicValue() {
                return publicValue;
            }

            @Override
            public Secret complete(Bytes peerPublic) throws PeerViolation {
                return shared(exponent, peerPublic, false);
            }

            @Override
            public void close() {
                // nothing here is worth wiping
            }
        };
    }

    @Override
    public Answer respond(byte[] entropy, Bytes peerPublic) throws PeerViolation {
        long exponent = exponent(entropy);
        return new Answer(publicValue(exponent, false), shared(exponent, peerPublic, true));
    }

    @Override
    public String provider() {
        return "simulator";
    }

    private static long exponent(byte[] entropy) {
        return ByteBuffer.wrap(entropy).getLong() >>> 3;
    }

    private Bytes publicValue(long exponent, boolean initiator) {
        byte[] value = new byte[publicValueBytes(initiator)];
        ByteBuffer.wrap(value).putLong(power(GENERATOR, exponent));
        return Bytes.wrapOwned(value);
    }

    private Secret shared(long exponent, Bytes peerPublic, boolean fromInitiator)
            throws PeerViolation {
        if (peerPublic.length() != publicValueBytes(fromInitiator)) {
            throw new PeerViolation(new Violation.Malformed("KE data", 0));
        }
        long value = peerPublic.asBuffer().getLong();
        if (value <= 0 || value >= PRIME) {
            throw new PeerViolation(new Violation.Malformed("KE data", 0));
        }
        byte[] secret = new byte[SHARED_BYTES];
        ByteBuffer.wrap(secret).putLong(power(value, exponent));
        return Secret.owned(secret);
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long rest = exponent; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = times(result, square);
            }
            square = times(square, square);
        }
        return result;
    }

    private static long times(long a, long b) {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        long sum = (low & PRIME) + (high << 3 | low >>> 61);
        return sum >= PRIME ? sum - PRIME : sum;
    }
}
