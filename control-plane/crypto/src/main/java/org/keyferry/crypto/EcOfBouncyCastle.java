package org.keyferry.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/// Curve arithmetic of Bouncy Castle's lightweight API.
final class EcOfBouncyCastle implements EcCurve.PublicValues, EcCurve.Agreements {
    private final EcCurve curve;

    EcOfBouncyCastle(EcCurve curve) {
        this.curve = curve;
    }

    @Override
    public byte[] publicValue(byte[] privateKey) {
        ECPoint point =
                new FixedPointCombMultiplier()
                        .multiply(curve.domain().getG(), new BigInteger(1, privateKey))
                        .normalize();
        byte[] uncompressed = point.getEncoded(false);
        return Arrays.copyOfRange(uncompressed, 1, uncompressed.length);
    }

    @Override
    public byte[] agree(byte[] privateKey, byte[] peerPublic) {
        return curve.point(peerPublic)
                .multiply(new BigInteger(1, privateKey))
                .normalize()
                .getAffineXCoord()
                .getEncoded();
    }
}
