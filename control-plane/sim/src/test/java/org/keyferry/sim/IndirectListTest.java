package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.engine.Reason;
import org.keyferry.engine.trust.CertificateTrust;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// A peer whose revocation somebody else than its CA tells (RFC 5280 §5.2.5).
class IndirectListTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final GeneralNames SIGNER =
            new GeneralNames(new GeneralName(new X500Name("CN=signer.test")));

    private final SimWorld world = SimWorld.seeded(9);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");
    private final SimCa ca = SimCa.root("CN=Root");
    private final KeyPair signersKeys = SimCa.ecdsa();
    private final SimCa.Host signer = signer(ca);
    private final SimCa.Host laptopHost = ca.host("laptop.test", SimCa.ecdsa());
    private final SimCa.Host gatewayHost =
            ca.host(
                    "gateway.test",
                    SimCa.ecdsa(),
                    Extension.cRLDistributionPoints.getId(),
                    der(
                            new CRLDistPoint(
                                    new DistributionPoint[] {
                                        new DistributionPoint(
                                                new DistributionPointName(SIGNER), null, SIGNER)
                                    })));

    IndirectListTest() throws Exception {}

    private static Bytes der(org.bouncycastle.asn1.ASN1Object value) throws Exception {
        return Bytes.of(value.getEncoded());
    }

    private SimCa.Host signer(SimCa by) throws Exception {
        return by.host(
                "signer.test",
                signersKeys,
                Extension.keyUsage.getId(),
                Bytes.of(new KeyUsage(KeyUsage.cRLSign).getEncoded()));
    }

    private Crl list(boolean revokes) throws Exception {
        var builder = new X509v2CRLBuilder(new X500Name("CN=signer.test"), Date.from(NOW));
        builder.setNextUpdate(Date.from(NOW.plus(Duration.ofDays(1))));
        builder.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(null, false, false, null, true, false));
        if (revokes) {
            var entry = new ExtensionsGenerator();
            entry.addExtension(
                    Extension.certificateIssuer,
                    true,
                    new GeneralNames(new GeneralName(new X500Name("CN=Root"))));
            builder.addCRLEntry(
                    gatewayHost.certificate().x509().getSerialNumber(),
                    Date.from(NOW),
                    entry.generate());
        }
        var by = new JcaContentSignerBuilder("SHA256withECDSA").build(signersKeys.getPrivate());
        return Crl.parse(Bytes.of(builder.build(by).getEncoded()));
    }

    /// The laptop wants to know of the gateway.
    private Optional<Reason> comesUp(Crl list, Certificate... known) {
        var office = SimConnection.between("laptop.test", "gateway.test");
        laptop.configured(
                List.of(
                        office.publicKeys(laptopHost.terms(), SimCa.revocation(Revocation.STRICT))
                                .build()),
                List.of(),
                new Credentials(
                        List.of(ca.certificate()),
                        List.of(known),
                        Map.of(laptopHost.certificate().keyId(), laptopHost::key),
                        new LoadedCrls(List.of(list))));
        gateway.configured(
                List.of(
                        office.mirrored()
                                .publicKeys(gatewayHost.terms(), PublicKeyTerms.NONE)
                                .build()),
                List.of(),
                SimCa.credentials(gatewayHost, ca.certificate()));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofMinutes(5));
        return laptop.outcome(request).orElseThrow();
    }

    private void assertRefused(String why, Optional<Reason> outcome) {
        String text = outcome.orElseThrow().toString();
        assertTrue(text.contains(why), text);
    }

    @Test
    void tellsThatItIsGood() throws Exception {
        assertEquals(
                Optional.empty(),
                comesUp(list(false), laptopHost.certificate(), signer.certificate()));
    }

    @Test
    void tellsThatItIsRevoked() throws Exception {
        assertRefused(
                "is revoked", comesUp(list(true), laptopHost.certificate(), signer.certificate()));
    }

    /// A peer that is revoked brings certificates in the name of who tells that.
    @Test
    void whatThePeerBringsDoesNotTakeTheSignersPlace() throws Exception {
        var chain = new ArrayList<>(List.of(gatewayHost.certificate().der()));
        for (int i = 0; i < 4; i++) {
            chain.add(SimCa.root("CN=signer.test").certificate().der());
        }
        var judged =
                CertificateTrust.judge(
                        chain,
                        Identification.parse("gateway.test"),
                        PublicKeyTerms.NONE,
                        new Credentials(
                                List.of(ca.certificate()),
                                List.of(signer.certificate()),
                                Map.of(),
                                new LoadedCrls(List.of(list(true)))),
                        NOW,
                        new ArrayList<>());
        assertTrue(judged.wrong().orElse("").contains("is revoked"), judged.toString());
    }

    @Test
    void tellsNothingWithoutTheSignersCertificate() throws Exception {
        assertRefused("was revoked is not known", comesUp(list(false), laptopHost.certificate()));
    }

    @Test
    void tellsNothingUnderAnotherAnchor() throws Exception {
        SimCa other = SimCa.root("CN=Other");
        assertRefused(
                "was revoked is not known",
                comesUp(
                        list(false),
                        laptopHost.certificate(),
                        signer(other).certificate(),
                        other.certificate()));
    }
}
