package org.keyferry.crypto.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TestCa;
import org.keyferry.wire.Bytes;

/// What a peer may bring along, and what somebody would like to pass off as that.
class StapledAnswersTest {
    private static final Bytes NONCE = Bytes.ofHex("0102030405060708");

    private final TestCa root = TestCa.root("CN=root");
    private final Certificate moon = root.leaf("CN=moon");
    private final OcspQuestion question = new OcspQuestion(moon, root.certificate, NONCE);
    private final TestResponder responder =
            new TestResponder(root.certificate, root.keys.getPrivate());
    private final List<String> notes = new ArrayList<>();

    StapledAnswersTest() throws Exception {}

    private Optional<OcspAnswer> about(Bytes... stapled) {
        return about(List.of(stapled), List.of());
    }

    private Optional<OcspAnswer> about(List<Bytes> stapled, List<Certificate> trusted) {
        return new StapledAnswers(stapled, trusted, NOW, notes::add).about(moon, root.certificate);
    }

    private void assertUnusable(Bytes stapled, String reason) {
        assertEquals(Optional.empty(), about(stapled));
        assertTrue(notes.getLast().contains(reason), notes.toString());
    }

    /// The nonce is that of whoever asked.
    @Test
    void anAnswerThatSomebodyElseGot() throws Exception {
        Bytes answer = responder.answer(question);
        assertEquals(new Status.Good(), about(answer).orElseThrow().status());
        assertEquals(List.of(), notes);
    }

    @Test
    void oneThatTheCaDelegated() throws Exception {
        KeyPair keys = TestCa.newKeys();
        Certificate delegate = delegate(root, keys);
        Bytes answer = new TestResponder(delegate, keys.getPrivate()).answer(question);
        assertEquals(delegate, about(answer).orElseThrow().signer());
    }

