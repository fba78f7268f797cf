package org.keyferry.crypto.revocation;

import static org.keyferry.crypto.cert.TestCa.NOW;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.wire.Bytes;

/// An OCSP responder whose answers a test can bend.
final class TestResponder {
    private final Certificate signer;
    private final PrivateKey key;
    CertificateStatus status = CertificateStatus.GOOD;
    Instant from = NOW.minus(Duration.ofMinutes(1));
    Instant until = NOW.plus(Duration.ofHours(1));
    boolean sendsNonce = true;
    boolean sendsCertificate = true;

    TestResponder(Certificate signer, PrivateKey key) {
        this.signer = signer;
        this.key = key;
    }

    static CertificateStatus revoked(int reason) {
        return new RevokedStatus(Date.from(Instant.parse("2026-11-23T01:03:32Z")), reason);
    }

    /// The answer to the question, whatever certificate the question is about.
    Bytes answer(OcspQuestion question) throws Exception {
        var request = new OCSPReq(question.encode().toArray());
        return answer(request.getRequestList()[0].getCertID(), question.nonce());
    }

    Bytes answer(CertificateID about, Bytes nonce) throws Exception {
        var builder =
                new BasicOCSPRespBuilder(
                        new RespID(
                                X500Name.getInstance(
                                        signer.x509().getSubjectX500Principal().getEncoded())));
        builder.addResponse(
                about, status, Date.from(from), until == null ? null : Date.from(until), null);
        if (sendsNonce) {
            var value = new DEROctetString(new DEROctetString(nonce.toArray()).getEncoded());
            builder.setResponseExtensions(
                    new Extensions(
                            new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, value)));
        }
        X509CertificateHolder[] chain =
                sendsCertificate
                        ? new X509CertificateHolder[] {
                            new X509CertificateHolder(signer.der().toArray())
                        }
                        : null;
        var basic =
                builder.build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(key),
                        chain,
                        Date.from(from));
        return Bytes.of(
                new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
    }

    /// By SHA-256, as some responders name certificates.
    static CertificateID id(Certificate issuer, BigInteger serial) throws Exception {
        var digests = new JcaDigestCalculatorProviderBuilder().build();
        return new CertificateID(
                digests.get(
                        new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                                org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_sha256)),
                new X509CertificateHolder(issuer.der().toArray()),
                serial);
    }

    static Bytes error(int status) throws Exception {
        OCSPResp response = new OCSPRespBuilder().build(status, null);
        return Bytes.of(response.getEncoded());
    }
}
