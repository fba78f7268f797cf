package org.keyferry.crypto.cert;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;

/// A public key without a certificate.
///
/// @param keyId SHA-1 of the key's bits, as [Certificate#keyId]
/// @param keyInfoSha1 SHA-1 of the SubjectPublicKeyInfo
public record RawKey(PublicKey key, Bytes keyId, Bytes keyInfoSha1) {
    private static final BouncyCastleProvider KNOWS_KEYS = new BouncyCastleProvider();

    /// @param keyInfo SubjectPublicKeyInfo in DER
    /// @return empty if it is none, or of an unknown kind
    public static Optional<RawKey> parse(Bytes keyInfo) {
        try {
            var info = SubjectPublicKeyInfo.getInstance(keyInfo.toArray());
            var factory =
                    java.security.KeyFactory.getInstance(
                            info.getAlgorithm().getAlgorithm().getId(), KNOWS_KEYS);
            PublicKey key =
                    factory.generatePublic(
                            new java.security.spec.X509EncodedKeySpec(info.getEncoded("DER")));
            byte[] bits = info.getPublicKeyData().getBytes();
            return Optional.of(new RawKey(key, sha1(bits), sha1(info.getEncoded("DER"))));
        } catch (IOException | java.security.GeneralSecurityException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /// Whether an identity is one of the key's ids.
    public boolean isNamed(Identification id) {
        return id.idType() == IdType.KEY_ID
                && (id.data().equals(keyId) || id.data().equals(keyInfoSha1));
    }

    private static Bytes sha1(byte[] data) throws NoSuchAlgorithmException {
        return Bytes.wrapOwned(MessageDigest.getInstance("SHA-1").digest(data));
    }
}
