package org.keyferry.crypto;

import java.math.BigInteger;
import org.keyferry.wire.PeerViolation;

/// The MODP groups of RFC 2409 §6.2 and RFC 3526: generator 2 and a safe prime of `bits` bits,
/// `2^bits - 2^(bits-64) - 1 + 2^64 * ([2^(bits-130) pi] + offset)`.
///
/// The JDK's `BigInteger.modPow` beats all the providers here. It does not run in constant time,
/// but a private exponent is used for one exchange only.
final class Modp extends DiffieHellman {
    private static final int PI_GUARD_BITS = 64;

    private final int bits;
    private final int offset;
    private volatile BigInteger prime;

    /// @param exponentBytes length of private exponents: twice the group's strength in the upper
    ///   estimate of RFC 3526 §8, rounded up
    Modp(int id, int bits, int offset, int exponentBytes) {
        super(id, exponentBytes, bits / 8);
        this.bits = bits;
        this.offset = offset;
    }

    BigInteger prime() {
        BigInteger known = prime;
        if (known == null) {
            known = computePrime();
            prime = known;
        }
        return known;
    }

    /// With the top bit set, so that all exponents are of one length.
    @Override
    byte[] privateKey(byte[] entropy) {
        byte[] privateKey = entropy.clone();
        privateKey[0] |= (byte) 0x80;
        return privateKey;
    }

    @Override
    byte[] publicValue(byte[] privateKey) {
        return padded(BigInteger.TWO.modPow(new BigInteger(1, privateKey), prime()));
    }

    @Override
    byte[] agree(byte[] privateKey, byte[] peerPublic) throws PeerViolation {
        BigInteger y = new BigInteger(1, peerPublic);
        // 1 and p-1 would confine the secret to two values (RFC 6989 §2.1)
        boolean valid =
                y.compareTo(BigInteger.ONE) > 0
                        && y.compareTo(prime().subtract(BigInteger.ONE)) < 0;
        if (!valid) {
            throw invalidPublicValue();
        }
        return padded(y.modPow(new BigInteger(1, privateKey), prime()));
    }

    @Override
    public String provider() {
        return CryptoProvider.JDK.title();
    }

    private byte[] padded(BigInteger value) {
        return FixedLength.of(value, bits / 8);
    }

    private BigInteger computePrime() {
        BigInteger middle = pi(bits - 130).add(BigInteger.valueOf(offset)).shiftLeft(64);
        return BigInteger.ONE
                .shiftLeft(bits)
                .subtract(BigInteger.ONE.shiftLeft(bits - 64))
                .subtract(BigInteger.ONE)
                .add(middle);
    }

    /// `[2^scaleBits pi]`, by Machin's formula.
    private static BigInteger pi(int scaleBits) {
        int workBits = scaleBits + PI_GUARD_BITS;
        BigInteger quarter =
                arctanOfInverse(5, workBits).shiftLeft(2).subtract(arctanOfInverse(239, workBits));
        return quarter.shiftLeft(2).shiftRight(PI_GUARD_BITS);
    }

    /// `2^scaleBits arctan(1/n)`, a little wrong in the last bits.
    private static BigInteger arctanOfInverse(int n, int scaleBits) {
        BigInteger square = BigInteger.valueOf((long) n * n);
        BigInteger power = BigInteger.ONE.shiftLeft(scaleBits).divide(BigInteger.valueOf(n));
        BigInteger sum = BigInteger.ZERO;
        for (int k = 1; power.signum() != 0; k += 4) {
            sum = sum.add(power.divide(BigInteger.valueOf(k)));
            power = power.divide(square);
            sum = sum.subtract(power.divide(BigInteger.valueOf(k + 2)));
            power = power.divide(square);
        }
        return sum;
    }
}
