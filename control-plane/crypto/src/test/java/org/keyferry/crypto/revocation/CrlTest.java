package org.keyferry.crypto.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TestCa;
import org.keyferry.wire.Bytes;

class CrlTest {
    private static final String URI = "http://crl.test/root.crl";

    private TestCa root;
    private Certificate moon;
    private Certificate sun;

    @BeforeEach
    void makeCertificates() throws Exception {
        root = TestCa.root("CN=root");
        moon = root.leaf("CN=moon");
        sun = root.leaf("CN=sun", at(URI));
    }

    private static TestCa.Extras at(String uri) {
        return b -> b.addExtension(Extension.cRLDistributionPoints, false, TestCrl.point(uri));
    }

    private Status ask(Certificate subject, Crl... lists) {
        return new LoadedCrls(List.of(lists)).begin(NOW, _ -> {}).of(subject, root.certificate);
    }

    @Test
    void whoStandsInTheListIsRevokedAndWhoDoesNotIsGood() throws Exception {
        Crl list = TestCrl.of(root).revoking(moon, TestCrl.KEY_COMPROMISE).build();
        assertEquals(
                new Status.Revoked(
                        "certificate was revoked on 2026-11-23T01:03:32Z, reason: key compromise"),
                ask(moon, list));
        assertEquals(new Status.Good(), ask(sun, list));
    }

    @Test
    void aStaleListRevokesAndDoesNotClear() throws Exception {
        Crl list = TestCrl.stale(root).revoking(moon, TestCrl.KEY_COMPROMISE).build();
        assertInstanceOf(Status.Revoked.class, ask(moon, list));
        assertEquals(
                new Status.Unknown("crl is stale: since 2026-11-23T12:00:00Z"), ask(sun, list));
    }

    @Test
    void whatTheIssuerDidNotSignIsNoList() throws Exception {
        var impostor = TestCa.root("CN=root");
        Crl list = TestCrl.of(root).revoking(moon, TestCrl.KEY_COMPROMISE).signedBy(impostor);
        assertEquals(new Status.NoSource(), ask(moon, list));
    }

    @Test
    void aCaThatMayNotSignLists() throws Exception {
        var sub =
                root.sub(
                        "CN=sub",
                        b -> {
                            b.addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(true));
                            b.addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
                        });
        assertFalse(TestCrl.of(sub).build().isSignedBy(sub.certificate));
    }

    @Test
    void anUnknownCriticalExtension() throws Exception {
        var unknown = new ASN1ObjectIdentifier("1.3.6.1.4.1.36906.1");
        Crl list = TestCrl.of(root).extended(unknown, true, DERNull.INSTANCE).build();
        assertFalse(list.isSignedBy(root.certificate));
        assertTrue(
                TestCrl.of(root)
                        .extended(unknown, false, DERNull.INSTANCE)
                        .build()
                        .isSignedBy(root.certificate));
    }

    @Test
    void theNewestOfSeveral() throws Exception {
        Crl former = TestCrl.stale(root).build();
        Crl now = TestCrl.of(root).revoking(moon, TestCrl.KEY_COMPROMISE).build();
        assertInstanceOf(Status.Revoked.class, ask(moon, former, now));
        assertInstanceOf(Status.Revoked.class, ask(moon, now, former));
        assertTrue(now.replaces(former));
    }

    /// RFC 5280 §5.2.4: what the delta says goes before; it takes certificates out of the list,
    /// too.
    @Test
    void aDeltaCompletesItsBase() throws Exception {
        Crl base = TestCrl.of(root).number(3).revoking(sun, 6).deltaAt(URI).build();
        Crl delta =
                TestCrl.of(root)
                        .number(4)
                        .deltaTo(3)
                        .revoking(moon, TestCrl.KEY_COMPROMISE)
                        .revoking(sun, TestCrl.REMOVE_FROM_CRL)
                        .build();
        assertEquals(List.of(URI), base.deltas());
        assertEquals(new Status.Good(), ask(moon, base));
        assertInstanceOf(Status.Revoked.class, ask(sun, base));
        assertInstanceOf(Status.Revoked.class, ask(moon, base, delta));
        assertEquals(new Status.Good(), ask(sun, base, delta));
        assertEquals(new Status.NoSource(), ask(moon, delta));
    }

    @Test
    void aDeltaToALaterListThanTheOneAtHandIsNotUsed() throws Exception {
        Crl base = TestCrl.of(root).number(3).build();
        assertFalse(TestCrl.of(root).number(5).deltaTo(4).build().completes(base));
        assertFalse(TestCrl.of(root).number(2).deltaTo(1).build().completes(base));
        assertTrue(TestCrl.of(root).number(5).deltaTo(2).build().completes(base));
        assertFalse(TestCrl.of(root).number(5).build().completes(base));
    }

    @Test
    void aListForSomeCertificatesOnly() throws Exception {
        var sub = root.sub("CN=sub", -1);
        Crl ofUsers = scoped(new IssuingDistributionPoint(null, true, false, null, false, false));
        assertTrue(ofUsers.covers(moon, root.certificate));
        assertFalse(ofUsers.covers(sub.certificate, root.certificate));
        Crl ofCas = scoped(new IssuingDistributionPoint(null, false, true, null, false, false));
        assertFalse(ofCas.covers(moon, root.certificate));
        assertTrue(ofCas.covers(sub.certificate, root.certificate));
    }

    @Test
    void aListOfOneDistributionPoint() throws Exception {
        Crl here =
                scoped(
                        new IssuingDistributionPoint(
                                TestCrl.name(URI), false, false, null, false, false));
        assertTrue(here.covers(sun, root.certificate));
        assertFalse(here.covers(moon, root.certificate));
        assertFalse(
                here.covers(
                        root.leaf("CN=venus", at("http://crl.test/other.crl")), root.certificate));
    }

    private Crl scoped(IssuingDistributionPoint scope) throws Exception {
        return TestCrl.of(root).extended(Extension.issuingDistributionPoint, true, scope).build();
    }

    @Test
    void whereToAsk() throws Exception {
        assertEquals(List.of(URI), Sources.crls(sun));
        assertEquals(List.of(), Sources.crls(moon));
        assertEquals(Optional.empty(), TestCrl.of(root).build().authorityKeyId());
    }

    @Test
    void noList() {
        assertThrows(BadCertificate.class, () -> Crl.parse(Bytes.utf8("<html>404</html>")));
        assertThrows(BadCertificate.class, () -> Crl.parse(Bytes.EMPTY));
    }
}
