package org.keyferry.sim;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import org.keyferry.crypto.KeyKind;
import org.keyferry.crypto.RemoteKey;
import org.keyferry.crypto.SignatureScheme;

/// A private key as on a token: it signs and is never shown. RSA as in PKCS #1, or ECDSA.
@SuppressWarnings("serial") // of no use to anybody elsewhere
final class HeldKey implements RemoteKey {
    private final transient PrivateKey key;

    private HeldKey(PrivateKey key) {
        this.key = key;
    }

    static SimCa.Host holding(SimCa.Host host) {
        return new SimCa.Host(host.certificate(), new HeldKey(host.key()));
    }

    @Override
    public String getAlgorithm() {
        return key.getAlgorithm();
    }

    @Override
    public byte[] sign(SignatureScheme scheme, byte[] message) throws GeneralSecurityException {
        String hash = "SHA" + 8 * scheme.hash().lengthBytes();
        Signature signature =
                Signature.getInstance(
                        scheme.isPss()
                                ? "RSASSA-PSS"
                                : scheme.keyKind() == KeyKind.RSA
                                        ? hash + "withRSA"
                                        : hash + "withECDSAinP1363Format");
        if (scheme.isPss()) {
            int bytes = scheme.hash().lengthBytes();
            String name = scheme.hash().jcaName();
            signature.setParameter(
                    new java.security.spec.PSSParameterSpec(
                            name,
                            "MGF1",
                            new java.security.spec.MGF1ParameterSpec(name),
                            bytes,
                            1));
        }
        signature.initSign(key);
        signature.update(message);
        return signature.sign();
    }
}
