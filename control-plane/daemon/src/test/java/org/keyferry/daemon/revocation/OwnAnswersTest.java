package org.keyferry.daemon.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.daemon.log.Log;
import org.keyferry.settings.RevocationConf;
import org.keyferry.wire.Bytes;

/// Answers about our own certificate, for peers that ask for them.
class OwnAnswersTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration LIFE = Duration.ofHours(4);
    private static final String FIRST = "http://first.test/";
    private static final String SECOND = "http://second.test/";

    @TempDir Path directory;
    private final KeyPair caKeys = keys();
    private final KeyPair otherKeys = keys();
    private final Certificate root = certificate("CN=root", caKeys, "CN=root", caKeys, 1);
    private final Certificate moon = certificate("CN=moon", keys(), "CN=root", caKeys, 2);
    private final Certificate other = certificate("CN=other", otherKeys, "CN=other", otherKeys, 3);
    private final LinkedBlockingQueue<String> fetched = new LinkedBlockingQueue<>();
    private final List<String> notes = new ArrayList<>();
    private volatile CertificateStatus status = CertificateStatus.GOOD;
    private volatile Instant from = NOW;
    private volatile boolean firstWorks = true;
    private volatile boolean byOther;
    private volatile boolean sawNonce;
    private RevocationConf conf =
            new RevocationConf(true, true, Duration.ofSeconds(10), false, 32, 5);
    private RevocationService service;

    OwnAnswersTest() throws Exception {}

    @AfterEach
    void close() {
        service.close();
    }

    private static KeyPair keys() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static Certificate certificate(
            String subject, KeyPair keys, String issuer, KeyPair issuerKeys, int serial)
            throws Exception {
        var builder =
                new JcaX509v3CertificateBuilder(
                        new X500Principal(issuer),
                        BigInteger.valueOf(serial),
                        Date.from(NOW.minus(Duration.ofDays(1))),
                        Date.from(NOW.plus(Duration.ofDays(100))),
                        new X500Principal(subject),
                        keys.getPublic());
        builder.addExtension(
                Extension.basicConstraints, true, new BasicConstraints(subject.equals(issuer)));
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
        return Certificate.parse(Bytes.of(builder.build(signer).getEncoded()));
    }

    private Bytes fetch(Fetcher.Request request) throws FetchFailed {
        fetched.add(request.uri());
        if (!firstWorks && request.uri().equals(FIRST)) {
            throw new FetchFailed("HTTP status 503");
        }
        try {
            var asked = new OCSPReq(request.question().orElseThrow().content().toArray());
            sawNonce = asked.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce) != null;
            var basic =
                    new BasicOCSPRespBuilder(
                                    new RespID(new X500Name(byOther ? "CN=other" : "CN=root")))
                            .addResponse(
                                    asked.getRequestList()[0].getCertID(),
                                    status,
                                    Date.from(from),
                                    Date.from(from.plus(LIFE)),
                                    null)
                            .build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build((byOther ? otherKeys : caKeys).getPrivate()),
                                    null,
                                    Date.from(from));
            return Bytes.of(
                    new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Optional<Bytes> shown(Instant at, Set<Bytes> trustedByPeer) {
        if (service == null) {
            service = new RevocationService(() -> conf, this::fetch, directory, new Log());
        }
        var places =
                new Places(
                        Map.of(
                                root.keyInfo(),
                                new Places.OfAuthority(List.of(), List.of(FIRST, SECOND))));
        return new AskedRevocations(service, new LoadedCrls(List.of()), places, List.of(other))
                .ofOwn(trustedByPeer, at, notes::add)
                .good(moon, root);
    }

    private Optional<Bytes> shown(Instant at) {
        return shown(at, Set.of());
    }

    @Test
    void isAskedForOnceAndWithoutANonce() {
        Bytes answer = shown(NOW).orElseThrow();
        assertEquals(FIRST, fetched.poll());
        assertFalse(sawNonce);
        assertEquals(answer, shown(NOW.plus(Duration.ofHours(2))).orElseThrow());
        assertNull(fetched.poll());
    }

    @Test
    void isRenewedBeforeItsTimeIsOver() throws Exception {
        Bytes old = shown(NOW).orElseThrow();
        fetched.clear();
        Instant later = NOW.plus(LIFE).minus(Duration.ofMinutes(30));
        from = later;
        assertEquals(old, shown(later).orElseThrow(), "nobody waits for the new one");
        assertEquals(FIRST, fetched.poll(10, TimeUnit.SECONDS));
        Optional<Bytes> renewed = shown(later);
        for (long end = System.nanoTime() + 10_000_000_000L;
                renewed.equals(Optional.of(old)) && System.nanoTime() < end;
                Thread.onSpinWait()) {
            renewed = shown(later);
        }
        assertFalse(renewed.equals(Optional.of(old)));
        assertTrue(shown(NOW.plus(LIFE)).isPresent());
    }

    /// It has no newer one yet.
    @Test
    void aResponderThatSaysTheSameIsNotAskedForEachPeer() throws Exception {
        shown(NOW);
        fetched.clear();
        Instant later = NOW.plus(LIFE).minus(Duration.ofMinutes(30));
        shown(later);
        assertEquals(FIRST, fetched.poll(10, TimeUnit.SECONDS));
        for (int peer = 0; peer < 20; peer++) {
            shown(later.plusSeconds(peer));
            assertNull(fetched.poll(5, TimeUnit.MILLISECONDS));
        }
        shown(later.plusSeconds(60));
        assertEquals(FIRST, fetched.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void oneThatIsOverIsNotShown() {
        shown(NOW);
        fetched.clear();
        status = new RevokedStatus(Date.from(NOW), 1);
        assertEquals(Optional.empty(), shown(NOW.plus(LIFE)));
        assertEquals(FIRST, fetched.poll());
    }

    @Test
    void badNewsAreNotShown() {
        status = new RevokedStatus(Date.from(NOW), 1);
        assertEquals(Optional.empty(), shown(NOW));
        assertTrue(notes.toString().contains("is not good"), notes.toString());
    }

    @Test
    void whereThereIsNoneNotEachPeerAsks() {
        status = new RevokedStatus(Date.from(NOW), 1);
        shown(NOW);
        fetched.clear();
        assertEquals(Optional.empty(), shown(NOW.plusSeconds(9)));
        assertNull(fetched.poll());
        status = CertificateStatus.GOOD;
        assertTrue(shown(NOW.plusSeconds(10)).isPresent());
        assertTrue(shown(NOW.plusSeconds(11)).isPresent());
    }

    /// The renewal fails, and what is there is good for a while.
    @Test
    void whatCannotBeRenewedStays() throws Exception {
        Bytes old = shown(NOW).orElseThrow();
        fetched.clear();
        status = new RevokedStatus(Date.from(NOW), 1);
        Instant later = NOW.plus(LIFE).minus(Duration.ofMinutes(30));
        shown(later);
        assertEquals(FIRST, fetched.poll(10, TimeUnit.SECONDS));
        assertEquals(SECOND, fetched.poll(10, TimeUnit.SECONDS));
        for (int peer = 0; peer < 20; peer++) {
            assertEquals(old, shown(later.plusSeconds(peer)).orElseThrow());
            assertNull(fetched.poll(5, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void anotherResponderIsAskedWhereOneIsDead() {
        firstWorks = false;
        assertTrue(shown(NOW).isPresent());
        assertEquals(List.of(FIRST, SECOND), List.copyOf(fetched));
        assertTrue(notes.toString().contains("HTTP status 503"), notes.toString());
    }

    @Test
    void onlyAPeerThatTrustsTheResponderGetsItsAnswer() {
        byOther = true;
        assertEquals(Optional.empty(), shown(NOW));
        assertTrue(shown(NOW, Set.of(other.keyInfoSha1())).isPresent());
    }

    @Test
    void withoutOcspNobodyIsAsked() {
        conf = new RevocationConf(false, true, Duration.ofSeconds(10), false, 32, 5);
        assertEquals(Optional.empty(), shown(NOW));
        assertNull(fetched.poll());
    }

    @Test
    void flushingForgets() {
        shown(NOW);
        fetched.clear();
        service.flushAnswers();
        shown(NOW);
        assertEquals(FIRST, fetched.poll());
    }
}
