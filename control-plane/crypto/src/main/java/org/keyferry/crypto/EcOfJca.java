package org.keyferry.crypto;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/// Curve arithmetic of a provider with native code.
final class EcOfJca implements EcCurve.PublicValues, EcCurve.Agreements {
    private final int fieldBytes;
    private final ECParameterSpec parameters;
    private final KeyFactory keys;
    private final ThreadLocal<KeyAgreement> agreement;

    EcOfJca(EcCurve curve, String jcaName, Provider provider) throws GeneralSecurityException {
        fieldBytes = curve.fieldBytes();
        AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
        named.init(new ECGenParameterSpec(jcaName));
        parameters = named.getParameterSpec(ECParameterSpec.class);
        keys = KeyFactory.getInstance("EC", provider);
        agreement =
                ThreadLocal.withInitial(
                        () -> {
                            try {
                                return KeyAgreement.getInstance("ECDH", provider);
                            } catch (GeneralSecurityException gone) {
                                throw new IllegalStateException(gone);
                            }
                        });
    }

    /// A PKCS #8 key may end with the public value (RFC 5915 §3); Conscrypt's do.
    @Override
    public byte[] publicValue(byte[] privateKey) throws GeneralSecurityException {
        byte[] encoded = privateKey(privateKey).getEncoded();
        byte[] publicValue =
                Arrays.copyOfRange(encoded, encoded.length - 2 * fieldBytes, encoded.length);
        Arrays.fill(encoded, (byte) 0);
        return publicValue;
    }

    @Override
    public byte[] agree(byte[] privateKey, byte[] peerPublic) throws GeneralSecurityException {
        KeyAgreement ready = agreement.get();
        ready.init(privateKey(privateKey));
        ECPoint peer =
                new ECPoint(
                        new BigInteger(1, peerPublic, 0, fieldBytes),
                        new BigInteger(1, peerPublic, fieldBytes, fieldBytes));
        ready.doPhase(keys.generatePublic(new ECPublicKeySpec(peer, parameters)), true);
        return ready.generateSecret();
    }

    private PrivateKey privateKey(byte[] scalar) throws GeneralSecurityException {
        return keys.generatePrivate(new ECPrivateKeySpec(new BigInteger(1, scalar), parameters));
    }
}
