package org.keyferry.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;

class PathFinderTest {
    private static final String POLICY = "1.3.6.1.4.1.36906.1.1.1";

    @Test
    void aPathLeadsFromACertificateOverItsCaToTheRoot() throws Exception {
        var root = TestCa.root("CN=root");
        var sub = root.sub("CN=sub", -1);
        var leaf = sub.leaf("CN=moon");
        var path = trusted(leaf, List.of(sub.certificate), root);
        assertEquals(List.of(leaf, sub.certificate, root.certificate), path.chain());
        assertEquals(root.certificate, path.anchor());
    }

    @Test
    void aMissingIssuerIsNamed() throws Exception {
        var root = TestCa.root("CN=root");
        var leaf = root.sub("CN=sub", -1).leaf("CN=moon");
        assertEquals(
                "no issuer certificate found for 'CN=moon', issuer is 'CN=sub'",
                refused(leaf, List.of(), root));
    }

    @Test
    void aForgedSignatureIsRefused() throws Exception {
        var root = TestCa.root("CN=root");
        var impostor = TestCa.root("CN=root");
        assertTrue(refused(impostor.leaf("CN=moon"), List.of(), root).contains("signature"));
    }

    @Test
    void anExpiredCertificateIsRefusedWithItsDates() throws Exception {
        var root = TestCa.root("CN=root");
        assertTrue(
                refused(root.expired("CN=moon"), List.of(), root)
                        .startsWith("certificate 'CN=moon' is not valid now (valid from 2026-11-"));
    }

    @Test
    void theRootLimitsThePathToo() throws Exception {
        var root = TestCa.root("CN=root", 0);
        var sub = root.sub("CN=sub", -1);
        assertEquals(
                "path length of 1 violates constraint of 0 of 'CN=root'",
                refused(sub.leaf("CN=moon"), List.of(sub.certificate), root));
        assertEquals(2, trusted(root.leaf("CN=sun"), List.of(), root).chain().size());
    }

    @Test
    void anExpiredRootIsRefused() throws Exception {
        var root = TestCa.root("CN=root");
        var leaf = root.leaf("CN=moon");
        var result =
                PathFinder.find(
                        leaf,
                        List.of(),
                        List.of(root.certificate),
                        Set.of(),
                        PathRules.DEFAULT,
                        NOW.plus(400, ChronoUnit.DAYS));
        assertInstanceOf(PathFinder.Result.Refused.class, result);
    }

    @Test
    void aCertificateThatIsNoCaIssuesNothing() throws Exception {
        var root = TestCa.root("CN=root");
        var moon = root.sub("CN=moon", _ -> {});
        assertEquals(
                "'CN=moon' is no CA certificate",
                refused(moon.leaf("CN=evil"), List.of(moon.certificate), root));
    }

    @Test
    void thePathLengthOfACaHolds() throws Exception {
        var root = TestCa.root("CN=root");
        var first = root.sub("CN=first", 0);
        var second = first.sub("CN=second", -1);
        var leaf = second.leaf("CN=moon");
        assertTrue(
                refused(leaf, List.of(first.certificate, second.certificate), root)
                        .contains("path"));
        trusted(first.leaf("CN=sun"), List.of(first.certificate), root);
    }

    @Test
    void aCaWithoutTheRightKeyUsageIsRefused() throws Exception {
        var root = TestCa.root("CN=root");
        var sub =
                root.sub(
                        "CN=sub",
                        builder -> {
                            builder.addExtension(
                                    Extension.basicConstraints,
                                    true,
                                    new org.bouncycastle.asn1.x509.BasicConstraints(true));
                            builder.addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.cRLSign));
                        });
        assertTrue(
                refused(sub.leaf("CN=moon"), List.of(sub.certificate), root)
                        .contains("keyCertSign"));
    }

    @Test
    void nameConstraintsHold() throws Exception {
        var root = TestCa.root("CN=root");
        var permitted =
                new GeneralSubtree(new GeneralName(GeneralName.dNSName, "strongswan.example"));
        var sub =
                root.sub(
                        "CN=sub",
                        TestCa.both(
                                TestCa.ca(-1),
                                builder ->
                                        builder.addExtension(
                                                Extension.nameConstraints,
                                                true,
                                                new NameConstraints(
                                                        new GeneralSubtree[] {permitted}, null))));
        trusted(sub.leaf("CN=a", dns("a.strongswan.example")), List.of(sub.certificate), root);
        String why =
                refused(sub.leaf("CN=b", dns("b.example.net")), List.of(sub.certificate), root);
        assertTrue(why.contains("name constraints"), why);
    }

    @Test
    void policiesMustRunThroughThePath() throws Exception {
        var root = TestCa.root("CN=root");
        var with = root.sub("CN=with", TestCa.both(TestCa.ca(-1), policy()));
        var without = root.sub("CN=without", -1);
        var good = with.leaf("CN=good", policy());
        var bad = without.leaf("CN=bad", policy());
        var demand = Set.of(POLICY);
        assertInstanceOf(
                PathFinder.Result.Trusted.class,
                PathFinder.find(
                        good,
                        List.of(with.certificate),
                        List.of(root.certificate),
                        demand,
                        PathRules.DEFAULT,
                        NOW));
        assertInstanceOf(
                PathFinder.Result.Refused.class,
                PathFinder.find(
                        bad,
                        List.of(without.certificate),
                        List.of(root.certificate),
                        demand,
                        PathRules.DEFAULT,
                        NOW));
    }

    @Test
    void anUnknownCriticalExtensionIsRefused() throws Exception {
        var root = TestCa.root("CN=root");
        var leaf =
                root.leaf(
                        "CN=moon",
                        builder ->
                                builder.addExtension(
                                        new ASN1ObjectIdentifier("1.2.3.4.5"),
                                        true,
                                        DERNull.INSTANCE));
        String why = refused(leaf, List.of(), root);
        assertTrue(why.contains("critical"), why);
    }

    @Test
    void aLoopOfCasEnds() throws Exception {
        var root = TestCa.root("CN=root");
        var other = TestCa.root("CN=other");
        var a = other.sub("CN=loop", -1);
        var leaf = a.leaf("CN=moon");
        var crossed = new ArrayList<Certificate>();
        crossed.add(a.certificate);
        crossed.add(a.sub("CN=other", -1).certificate);
        assertTrue(refused(leaf, crossed, root).startsWith("no issuer certificate found"));
    }

    private static TestCa.Extras dns(String name) {
        return builder ->
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    }

    private static TestCa.Extras policy() {
        return builder ->
                builder.addExtension(
                        Extension.certificatePolicies,
                        false,
                        new CertificatePolicies(
                                new PolicyInformation(new ASN1ObjectIdentifier(POLICY))));
    }

    private static TrustPath trusted(Certificate leaf, List<Certificate> others, TestCa root) {
        return switch (find(leaf, others, root)) {
            case PathFinder.Result.Trusted(TrustPath path) -> path;
            case PathFinder.Result.Refused(_, String reason) -> throw new AssertionError(reason);
        };
    }

    private static String refused(Certificate leaf, List<Certificate> others, TestCa root) {
        return switch (find(leaf, others, root)) {
            case PathFinder.Result.Trusted(TrustPath path) ->
                    throw new AssertionError("trusted " + path);
            case PathFinder.Result.Refused(_, String reason) -> reason;
        };
    }

    private static PathFinder.Result find(Certificate leaf, List<Certificate> others, TestCa root) {
        return PathFinder.find(
                leaf, others, List.of(root.certificate), Set.of(), PathRules.DEFAULT, NOW);
    }
}
