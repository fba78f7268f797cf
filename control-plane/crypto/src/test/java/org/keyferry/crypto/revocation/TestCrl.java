package org.keyferry.crypto.revocation;

import static org.keyferry.crypto.cert.TestCa.NOW;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.TestCa;
import org.keyferry.wire.Bytes;

/// A list that a test asks for; of an hour ago and good for a day unless told otherwise.
final class TestCrl {
    static final int KEY_COMPROMISE = 1;
    static final int REMOVE_FROM_CRL = 8;

    private final TestCa ca;
    private final JcaX509v2CRLBuilder builder;

    private TestCrl(TestCa ca, Instant from, Instant until) {
        this.ca = ca;
        var name = new X500Principal(ca.certificate.x509().getSubjectX500Principal().getEncoded());
        this.builder = new JcaX509v2CRLBuilder(name, Date.from(from));
        this.builder.setNextUpdate(Date.from(until));
    }

    static TestCrl of(TestCa ca) {
        return new TestCrl(ca, NOW.minus(Duration.ofHours(1)), NOW.plus(Duration.ofDays(1)));
    }

    static TestCrl stale(TestCa ca) {
        return new TestCrl(ca, NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofDays(1)));
    }

    TestCrl revoking(Certificate certificate, int reason) {
        builder.addCRLEntry(
                certificate.x509().getSerialNumber(),
                Date.from(Instant.parse("2026-11-23T01:03:32Z")),
                reason);
        return this;
    }

    /// In an indirect list: a certificate of that CA, and so are those that follow.
    TestCrl revoking(TestCa issuer, Certificate certificate) throws Exception {
        var generator = new ExtensionsGenerator();
        generator.addExtension(
                Extension.certificateIssuer,
                true,
                new GeneralNames(
                        new GeneralName(
                                X500Name.getInstance(
                                        issuer.certificate
                                                .x509()
                                                .getSubjectX500Principal()
                                                .getEncoded()))));
        generator.addExtension(
                Extension.reasonCode, false, CRLReason.lookup(CRLReason.keyCompromise));
        builder.addCRLEntry(
                certificate.x509().getSerialNumber(),
                Date.from(Instant.parse("2026-11-23T01:03:32Z")),
                generator.generate());
        return this;
    }

    TestCrl number(long number) throws Exception {
        return extended(Extension.cRLNumber, false, new ASN1Integer(BigInteger.valueOf(number)));
    }

    TestCrl deltaTo(long base) throws Exception {
        return extended(
                Extension.deltaCRLIndicator, true, new ASN1Integer(BigInteger.valueOf(base)));
    }

    TestCrl deltaAt(String uri) throws Exception {
        return extended(Extension.freshestCRL, false, point(uri));
    }

    TestCrl extended(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value)
            throws Exception {
        builder.addExtension(oid, critical, value);
        return this;
    }

    static CRLDistPoint point(String uri) {
        return new CRLDistPoint(
                new DistributionPoint[] {new DistributionPoint(name(uri), null, null)});
    }

    static DistributionPointName name(String uri) {
        return new DistributionPointName(
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    }

    Crl build() throws Exception {
        return signedBy(ca);
    }

    Crl signedBy(TestCa other) throws Exception {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(other.keys.getPrivate());
        return Crl.parse(Bytes.of(builder.build(signer).getEncoded()));
    }
}
