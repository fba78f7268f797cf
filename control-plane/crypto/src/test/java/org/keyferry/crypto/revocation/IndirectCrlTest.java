package org.keyferry.crypto.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.PathRules;
import org.keyferry.crypto.cert.Revocations.Inquiry;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TestCa;

/// Lists that somebody signs in place of the CA (RFC 5280 §5.2.5, §5.3.3, §6.3.3). The JDK judges
/// the same, where it can.
class IndirectCrlTest {
    private static final String SIGNER = "CN=signer";

    private final TestCa root = TestCa.root("CN=root");
    private final TestCa signer = root.sub(SIGNER, signing(KeyUsage.cRLSign));
    private Crl ofSigners = ofSigners().build();
    private final Certificate moon = root.leaf("CN=moon", at(SIGNER));
    private final Certificate sun = root.leaf("CN=sun", at(SIGNER));
    private final List<String> notes = new ArrayList<>();

    IndirectCrlTest() throws Exception {}

    private enum Verdict {
        GOOD,
        REVOKED,
        UNKNOWN
    }

    /// About those who sign lists, and nobody else: the JDK wants to know of them, too.
    private TestCrl ofSigners() throws Exception {
        return list(root, scope(place("CN=signers"), false));
    }

    private static TestCa.Extras signing(int usage) {
        var names =
                new GeneralName[] {
                    new GeneralName(new X500Name("CN=root")),
                    new GeneralName(new X500Name("CN=signers"))
                };
        var place = new DistributionPointName(new GeneralNames(names));
        return TestCa.both(at(place, null), using(usage));
    }

    private static TestCa.Extras using(int usage) {
        return b -> {
            b.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            b.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        };
    }

    private static GeneralNames named(String name) {
        return new GeneralNames(new GeneralName(new X500Name(name)));
    }

    private static DistributionPointName place(String name) {
        return new DistributionPointName(named(name));
    }

    /// A distribution point that names the issuer of the list.
    private static TestCa.Extras at(String issuer) {
        return at(place(issuer), issuer);
    }

    private static TestCa.Extras at(DistributionPointName place, String issuer) {
        var point = new DistributionPoint(place, null, issuer == null ? null : named(issuer));
        return b ->
                b.addExtension(
                        Extension.cRLDistributionPoints,
                        false,
                        new CRLDistPoint(new DistributionPoint[] {point}));
    }

    private static IssuingDistributionPoint scope(DistributionPointName place, boolean indirect) {
        return new IssuingDistributionPoint(place, false, false, null, indirect, false);
    }

    private static TestCrl list(TestCa by, IssuingDistributionPoint scope) throws Exception {
        return TestCrl.of(by).number(1).extended(Extension.issuingDistributionPoint, true, scope);
    }

    private static TestCrl list(TestCa by) throws Exception {
        return list(by, scope(null, true));
    }

    private Verdict ours(
            Certificate subject, TestCa issuer, List<Certificate> known, Crl... lists) {
        Inquiry inquiry =
                new LoadedCrls(List.of(lists)).with(List.of(ofSigners)).begin(NOW, notes::add);
        var signers =
                new TrustedSigners(
                        known,
                        root.certificate,
                        new PathRules(true, true, 10),
                        NOW,
                        inquiry,
                        notes::add);
        return switch (inquiry.of(subject, issuer.certificate, signers)) {
            case Status.Good() -> Verdict.GOOD;
            case Status.Revoked _ -> Verdict.REVOKED;
            case Status.Unknown _, Status.NoSource() -> Verdict.UNKNOWN;
        };
    }

