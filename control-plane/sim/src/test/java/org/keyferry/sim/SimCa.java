package org.keyferry.sim;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.settings.model.SignatureRules;
import org.keyferry.wire.Bytes;

/// A CA, and hosts with certificates of it. Its time is that of [SimWorld].
final class SimCa {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static long serial;

    private final X500Principal name;
    private final KeyPair keys;
    private final Certificate certificate;

    /// What a host has.
    record Host(Certificate certificate, PrivateKey key) {
        PublicKeyTerms terms() {
            return SimCa.terms(SignatureRules.NONE, List.of(certificate.der()), List.of());
        }
    }

    private SimCa(String name, KeyPair keys, Certificate certificate) {
        this.name = new X500Principal(name);
        this.keys = keys;
        this.certificate = certificate;
    }

    static SimCa root(String name) throws Exception {
        KeyPair keys = ecdsa();
        var subject = new X500Principal(name);
        return new SimCa(
                name, keys, issue(subject, keys, subject, keys, NOW.plusSeconds(9999999), ""));
    }

    SimCa sub(String subject) throws Exception {
        KeyPair subKeys = ecdsa();
        var principal = new X500Principal(subject);
        return new SimCa(
                subject,
                subKeys,
                issue(principal, subKeys, name, keys, NOW.plusSeconds(9999999), ""));
    }

    Certificate certificate() {
        return certificate;
    }

    Host host(String dnsName, KeyPair hostKeys) throws Exception {
        return host(dnsName, hostKeys, NOW.plus(Duration.ofDays(90)));
    }

    /// With an extension.
    Host host(String dnsName, KeyPair hostKeys, String oid, Bytes value) throws Exception {
        var subject = new X500Principal("CN=" + dnsName);
        Instant until = NOW.plus(Duration.ofDays(90));
        var extension = Map.of(oid, value);
        return new Host(
                issue(subject, hostKeys, name, keys, until, dnsName, extension),
                hostKeys.getPrivate());
    }

    static SimCa root(String name, String oid, Bytes value) throws Exception {
        KeyPair keys = ecdsa();
        var subject = new X500Principal(name);
        var until = NOW.plusSeconds(9999999);
        return new SimCa(
                name, keys, issue(subject, keys, subject, keys, until, "", Map.of(oid, value)));
    }

    Host host(String dnsName, KeyPair hostKeys, Instant until) throws Exception {
        var subject = new X500Principal("CN=" + dnsName);
        return new Host(
                issue(subject, hostKeys, name, keys, until, dnsName), hostKeys.getPrivate());
    }

    /// A list on which the certificate stands.
    Crl revoking(Host host) throws Exception {
        var builder = new JcaX509v2CRLBuilder(name, Date.from(NOW.minusSeconds(60)));
        builder.setNextUpdate(Date.from(NOW.plus(Duration.ofDays(1))));
        builder.addCRLEntry(
                host.certificate().x509().getSerialNumber(), Date.from(NOW.minusSeconds(90)), 1);
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return Crl.parse(Bytes.of(builder.build(signer).getEncoded()));
    }

    /// What an OCSP responder of this CA says about a certificate, for a day.
    ///
    /// @param status [CertificateStatus#GOOD] is null
    Bytes ocsp(Host host, CertificateStatus status) throws Exception {
        var digests = new JcaDigestCalculatorProviderBuilder().build();
        var holder = new X509CertificateHolder(certificate.der().toArray());
        var id =
                new CertificateID(
                        digests.get(CertificateID.HASH_SHA1),
                        holder,
                        host.certificate().x509().getSerialNumber());
        var basic =
                new BasicOCSPRespBuilder(new RespID(holder.getSubject()))
                        .addResponse(
                                id,
                                status,
                                Date.from(NOW.minusSeconds(60)),
                                Date.from(NOW.plus(Duration.ofDays(1))),
                                null)
                        .build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(keys.getPrivate()),
                                null,
                                Date.from(NOW));
        return Bytes.of(
                new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
    }

    /// A host's own certificate and key, and the CAs that it trusts.
    static Credentials credentials(Host own, Certificate... trusted) {
        return credentials(own, List.of(), trusted);
    }

    static Credentials credentials(Host own, List<Crl> lists, Certificate... trusted) {
        return new Credentials(
                List.of(trusted),
                List.of(own.certificate()),
                Map.of(own.certificate().keyId(), own::key),
                new LoadedCrls(lists));
    }

    static PublicKeyTerms terms(SignatureRules rules, List<Bytes> certs, List<Bytes> cacerts) {
        return new PublicKeyTerms(
                rules,
                certs,
                List.of(),
                cacerts,
                java.util.Optional.empty(),
                List.of(),
                Revocation.RELAXED);
    }

    static PublicKeyTerms revocation(Revocation policy) {
        return new PublicKeyTerms(
                SignatureRules.NONE,
                List.of(),
                List.of(),
                List.of(),
                java.util.Optional.empty(),
                List.of(),
                policy);
    }

    private static Certificate issue(
            X500Principal subject,
            KeyPair subjectKeys,
            X500Principal issuer,
            KeyPair issuerKeys,
            Instant until,
            String dnsName)
            throws Exception {
        return issue(subject, subjectKeys, issuer, issuerKeys, until, dnsName, Map.of());
    }

    private static Certificate issue(
            X500Principal subject,
            KeyPair subjectKeys,
            X500Principal issuer,
            KeyPair issuerKeys,
            Instant until,
            String dnsName,
            Map<String, Bytes> extensions)
            throws Exception {
        var builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(++serial),
                        Date.from(NOW.minus(Duration.ofDays(30))),
                        Date.from(until),
                        subject,
                        subjectKeys.getPublic());
        builder.addExtension(
                Extension.basicConstraints, true, new BasicConstraints(dnsName.isEmpty()));
        if (!dnsName.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, dnsName)));
        }
        for (var extension : extensions.entrySet()) {
            builder.addExtension(
                    new org.bouncycastle.asn1.ASN1ObjectIdentifier(extension.getKey()),
                    !extension.getKey().equals(Extension.cRLDistributionPoints.getId()),
                    extension.getValue().toArray());
        }
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
        return Certificate.parse(Bytes.of(builder.build(signer).getEncoded()));
    }

    static KeyPair ecdsa() throws GeneralSecurityException {
        return ecdsa("secp256r1");
    }

    static KeyPair ecdsa(String curve) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    static KeyPair rsa(int bits) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    static KeyPair edwards(String curve) throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(curve).generateKeyPair();
    }
}
