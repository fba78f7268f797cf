package org.keyferry.daemon.creds;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509AttributeCertificateHolder;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IdType;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Reads certificates of all kinds, PEM or DER.
public final class CertificateReader {
    private static final int RFC822_NAME = 1;
    private static final int DNS_NAME = 2;
    private static final int DIRECTORY_NAME = 4;
    private static final int URI = 6;
    private static final int IP_ADDRESS = 7;
    private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

    private CertificateReader() {}

    /// @param flag what a client loads an X.509 certificate for; without one its content decides
    /// @throws CredentialRefused with the text of the answer
    public static LoadedCertificate read(CertificateKind kind, Flag flag, byte[] file)
            throws CredentialRefused {
        try {
            byte[] der = Pem.read(file).map(Pem.Block::der).orElse(file);
            return switch (kind) {
                case X509 -> x509(flag, der);
                case X509_CRL -> crl(der);
                case PUBKEY -> publicKey(der);
                case X509_AC -> attributes(der);
                case OCSP_RESPONSE -> ocspResponse(der);
            };
        } catch (CertificateException
                | CRLException
                | IOException
                | OCSPException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException e) {
            throw new CredentialRefused("parsing " + kind + " certificate failed");
        }
    }

    private static LoadedCertificate x509(Flag flag, byte[] der)
            throws CertificateException, CredentialRefused {
        var certificate =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(new ByteArrayInputStream(der));
        boolean isAuthority = certificate.getBasicConstraints() >= 0;
        if (flag == Flag.CA && !isAuthority) {
            throw new CredentialRefused("ca certificate lacks CA basic constraint, rejected");
        }
        return new LoadedCertificate(
                CertificateKind.X509,
                flag == Flag.NONE ? impliedFlag(certificate) : flag,
                Bytes.wrapOwned(certificate.getEncoded()),
                subjects(certificate),
                Optional.of(keyId(certificate.getPublicKey().getEncoded())),
                Optional.of(certificate));
    }

    private static Flag impliedFlag(X509Certificate certificate)
            throws CertificateParsingException {
        if (certificate.getBasicConstraints() >= 0) {
            return Flag.CA;
        }
        List<String> usages = certificate.getExtendedKeyUsage();
        return usages != null && usages.contains(OCSP_SIGNING) ? Flag.OCSP : Flag.NONE;
    }

    private static List<Identification> subjects(X509Certificate certificate)
            throws CertificateParsingException {
        var subjects = new ArrayList<Identification>();
        subjects.add(identity(certificate.getSubjectX500Principal()));
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names != null) {
            names.forEach(name -> alternative(name).ifPresent(subjects::add));
        }
        return subjects;
    }

    /// @param name type and value, as [X509Certificate#getSubjectAlternativeNames] tells them
    private static Optional<Identification> alternative(List<?> name) {
        return switch ((Integer) name.getFirst()) {
            case RFC822_NAME -> named(IdType.RFC822_ADDR, name);
            case DNS_NAME -> named(IdType.FQDN, name);
            case URI -> named(IdType.URI, name);
            case DIRECTORY_NAME ->
                    Optional.of(identity(new X500Principal((String) name.getLast())));
            case IP_ADDRESS ->
                    Optional.of(Identification.ofAddress(IpAddress.parse((String) name.getLast())));
            default -> Optional.empty();
        };
    }

    private static Optional<Identification> named(int idType, List<?> name) {
        return Optional.of(new Identification(idType, Bytes.utf8((String) name.getLast())));
    }

    private static Identification identity(X500Principal principal) {
        return new Identification(IdType.DER_ASN1_DN, Bytes.wrapOwned(principal.getEncoded()));
    }

    private static KeyId keyId(byte[] subjectPublicKeyInfo) {
        return KeyId.of(SubjectPublicKeyInfo.getInstance(subjectPublicKeyInfo));
    }

    private static LoadedCertificate crl(byte[] der) throws CertificateException, CRLException {
        var list =
                (X509CRL)
                        CertificateFactory.getInstance("X.509")
                                .generateCRL(new ByteArrayInputStream(der));
        return plain(
                CertificateKind.X509_CRL,
                list.getEncoded(),
                List.of(identity(list.getIssuerX500Principal())));
    }

    private static LoadedCertificate publicKey(byte[] der) throws IOException {
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(der);
        return new LoadedCertificate(
                CertificateKind.PUBKEY,
                Flag.NONE,
                Bytes.wrapOwned(key.getEncoded("DER")),
                List.of(),
                Optional.of(KeyId.of(key)),
                Optional.empty());
    }

    private static LoadedCertificate attributes(byte[] der) throws IOException {
        return plain(
                CertificateKind.X509_AC,
                new X509AttributeCertificateHolder(der).getEncoded(),
                List.of());
    }

    private static LoadedCertificate ocspResponse(byte[] der) throws IOException, OCSPException {
        var response = new OCSPResp(der);
        if (response.getStatus() != OCSPResp.SUCCESSFUL || response.getResponseObject() == null) {
            throw new IOException("an error, not a response");
        }
        return plain(CertificateKind.OCSP_RESPONSE, response.getEncoded(), List.of());
    }

    private static LoadedCertificate plain(
            CertificateKind kind, byte[] der, List<Identification> subjects) {
        return new LoadedCertificate(
                kind,
                Flag.NONE,
                Bytes.wrapOwned(der),
                subjects,
                Optional.empty(),
                Optional.empty());
    }
}
