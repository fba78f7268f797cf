package org.keyferry.crypto.cert;

import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// An X.509 certificate with what IKE asks of it. Immutable; equal if the bytes are.
public final class Certificate {
    private final Bytes der;
    private final X509Certificate x509;
    private final Identification subject;
    private final Identification issuer;
    private final List<Identification> alternativeNames;
    private final Bytes keyInfo;
    private final Bytes keyInfoSha1;
    private final Bytes keyId;

    private Certificate(Bytes der, X509Certificate x509, X509CertificateHolder holder)
            throws Exception {
        this.der = der;
        this.x509 = x509;
        this.subject = name(x509.getSubjectX500Principal().getEncoded());
        this.issuer = name(x509.getIssuerX500Principal().getEncoded());
        this.alternativeNames = alternativeNames(holder);
        SubjectPublicKeyInfo key = holder.getSubjectPublicKeyInfo();
        this.keyInfo = Bytes.wrapOwned(key.getEncoded("DER"));
        this.keyInfoSha1 = sha1(keyInfo.toArray());
        this.keyId = sha1(key.getPublicKeyData().getBytes());
    }

    /// @param bytes DER, or PEM
    /// @throws BadCertificate saying what is wrong
    public static Certificate parse(Bytes bytes) throws BadCertificate {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var x509 =
                    (X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(bytes.toArray()));
            byte[] der = x509.getEncoded();
            return new Certificate(Bytes.of(der), x509, new X509CertificateHolder(der));
        } catch (CertificateException e) {
            throw new BadCertificate("not an X.509 certificate: " + e.getMessage());
        } catch (Exception e) {
            // libraries throw what they like on malformed extensions
            throw new BadCertificate("unusable X.509 certificate: " + e);
        }
    }

    public Bytes der() {
        return der;
    }

    public X509Certificate x509() {
        return x509;
    }

    public PublicKey publicKey() {
        return x509.getPublicKey();
    }

    /// The subject's distinguished name.
    public Identification subject() {
        return subject;
    }

    public Identification issuer() {
        return issuer;
    }

    /// Names of subjectAltName that IKE knows.
    public List<Identification> alternativeNames() {
        return alternativeNames;
    }

    /// The SubjectPublicKeyInfo in DER.
    public Bytes keyInfo() {
        return keyInfo;
    }

    /// SHA-1 of the SubjectPublicKeyInfo: how CERTREQ names a CA (RFC 7296 §3.7).
    public Bytes keyInfoSha1() {
        return keyInfoSha1;
    }

    /// SHA-1 of the public key's bits: how VICI names a key.
    public Bytes keyId() {
        return keyId;
    }

    public boolean isCa() {
        return x509.getBasicConstraints() >= 0;
    }

    /// Whether it says where its revocation would be told: a CRL distribution point, or an OCSP
    /// responder.
    public boolean namesRevocationSource() {
        return x509.getExtensionValue(Extension.cRLDistributionPoints.getId()) != null
                || x509.getExtensionValue(Extension.authorityInfoAccess.getId()) != null;
    }

    public boolean isSelfIssued() {
        return subject.equals(issuer);
    }

    public boolean isValidAt(Instant time) {
        return !time.isBefore(x509.getNotBefore().toInstant())
                && !time.isAfter(x509.getNotAfter().toInstant());
    }

    /// Whether the certificate was issued for this identity: its subject, one of its alternative
    /// names (a name may be covered by a `*.` of the certificate), or the id of its key.
    public boolean isFor(Identification id) {
        if (id.isAny()) {
            return false;
        }
        if (id.idType() == IdType.KEY_ID) {
            return id.data().equals(keyId) || id.data().equals(keyInfoSha1);
        }
        return id.equals(subject)
                || subject.matches(id) == Identification.MATCH_PERFECT
                || alternativeNames.stream().anyMatch(name -> covers(name, id));
    }

    private static boolean covers(Identification name, Identification id) {
        if (id.matches(name) == Identification.MATCH_PERFECT) {
            return true;
        }
        if (name.idType() != IdType.FQDN || id.idType() != IdType.FQDN) {
            return false;
        }
        String pattern = name.data().utf8().toLowerCase(Locale.ROOT);
        String text = id.data().utf8().toLowerCase(Locale.ROOT);
        int dot = text.indexOf('.');
        return pattern.startsWith("*.")
                && dot > 0
                && text.substring(dot).equals(pattern.substring(1));
    }

    private static Identification name(byte[] encoded) {
        return new Identification(IdType.DER_ASN1_DN, Bytes.of(encoded));
    }

    private static List<Identification> alternativeNames(X509CertificateHolder holder) {
        GeneralNames names =
                GeneralNames.fromExtensions(
                        holder.getExtensions(), Extension.subjectAlternativeName);
        var identities = new ArrayList<Identification>();
        if (names == null) {
            return identities;
        }
        for (GeneralName name : names.getNames()) {
            switch (name.getTagNo()) {
                case GeneralName.dNSName -> identities.add(text(IdType.FQDN, name));
                case GeneralName.rfc822Name -> identities.add(text(IdType.RFC822_ADDR, name));
                case GeneralName.iPAddress -> {
                    byte[] address =
                            org.bouncycastle.asn1.ASN1OctetString.getInstance(name.getName())
                                    .getOctets();
                    if (address.length == 4 || address.length == 16) {
                        identities.add(Identification.ofAddress(IpAddress.ofBytes(address)));
                    }
                }
                default -> {}
            }
        }
        return List.copyOf(identities);
    }

    private static Identification text(int idType, GeneralName name) {
        return new Identification(idType, Bytes.utf8(name.getName().toString()));
    }

    /// The subjectKeyIdentifier, if there is one.
    public java.util.Optional<Bytes> subjectKeyId() {
        byte[] extension = x509.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        if (extension == null) {
            return java.util.Optional.empty();
        }
        byte[] inner = org.bouncycastle.asn1.ASN1OctetString.getInstance(extension).getOctets();
        return java.util.Optional.of(
                Bytes.of(SubjectKeyIdentifier.getInstance(inner).getKeyIdentifier()));
    }

    private static Bytes sha1(byte[] data) {
        try {
            return Bytes.wrapOwned(MessageDigest.getInstance("SHA-1").digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Certificate that && der.equals(that.der);
    }

    @Override
    public int hashCode() {
        return der.hashCode();
    }

    /// The subject.
    @Override
    public String toString() {
        return subject.toString();
    }
}
