package org.keyferry.settings;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;

/// Certificates and public keys of connections: encoded in place, or in files; PEM or DER.
final class CertificateBlobs {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");
    private static final int DER_SEQUENCE = 0x30;

    private CertificateBlobs() {}

    private static byte[] bytes(String text, String kind, CertificateFiles files) {
        return BinaryText.isEncoded(text)
                ? BinaryText.decode(text.getBytes(StandardCharsets.UTF_8))
                : files.read(kind, text);
    }

    /// @param kind the subdirectory of relative names
    /// @throws IllegalArgumentException if it is none
    static Bytes certificate(String text, String kind, CertificateFiles files) {
        return certificate(bytes(text, kind, files));
    }

    /// @throws IllegalArgumentException if it is none
    static Bytes certificate(byte[] encoded) {
        try {
            return Bytes.of(x509(encoded).getEncoded());
        } catch (CertificateException e) {
            throw new IllegalArgumentException("no X.509 certificate");
        }
    }

    private static X509Certificate x509(byte[] encoded) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(encoded));
    }

    /// A SubjectPublicKeyInfo.
    ///
    /// @throws IllegalArgumentException if it is none
    static Bytes publicKey(String text, CertificateFiles files) {
        byte[] encoded = bytes(text, "pubkey", files);
        Matcher pem = PEM.matcher(new String(encoded, StandardCharsets.ISO_8859_1));
        if (pem.find()) encoded = Base64.getMimeDecoder().decode(pem.group(1));
        if (encoded.length < 2 || encoded[0] != DER_SEQUENCE)
            throw new IllegalArgumentException("no public key");
        return Bytes.of(encoded);
    }

    /// Subject of a certificate that [#certificate] returned.
    static Identification subject(Bytes der) {
        try {
            byte[] name = x509(der.toArray()).getSubjectX500Principal().getEncoded();
            return new Identification(IdType.DER_ASN1_DN, Bytes.of(name));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Identity of a key that [#publicKey] returned: SHA-1 of all of it.
    static Identification keyId(Bytes keyInfo) {
        try {
            byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(keyInfo.toArray());
            return new Identification(IdType.KEY_ID, Bytes.of(sha1));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
