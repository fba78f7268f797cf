package org.keyferry.crypto;

import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.Locale;
import java.util.Optional;

/// Kinds of asymmetric keys that authenticate.
public enum KeyKind {
    RSA,
    ECDSA,
    ED25519,
    ED448;

    /// Empty for a key of another kind.
    public static Optional<KeyKind> of(Key key) {
        return switch (key.getAlgorithm().toUpperCase(Locale.ROOT)) {
            case "RSA", "RSASSA-PSS" -> Optional.of(RSA);
            case "EC", "ECDSA" -> Optional.of(ECDSA);
            case "ED25519" -> Optional.of(ED25519);
            case "ED448" -> Optional.of(ED448);
            case "EDDSA" -> edwards(key);
            default -> Optional.empty();
        };
    }

    /// The JDK calls both curves EdDSA.
    private static Optional<KeyKind> edwards(Key key) {
        if (key instanceof java.security.interfaces.EdECKey edwards) {
            return edwards.getParams().getName().equalsIgnoreCase("Ed25519")
                    ? Optional.of(ED25519)
                    : Optional.of(ED448);
        }
        return Optional.empty();
    }

    /// Bits of an RSA modulus or of a curve's field, which is what users call a key's strength.
    public static int strengthBits(PublicKey key) {
        return switch (key) {
            case RSAKey rsa -> rsa.getModulus().bitLength();
            case ECKey ec -> ec.getParams().getCurve().getField().getFieldSize();
            default -> of(key).filter(k -> k == ED448).isPresent() ? 448 : 256;
        };
    }
}