    /// Of a subject right under the root.
    private Verdict theirs(Certificate subject, List<Certificate> known, Crl... lists)
            throws Exception {
        var factory = CertificateFactory.getInstance("X.509");
        Collection<Object> store = new ArrayList<>();
        known.forEach(c -> store.add(c.x509()));
        var all = new ArrayList<>(List.of(lists));
        all.add(ofSigners);
        for (Crl list : all) {
            store.add(
                    (X509CRL)
                            factory.generateCRL(
                                    new java.io.ByteArrayInputStream(list.der().toArray())));
        }
        var validator = CertPathValidator.getInstance("PKIX");
        var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOptions(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(root.certificate.x509(), null)));
        parameters.setDate(Date.from(NOW));
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(store)));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(factory.generateCertPath(List.of(subject.x509())), parameters);
            return Verdict.GOOD;
        } catch (CertPathValidatorException e) {
            return switch (e.getReason()) {
                case BasicReason.REVOKED -> Verdict.REVOKED;
                case BasicReason.UNDETERMINED_REVOCATION_STATUS -> Verdict.UNKNOWN;
                default -> throw e;
            };
        }
    }

    private void both(Verdict expected, Certificate subject, List<Certificate> known, Crl... lists)
            throws Exception {
        assertEquals(expected, ours(subject, root, known, lists), notes.toString());
        assertEquals(expected, theirs(subject, known, lists), "the JDK");
    }

    private void both(Verdict expected, Certificate subject, Crl... lists) throws Exception {
        both(expected, subject, List.of(signer.certificate, root.certificate), lists);
    }

    @Test
    void somebodyElsesListTells() throws Exception {
        Crl list = list(signer).revoking(root, moon).build();
        both(Verdict.REVOKED, moon, list);
        both(Verdict.GOOD, sun, list);
    }

    /// An entry that does not say whose certificate it means, means what the one before means, and
    /// the first one the list's issuer.
    @Test
    void anEntryMeansWhomTheOneBeforeMeans() throws Exception {
        TestCa other = TestCa.root("CN=other");
        both(Verdict.REVOKED, moon, list(signer).revoking(root, sun).revoking(moon, 1).build());
        both(Verdict.GOOD, moon, list(signer).revoking(moon, 1).build());
        both(Verdict.GOOD, moon, list(signer).revoking(other, moon).build());
        both(Verdict.GOOD, moon, list(signer).revoking(other, sun).revoking(moon, 1).build());
    }

    @Test
    void theCasOwnListMayBeAboutOthersToo() throws Exception {
        Certificate plain = root.leaf("CN=plain");
        TestCa other = TestCa.root("CN=other");
        both(Verdict.REVOKED, plain, list(root).revoking(plain, 1).build());
        both(Verdict.GOOD, plain, list(root).revoking(other, plain).build());
    }

    @Test
    void aRootMaySignForTheCasBelow() throws Exception {
        TestCa sub = root.sub("CN=sub", -1);
        Certificate below = sub.leaf("CN=below", at("CN=root"));
        Crl list = list(root).revoking(sub, below).build();
        var known = List.of(root.certificate);
        assertEquals(Verdict.REVOKED, ours(below, sub, known, list));
        assertEquals(Verdict.GOOD, ours(sub.leaf("CN=beside", at("CN=root")), sub, known, list));
    }

    @Test
    void whomTheCertificateDoesNotName() throws Exception {
        Crl list = list(signer).build();
        both(Verdict.UNKNOWN, root.leaf("CN=a", at("CN=somebody")), list);
        both(Verdict.UNKNOWN, root.leaf("CN=b", at(place(SIGNER), null)), list);
        assertEquals(
                Verdict.UNKNOWN, ours(root.leaf("CN=c"), root, List.of(signer.certificate), list));
    }

    @Test
    void aListThatDoesNotSayThatItIsIndirect() throws Exception {
        both(Verdict.UNKNOWN, moon, list(signer, scope(null, false)).build());
        both(Verdict.UNKNOWN, moon, TestCrl.of(signer).number(1).build());
    }

    @Test
    void theListsPlaceIsOneOfTheCertificates() throws Exception {
        both(Verdict.GOOD, moon, list(signer, scope(place(SIGNER), true)).build());
        both(Verdict.UNKNOWN, moon, list(signer, scope(place("CN=elsewhere"), true)).build());
    }

    /// Then the name of the list's issuer is its place; the JDK does not look for such a list.
    @Test
    void aPointWithoutAPlace() throws Exception {
        Certificate subject = root.leaf("CN=c", at(null, SIGNER));
        var known = List.of(signer.certificate);
        assertEquals(
                Verdict.GOOD,
                ours(subject, root, known, list(signer, scope(place(SIGNER), true)).build()));
        assertEquals(
                Verdict.UNKNOWN,
                ours(subject, root, known, list(signer, scope(place("CN=x"), true)).build()));
    }

    @Test
    void onlyForCasOrSomeReasonsOrAttributes() throws Exception {
        both(
                Verdict.UNKNOWN,
                moon,
                list(signer, new IssuingDistributionPoint(null, false, true, null, true, false))
                        .build());
        both(
                Verdict.UNKNOWN,
                moon,
                list(
                                signer,
                                new IssuingDistributionPoint(
                                        null,
                                        false,
                                        false,
                                        new ReasonFlags(ReasonFlags.keyCompromise),
                                        true,
                                        false))
                        .build());
        both(
                Verdict.UNKNOWN,
                moon,
                list(signer, new IssuingDistributionPoint(null, false, false, null, true, true))
                        .build());
    }

    @Test
    void aSignerWhoseCertificateIsNotThere() throws Exception {
        both(Verdict.UNKNOWN, moon, List.of(root.certificate), list(signer).build());
    }

    @Test
    void aSignerUnderAnotherAnchor() throws Exception {
        TestCa other = TestCa.root("CN=other");
        TestCa theirs = other.sub(SIGNER, signing(KeyUsage.cRLSign));
        both(
                Verdict.UNKNOWN,
                moon,
                List.of(theirs.certificate, other.certificate),
                list(theirs).build());
        assertTrue(notes.toString().contains("may not sign crls for others"), notes.toString());
    }

    @Test
    void aSignerWithoutTheKeyUsage() throws Exception {
        TestCa wrong = root.sub(SIGNER, signing(KeyUsage.digitalSignature));
        both(Verdict.UNKNOWN, moon, List.of(wrong.certificate), list(wrong).build());
        assertTrue(notes.toString().contains("its key usage is not cRLSign"), notes.toString());
        TestCa bare = root.sub(SIGNER, _ -> {});
        assertEquals(
                Verdict.UNKNOWN, ours(moon, root, List.of(bare.certificate), list(bare).build()));
    }

    @Test
    void aSignerWhoseCertificateIsExpired() throws Exception {
        TestCa old =
                root.sub(
                        SIGNER,
                        signing(KeyUsage.cRLSign),
                        NOW.minusSeconds(2_000_000),
                        NOW.minusSeconds(1_000_000));
        both(Verdict.UNKNOWN, moon, List.of(old.certificate), list(old).build());
    }

    @Test
    void aListWithAnotherKeyThanTheSigners() throws Exception {
        TestCa impostor = root.sub("CN=impostor", signing(KeyUsage.cRLSign));
        both(Verdict.UNKNOWN, moon, list(signer).signedBy(impostor));
    }

    @Test
    void aSignerThatWasRevoked() throws Exception {
        both(Verdict.GOOD, moon, list(signer).build());
        ofSigners = ofSigners().revoking(signer.certificate, 1).build();
        both(Verdict.UNKNOWN, moon, list(signer).build());
        assertTrue(notes.toString().contains("is revoked"), notes.toString());
    }

    @Test
    void aDeltaOfTheSameSigner() throws Exception {
        Crl base = list(signer).build();
        Crl delta =
                TestCrl.of(signer)
                        .number(2)
                        .deltaTo(1)
                        .extended(Extension.issuingDistributionPoint, true, scope(null, true))
                        .revoking(root, moon)
                        .build();
        assertEquals(Verdict.REVOKED, ours(moon, root, List.of(signer.certificate), base, delta));
        assertEquals(Verdict.GOOD, ours(sun, root, List.of(signer.certificate), base, delta));
        TestCa impostor = root.sub("CN=impostor", signing(KeyUsage.cRLSign));
        Crl forged =
                TestCrl.of(signer)
                        .number(2)
                        .deltaTo(1)
                        .extended(Extension.issuingDistributionPoint, true, scope(null, true))
                        .revoking(root, moon)
                        .signedBy(impostor);
        assertEquals(Verdict.GOOD, ours(moon, root, List.of(signer.certificate), base, forged));
    }

    @Test
    void aStaleOneClearsNobody() throws Exception {
        Crl list =
                TestCrl.stale(signer)
                        .extended(Extension.issuingDistributionPoint, true, scope(null, true))
                        .revoking(root, moon)
                        .build();
        var known = List.of(signer.certificate);
        assertEquals(Verdict.REVOKED, ours(moon, root, known, list));
        assertEquals(Verdict.UNKNOWN, ours(sun, root, known, list));
    }
}