    private static Certificate delegate(TestCa by, KeyPair keys) throws Exception {
        return by.of(
                "CN=ocsp",
                keys,
                builder ->
                        builder.addExtension(
                                Extension.extendedKeyUsage,
                                false,
                                new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning)));
    }

    @Test
    void aRevokedOneCounts() throws Exception {
        responder.status = TestResponder.revoked(1);
        assertInstanceOf(
                Status.Revoked.class, about(responder.answer(question)).orElseThrow().status());
    }

    @Test
    void theNewestOfSeveralCounts() throws Exception {
        Bytes newer = responder.answer(question);
        responder.from = NOW.minus(Duration.ofHours(1));
        responder.status = TestResponder.revoked(1);
        Bytes older = responder.answer(question);
        assertEquals(new Status.Good(), about(older, newer).orElseThrow().status());
        assertEquals(new Status.Good(), about(newer, older).orElseThrow().status());
    }

    @Test
    void anotherCertificatesAnswer() throws Exception {
        var other = new OcspQuestion(root.leaf("CN=moon"), root.certificate, NONCE);
        assertUnusable(responder.answer(other), "not about the certificate");
    }

    /// Serial numbers are unique under one CA only.
    @Test
    void theSameNumberUnderAnotherCa() throws Exception {
        TestCa other = TestCa.root("CN=root");
        var id = TestResponder.id(other.certificate, moon.x509().getSerialNumber());
        assertUnusable(responder.answer(id, NONCE), "not about the certificate");
    }

    @Test
    void oneOfYesterday() throws Exception {
        responder.from = NOW.minus(Duration.ofDays(2));
        responder.until = NOW.minus(Duration.ofDays(1));
        assertUnusable(responder.answer(question), "ocsp response is stale");
    }

    @Test
    void oneOfTomorrow() throws Exception {
        responder.from = NOW.plus(Duration.ofDays(1));
        responder.until = NOW.plus(Duration.ofDays(2));
        assertUnusable(responder.answer(question), "from the future");
    }

    @Test
    void oneOfSomebodyWithTheSameName() throws Exception {
        TestCa other = TestCa.root("CN=root");
        var forger = new TestResponder(other.certificate, other.keys.getPrivate());
        assertUnusable(forger.answer(question), "may not sign ocsp responses");
        forger.sendsCertificate = false;
        assertUnusable(forger.answer(question), "verification failed");
    }

    @Test
    void oneThatThePeerSignedItself() throws Exception {
        KeyPair keys = TestCa.newKeys();
        Certificate own = root.of("CN=mallory", keys);
        Bytes forged = new TestResponder(own, keys.getPrivate()).answer(question);
        assertUnusable(forged, "may not sign ocsp responses");
    }

    @Test
    void oneThatAnotherCaDelegated() throws Exception {
        KeyPair keys = TestCa.newKeys();
        Certificate delegate = delegate(TestCa.root("CN=root"), keys);
        assertUnusable(
                new TestResponder(delegate, keys.getPrivate()).answer(question), "not of this CA");
    }

    @Test
    void aResponderThatIsTrustedByItself() throws Exception {
        TestCa other = TestCa.root("CN=responder");
        Bytes answer =
                new TestResponder(other.certificate, other.keys.getPrivate()).answer(question);
        assertEquals(Optional.empty(), about(answer));
        assertEquals(
                new Status.Good(),
                about(List.of(answer), List.of(other.certificate)).orElseThrow().status());
    }

    @Test
    void junk() throws Exception {
        assertUnusable(Bytes.EMPTY, "malformed");
        assertUnusable(Bytes.utf8("?"), "malformed");
        assertUnusable(TestResponder.error(6), "unauthorized");
        Bytes answer = responder.answer(question);
        assertUnusable(answer.slice(0, answer.length() - 1), "malformed");
        byte[] changed = answer.toArray();
        changed[changed.length / 2] ^= 1;
        assertEquals(Optional.empty(), about(Bytes.of(changed)));
        assertEquals(new Status.Good(), about(Bytes.utf8("?"), answer).orElseThrow().status());
    }

    @Test
    void tooLargeOrTooMany() throws Exception {
        assertUnusable(Bytes.wrapOwned(new byte[40_000]), "it has 40000 bytes");
        var many = new ArrayList<>(Collections.nCopies(8, Bytes.utf8("?")));
        many.add(responder.answer(question));
        assertEquals(Optional.empty(), about(many, List.of()));
        assertTrue(about(many.subList(1, 9), List.of()).isPresent());
    }

    /// The peer chooses what it shows, and a list of an hour ago revokes it.
    @Test
    void oneOfBeforeTheRevocation() throws Exception {
        Crl list = TestCrl.of(root).revoking(moon, TestCrl.KEY_COMPROMISE).build();
        var lists = new LoadedCrls(List.of(list));
        responder.from = NOW.minus(Duration.ofHours(2));
        assertInstanceOf(
                Status.Revoked.class,
                lists.begin(NOW, List.of(responder.answer(question)), notes::add)
                        .of(moon, root.certificate));
        responder.from = NOW;
        assertEquals(
                new Status.Good(),
                lists.begin(NOW, List.of(responder.answer(question)), notes::add)
                        .of(moon, root.certificate),
                "a hold that was lifted");
    }

    /// Whoever stole the responder's key has it sign what he likes.
    @Test
    void oneOfAResponderThatWasRevoked() throws Exception {
        KeyPair keys = TestCa.newKeys();
        Certificate delegate = delegate(root, keys);
        Bytes answer = new TestResponder(delegate, keys.getPrivate()).answer(question);
        Crl list =
                TestCrl.of(root)
                        .revoking(moon, TestCrl.KEY_COMPROMISE)
                        .revoking(delegate, TestCrl.KEY_COMPROMISE)
                        .build();
        assertInstanceOf(
                Status.Revoked.class,
                new LoadedCrls(List.of(list))
                        .begin(NOW, List.of(answer), notes::add)
                        .of(moon, root.certificate));
    }

    /// The complete list is older than the answer, the delta newer.
    @Test
    void oneOfBeforeTheDelta() throws Exception {
        Crl base = TestCrl.stale(root).number(1).build();
        Crl delta =
                TestCrl.of(root)
                        .number(2)
                        .deltaTo(1)
                        .revoking(moon, TestCrl.KEY_COMPROMISE)
                        .build();
        responder.from = NOW.minus(Duration.ofHours(2));
        assertInstanceOf(
                Status.Revoked.class,
                new LoadedCrls(List.of(base, delta))
                        .begin(NOW, List.of(responder.answer(question)), notes::add)
                        .of(moon, root.certificate));
    }

    @Test
    void listsTellWhereItDoesNot() throws Exception {
        var lists = new LoadedCrls(List.of());
        Bytes answer = responder.answer(question);
        assertEquals(
                new Status.Good(),
                lists.begin(NOW, List.of(answer), notes::add).of(moon, root.certificate));
        assertEquals(
                new Status.NoSource(),
                lists.begin(NOW, List.of(Bytes.utf8("?")), notes::add).of(moon, root.certificate));
        responder.status = new org.bouncycastle.cert.ocsp.UnknownStatus();
        assertEquals(
                new Status.NoSource(),
                lists.begin(NOW, List.of(responder.answer(question)), notes::add)
                        .of(moon, root.certificate));
    }
}
