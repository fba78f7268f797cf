package org.keyferry.daemon.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.ListSigners;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.crypto.revocation.OcspQuestion;
import org.keyferry.daemon.log.Log;
import org.keyferry.settings.RevocationConf;
import org.keyferry.wire.Bytes;

/// In what order places are asked, and what is made of their answers. Servers are a map from URI to
/// content.
class AskingTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final X500Principal ROOT = new X500Principal("CN=root");
    private static final String HERE = "http://crl.test/here.crl";
    private static final String THERE = "http://crl.test/there.crl";
    private static final String RESPONDER = "http://ocsp.test/";

    @TempDir Path directory;
    private final Map<String, Bytes> served = new HashMap<>();
    private final List<String> fetched = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private KeyPair keys;
    private Certificate root;
    private Certificate moon;
    private boolean ocspWorks;
    private RevocationConf conf =
            new RevocationConf(true, true, Duration.ofSeconds(10), false, 32, 5);
    private Places places = new Places(Map.of());
    private RevocationService service;

    @BeforeEach
    void prepare() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        keys = generator.generateKeyPair();
        root = certificate(ROOT, 1, true);
        moon = certificate(new X500Principal("CN=moon"), 2, false);
        service = new RevocationService(() -> conf, this::fetch, directory, new Log());
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Certificate certificate(X500Principal subject, int serial, boolean ca)
            throws Exception {
        var points = new DistributionPoint[] {point(HERE), point(THERE)};
        return certificate(subject, serial, ca ? null : points);
    }

    /// @param points null for a CA
    private Certificate certificate(X500Principal subject, int serial, DistributionPoint[] points)
            throws Exception {
        var builder =
                new JcaX509v3CertificateBuilder(
                        ROOT,
                        BigInteger.valueOf(serial),
                        Date.from(NOW.minus(Duration.ofDays(1))),
                        Date.from(NOW.plus(Duration.ofDays(100))),
                        subject,
                        keys.getPublic());
        builder.addExtension(
                Extension.basicConstraints, true, new BasicConstraints(points == null));
        if (points != null) {
            builder.addExtension(Extension.cRLDistributionPoints, false, new CRLDistPoint(points));
        }
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return Certificate.parse(Bytes.of(builder.build(signer).getEncoded()));
    }

    private static DistributionPoint point(String uri) {
        var name = new GeneralName(GeneralName.uniformResourceIdentifier, uri);
        return new DistributionPoint(new DistributionPointName(new GeneralNames(name)), null, null);
    }

    private Bytes list(Duration sinceNow, int... serials) throws Exception {
        var builder = new JcaX509v2CRLBuilder(ROOT, Date.from(NOW.plus(sinceNow)));
        builder.setNextUpdate(Date.from(NOW.plus(sinceNow).plus(Duration.ofHours(1))));
        for (int serial : serials) {
            builder.addCRLEntry(BigInteger.valueOf(serial), Date.from(NOW), 1);
        }
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return Bytes.of(builder.build(signer).getEncoded());
    }

    /// When the responder made what it says.
    private Instant answered = NOW;

    private Bytes fetch(Fetcher.Request request) throws FetchFailed {
        fetched.add(request.uri());
        if (request.question().isPresent() && ocspWorks) {
            return answer(request.question().get().content());
        }
        Bytes content = served.get(request.uri());
        if (content == null) {
            throw new FetchFailed("HTTP status 404");
        }
        return content;
    }

    private Bytes answer(Bytes question) {
        return answer(question, answered, CertificateStatus.GOOD);
    }

    private Bytes answer(Bytes question, Instant from, CertificateStatus status) {
        return answer(question, from, Duration.ofHours(1), status);
    }

    private Bytes answer(
            Bytes question, Instant from, Duration lifetime, CertificateStatus status) {
        try {
            var request = new OCSPReq(question.toArray());
            var builder =
                    new BasicOCSPRespBuilder(
                            new RespID(
                                    org.bouncycastle.asn1.x500.X500Name.getInstance(
                                            ROOT.getEncoded())));
            builder.addResponse(
                    request.getRequestList()[0].getCertID(),
                    status,
                    Date.from(from),
                    Date.from(from.plus(lifetime)),
                    null);
            var basic =
                    builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()),
                            null,
                            Date.from(NOW));
            return Bytes.of(
                    new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Status ask() {
        return ask(NOW);
    }

    private Status ask(Instant at) {
        return new AskedRevocations(service, new LoadedCrls(List.of()), places, List.of())
                .begin(at, notes::add)
                .of(moon, root);
    }

    private void authority(List<String> crls, List<String> responders) {
        places = new Places(Map.of(root.keyInfo(), new Places.OfAuthority(crls, responders)));
    }

    @Test
    void eachPlaceInTurnUntilOneAnswers() throws Exception {
        served.put(THERE, list(Duration.ZERO));
        assertEquals(new Status.Good(), ask());
        assertEquals(List.of(HERE, THERE), fetched);
        assertTrue(
                notes.contains("crl from %s is not usable: HTTP status 404".formatted(HERE)),
                notes.toString());
    }

    @Test
    void aListIsFetchedOnceAndAgainWhenItIsOld() throws Exception {
        served.put(HERE, list(Duration.ZERO));
        assertEquals(new Status.Good(), ask());
        assertEquals(new Status.Good(), ask());
        assertEquals(List.of(HERE), fetched);
        served.put(HERE, list(Duration.ofHours(1), 2));
        assertInstanceOf(Status.Revoked.class, ask(NOW.plus(Duration.ofHours(1))));
        service.flushLists();
        served.put(HERE, list(Duration.ZERO));
        assertEquals(new Status.Good(), ask());
        assertEquals(List.of(HERE, HERE, HERE), fetched);
    }

    @Test
    void aListThatIsStaleOrForgedIsPassedOver() throws Exception {
        served.put(HERE, list(Duration.ofHours(-2)));
        served.put(THERE, Bytes.utf8("<html>"));
        String why = assertInstanceOf(Status.Unknown.class, ask()).detail();
        assertTrue(why.contains("crl is stale: since 2026-11-24T11:00:00Z"), why);
        assertTrue(why.contains(THERE + " is not usable: not a CRL"), why);
        KeyPair own = keys;
        keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        Bytes forged = list(Duration.ZERO);
        keys = own;
        served.put(HERE, forged);
        service.flushLists();
        why = assertInstanceOf(Status.Unknown.class, ask()).detail();
        assertTrue(why.contains("it is not signed by 'CN=root'"), why);
    }

    @Test
    void ocspGoesBeforeListsAndTheAuthorityBeforeTheCertificate() throws Exception {
        String own = "http://crl.test/authority.crl";
        authority(List.of(own), List.of(RESPONDER));
        ocspWorks = true;
        assertEquals(new Status.Good(), ask());
        assertEquals(new Status.Good(), ask());
        assertEquals(List.of(RESPONDER), fetched, "the second answer is the first one");
        ocspWorks = false;
        service.flushAnswers();
        served.put(own, list(Duration.ZERO, 2));
        assertInstanceOf(Status.Revoked.class, ask());
        assertEquals(List.of(RESPONDER, RESPONDER, own), fetched);
    }

    @Test
    void whatIsSwitchedOffIsNotAsked() throws Exception {
        authority(List.of(), List.of(RESPONDER));
        conf = new RevocationConf(false, false, Duration.ofSeconds(10), false, 32, 5);
        assertEquals(new Status.NoSource(), ask());
        assertEquals(List.of(), fetched);
        conf = new RevocationConf(false, true, Duration.ofSeconds(10), false, 32, 5);
        served.put(HERE, list(Duration.ZERO));
        assertEquals(new Status.Good(), ask());
        assertEquals(List.of(HERE), fetched);
    }

    @Test
    void aListIsKeptUnderItsSignersName() throws Exception {
        conf = new RevocationConf(true, true, Duration.ofSeconds(10), true, 32, 5);
        served.put(HERE, list(Duration.ZERO));
        assertEquals(new Status.Good(), ask());
        Path file = directory.resolve("x509crl").resolve(root.keyId().hex() + ".crl");
        assertEquals(served.get(HERE), Bytes.of(Files.readAllBytes(file)));
        try (var files = Files.list(file.getParent())) {
            assertEquals(1, files.count());
        }
    }

    private Status ask(Bytes... stapled) {
        return new AskedRevocations(service, new LoadedCrls(List.of()), places, List.of())
                .begin(NOW, List.of(stapled), notes::add)
                .of(moon, root);
    }

    private Bytes brought(Duration sinceNow, CertificateStatus status) {
        return answer(
                new OcspQuestion(moon, root, Bytes.EMPTY).encode(), NOW.plus(sinceNow), status);
    }

    @Test
    void whatThePeerBringsSavesTheQuestion() {
        authority(List.of(), List.of(RESPONDER));
        ocspWorks = true;
        assertEquals(
                new Status.Good(), ask(brought(Duration.ofMinutes(-5), CertificateStatus.GOOD)));
        assertEquals(List.of(), fetched);
        assertTrue(notes.toString().contains("using ocsp response of the peer"), notes.toString());
        assertEquals(new Status.Good(), ask(), "it is kept like one that was fetched");
        assertEquals(List.of(), fetched);
    }

    @Test
    void whereThePeersIsOfNoUseTheResponderIsAsked() {
        authority(List.of(), List.of(RESPONDER));
        ocspWorks = true;
        assertEquals(new Status.Good(), ask(Bytes.utf8("?")));
        assertEquals(List.of(RESPONDER), fetched);
    }

    /// An old good answer does not hide what is known by now.
    @Test
    void theNewestCounts() {
        authority(List.of(), List.of(RESPONDER));
        var revoked = new RevokedStatus(Date.from(NOW), 1);
        ask(brought(Duration.ofMinutes(-5), revoked));
        assertInstanceOf(
                Status.Revoked.class,
                ask(brought(Duration.ofMinutes(-10), CertificateStatus.GOOD)));
        assertEquals(
                new Status.Good(), ask(brought(Duration.ofMinutes(-1), CertificateStatus.GOOD)));
    }

    /// Whom a responder revoked an hour ago shows what it said before, which has not ended yet.
    @Test
    void whatWasKnownIsNotForgottenWhenItEnds() {
        ask(brought(Duration.ofMinutes(-30), new RevokedStatus(Date.from(NOW), 1)));
        Instant later = NOW.plus(Duration.ofMinutes(31));
        Status status =
                new AskedRevocations(service, new LoadedCrls(List.of()), places, List.of())
                        .begin(
                                later,
                                List.of(brought(Duration.ofMinutes(-28), CertificateStatus.GOOD)),
                                notes::add)
                        .of(moon, root);
        assertEquals(new Status.Good(), status, "a newer one clears");
        service.flushAnswers();
        ask(brought(Duration.ofMinutes(-30), new RevokedStatus(Date.from(NOW), 1)));
        Bytes old =
                answer(
                        new OcspQuestion(moon, root, Bytes.EMPTY).encode(),
                        NOW.minus(Duration.ofMinutes(40)),
                        Duration.ofHours(8),
                        CertificateStatus.GOOD);
        assertInstanceOf(
                Status.Unknown.class,
                new AskedRevocations(service, new LoadedCrls(List.of()), places, List.of())
                        .begin(later, List.of(old), notes::add)
                        .of(moon, root));
    }

    @Test
    void aResponderThatDoesNotKnowTakesNothingBack() {
        ask(brought(Duration.ofMinutes(-5), new RevokedStatus(Date.from(NOW), 1)));
        assertInstanceOf(
                Status.Revoked.class, ask(brought(Duration.ofMinutes(-1), new UnknownStatus())));
    }

    /// The peer shows what was so before the list was made.
    @Test
    void anOldAnswerDoesNotHideANewerList() throws Exception {
        var lists = new LoadedCrls(List.of(Crl.parse(list(Duration.ofMinutes(-10), 2))));
        Bytes before = brought(Duration.ofMinutes(-20), CertificateStatus.GOOD);
        Bytes after = brought(Duration.ofMinutes(-5), CertificateStatus.GOOD);
        var facts = new AskedRevocations(service, lists, places, List.of());
        for (int time = 0; time < 2; time++) {
            assertInstanceOf(
                    Status.Revoked.class,
                    facts.begin(NOW, List.of(before), notes::add).of(moon, root));
        }
        assertTrue(notes.toString().contains("is newer and revokes"), notes.toString());
        assertEquals(
                new Status.Good(), facts.begin(NOW, List.of(after), notes::add).of(moon, root));
    }

    /// The responder does not know yet.
    @Test
    void whatAResponderSaysDoesNotHideANewerListEither() throws Exception {
        authority(List.of(), List.of(RESPONDER));
        ocspWorks = true;
        var lists = new LoadedCrls(List.of(Crl.parse(list(Duration.ofMinutes(-10), 2))));
        var facts = new AskedRevocations(service, lists, places, List.of());
        answered = NOW.minus(Duration.ofMinutes(20));
        assertInstanceOf(Status.Revoked.class, facts.begin(NOW, notes::add).of(moon, root));
        assertEquals(List.of(RESPONDER), fetched);
        service.flushAnswers();
        answered = NOW.minus(Duration.ofMinutes(5));
        assertEquals(new Status.Good(), facts.begin(NOW, notes::add).of(moon, root));
    }

    @Test
    void withoutOcspThePeersDoesNotCountEither() {
        conf = new RevocationConf(false, true, Duration.ofSeconds(10), false, 32, 5);
        var revoked = new RevokedStatus(Date.from(NOW), 1);
        assertFalse(ask(brought(Duration.ofMinutes(-5), revoked)) instanceof Status.Revoked);
    }

    private static final X500Principal SIGNER = new X500Principal("CN=signer");

    /// By the signer, empty.
    private Bytes indirectList() throws Exception {
        var builder = new JcaX509v2CRLBuilder(SIGNER, Date.from(NOW));
        builder.setNextUpdate(Date.from(NOW.plus(Duration.ofHours(1))));
        builder.addExtension(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(null, false, false, null, true, false));
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return Bytes.of(builder.build(signer).getEncoded());
    }

    private Status askAbout(Certificate subject, ListSigners signers) {
        return new AskedRevocations(service, new LoadedCrls(List.of()), places, List.of())
                .begin(NOW, notes::add)
                .of(subject, root, signers);
    }

    @Test
    void aListOfSomebodyWhomTheCertificateNames() throws Exception {
        conf = new RevocationConf(true, true, Duration.ofSeconds(10), true, 32, 5);
        Certificate signer = certificate(SIGNER, 3, false);
        var name = new GeneralNames(new GeneralName(X500Name.getInstance(SIGNER.getEncoded())));
        var point = new DistributionPoint(point(HERE).getDistributionPoint(), null, name);
        Certificate sun =
                certificate(new X500Principal("CN=sun"), 4, new DistributionPoint[] {point});
        served.put(HERE, indirectList());
        assertInstanceOf(Status.Unknown.class, askAbout(sun, ListSigners.NONE));
        assertTrue(notes.toString().contains("it is not signed by 'CN=signer'"), notes.toString());
        assertInstanceOf(Status.Unknown.class, askAbout(moon, _ -> List.of(signer)));
        assertTrue(
                notes.toString()
                        .contains("it is of 'CN=signer', whom the certificate does not name"),
                notes.toString());
        assertEquals(new Status.Good(), askAbout(sun, _ -> List.of(signer)));
        fetched.clear();
        assertEquals(new Status.Good(), askAbout(sun, _ -> List.of(signer)));
        assertEquals(List.of(), fetched, "it is kept");
        assertInstanceOf(Status.Unknown.class, askAbout(sun, ListSigners.NONE));
    }
}
