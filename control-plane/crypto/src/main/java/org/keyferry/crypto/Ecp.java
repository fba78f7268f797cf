package org.keyferry.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import org.keyferry.wire.PeerViolation;

/// ECP groups (RFC 5903 §7, RFC 6932 §2): public values are X and Y without a prefix, the secret is
/// X.
final class Ecp extends DiffieHellman {
    /// So much more entropy than the order has bits makes private keys even (FIPS 186-5 §A.2.1).
    private static final int EXTRA_ENTROPY_BYTES = 8;

    private final EcCurve curve;

    Ecp(int id, EcCurve curve) {
        super(id, curve.fieldBytes() + EXTRA_ENTROPY_BYTES, 2 * curve.fieldBytes());
        this.curve = curve;
    }

    /// 1 to the order less one.
    @Override
    byte[] privateKey(byte[] entropy) {
        BigInteger lessOne = new BigInteger(1, entropy).mod(curve.order().subtract(BigInteger.ONE));
        return FixedLength.of(lessOne.add(BigInteger.ONE), curve.fieldBytes());
    }

    @Override
    byte[] publicValue(byte[] privateKey) {
        try {
            return curve.publicValues.get().publicValue(privateKey);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(curve + " public value", impossible);
        }
    }

    @Override
    byte[] agree(byte[] privateKey, byte[] peerPublic) throws PeerViolation {
        checkOnCurve(peerPublic);
        try {
            return curve.agreements.get().agree(privateKey, peerPublic);
        } catch (GeneralSecurityException refused) {
            throw invalidPublicValue();
        }
    }

    /// Cofactor 1: a point on the curve has the full order (RFC 6989 §2.3).
    private void checkOnCurve(byte[] peerPublic) throws PeerViolation {
        try {
            curve.point(peerPublic);
        } catch (IllegalArgumentException notOnCurve) {
            throw invalidPublicValue();
        }
    }

    @Override
    public String provider() {
        return curve.agreements.providerTitle();
    }
}
