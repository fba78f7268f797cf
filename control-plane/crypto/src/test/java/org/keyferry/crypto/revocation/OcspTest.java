package org.keyferry.crypto.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TestCa;
import org.keyferry.wire.Bytes;

class OcspTest {
    private static final Bytes NONCE = Bytes.ofHex("0102030405060708090a0b0c0d0e0f10");

    private TestCa root;
    private Certificate moon;
    private OcspQuestion question;
    private TestResponder responder;

    @BeforeEach
    void makeCertificates() throws Exception {
        root = TestCa.root("CN=root");
        moon = root.leaf("CN=moon");
        question = new OcspQuestion(moon, root.certificate, NONCE);
        responder = new TestResponder(root.certificate, root.keys.getPrivate());
    }

    private OcspAnswer read(Bytes response) throws BadCertificate {
        return OcspAnswer.read(response, question, List.of(), NOW);
    }

    private void assertRefused(Bytes response, String reason) {
        String told = assertThrows(BadCertificate.class, () -> read(response)).getMessage();
        assertTrue(told.contains(reason), told);
    }

    @Test
    void theQuestionNamesCertificateAndNonce() throws Exception {
        var request = new OCSPReq(question.encode().toArray());
        var id = request.getRequestList()[0].getCertID();
        assertEquals(moon.x509().getSerialNumber(), id.getSerialNumber());
        assertEquals(root.certificate.keyId(), Bytes.of(id.getIssuerKeyHash()));
        assertTrue(
                Bytes.of(request.getEncoded()).hex().contains("0410" + NONCE.hex()),
                "an OCTET STRING in the extension's OCTET STRING");
    }

    @Test
    void goodAndRevoked() throws Exception {
        OcspAnswer good = read(responder.answer(question));
        assertEquals(new Status.Good(), good.status());
        assertEquals(root.certificate, good.signer());
        assertEquals(responder.until, good.until());
        responder.status = TestResponder.revoked(1);
        assertEquals(
                new Status.Revoked(
                        "certificate was revoked on 2026-11-23T01:03:32Z, reason: key compromise"),
                read(responder.answer(question)).status());
    }

    @Test
    void whatTheResponderDoesNotKnow() throws Exception {
        responder.status = new UnknownStatus();
        assertInstanceOf(Status.Unknown.class, read(responder.answer(question)).status());
    }

    @Test
    void anAnswerForAnotherCertificate() throws Exception {
        var other = new OcspQuestion(root.leaf("CN=sun"), root.certificate, NONCE);
        assertRefused(responder.answer(other), "is not about the certificate asked for");
    }

    @Test
    void anAnswerForTheSameSerialOfAnotherCa() throws Exception {
        var foreign = TestCa.root("CN=foreign");
        var other = new OcspQuestion(moon, foreign.certificate, NONCE);
        assertRefused(responder.answer(other), "is not about the certificate asked for");
    }

    @Test
    void aResponderThatNamesCertificatesBySha256() throws Exception {
        var id = TestResponder.id(root.certificate, moon.x509().getSerialNumber());
        assertEquals(new Status.Good(), read(responder.answer(id, NONCE)).status());
    }

    @Test
    void anotherNonceIsAnOldAnswer() throws Exception {
        var former = new OcspQuestion(moon, root.certificate, Bytes.ofHex("00"));
        assertRefused(responder.answer(former), "nonce in ocsp response doesn't match");
        responder.sendsNonce = false;
        assertEquals(new Status.Good(), read(responder.answer(question)).status());
    }

    @Test
    void anAnswerOfAnotherTime() throws Exception {
        responder.until = NOW.minusSeconds(1);
        assertRefused(
                responder.answer(question), "ocsp response is stale: since 2026-11-24T11:59:59Z");
        responder.until = NOW.plus(Duration.ofDays(2));
        responder.from = NOW.plus(Duration.ofDays(1));
        assertRefused(responder.answer(question), "ocsp response is from the future");
    }

    @Test
    void anAnswerWithoutAnEndIsOfThisMoment() throws Exception {
        responder.until = null;
        assertEquals(new Status.Good(), read(responder.answer(question)).status());
        responder.from = NOW.minus(Duration.ofMinutes(11));
        assertRefused(responder.answer(question), "stale");
    }

    private TestResponder delegated(TestCa by, KeyPurposeId... purposes) throws Exception {
        TestCa made =
                by.sub(
                        "CN=ocsp",
                        b ->
                                b.addExtension(
                                        Extension.extendedKeyUsage,
                                        true,
                                        new ExtendedKeyUsage(purposes)));
        return new TestResponder(made.certificate, made.keys.getPrivate());
    }

    @Test
    void aSignerThatTheCaDelegatedTo() throws Exception {
        var delegate = delegated(root, KeyPurposeId.id_kp_OCSPSigning);
        assertEquals("CN=ocsp", read(delegate.answer(question)).signer().toString());
    }

    @Test
    void aSignerThatTheCaDidNotDelegateTo() throws Exception {
        assertRefused(
                delegated(root, KeyPurposeId.id_kp_serverAuth).answer(question),
                "'CN=ocsp' may not sign ocsp responses for this CA");
        var foreign = TestCa.root("CN=foreign");
        assertRefused(
                delegated(foreign, KeyPurposeId.id_kp_OCSPSigning).answer(question),
                "'CN=ocsp' may not sign ocsp responses for this CA");
        var impostor = TestCa.root("CN=root");
        assertRefused(
                delegated(impostor, KeyPurposeId.id_kp_OCSPSigning).answer(question),
                "the certificate of ocsp signer 'CN=ocsp' is not of this CA");
    }

    @Test
    void aForgedSignature() throws Exception {
        KeyPair other = TestCa.newKeys();
        var forger = new TestResponder(root.certificate, other.getPrivate());
        assertRefused(
                forger.answer(question), "ocsp response verification failed, signed by 'CN=root'");
    }

    @Test
    void aSignerThatIsTrustedByItself() throws Exception {
        var own = TestCa.root("CN=responder");
        var of = new TestResponder(own.certificate, own.keys.getPrivate());
        of.sendsCertificate = false;
        Bytes response = of.answer(question);
        assertRefused(response, "is signed by 'CN=responder', whose certificate is not there");
        assertEquals(
                new Status.Good(),
                OcspAnswer.read(response, question, List.of(own.certificate), NOW).status());
    }

    @Test
    void anErrorAndNoAnswerAtAll() throws Exception {
        assertRefused(
                TestResponder.error(OCSPRespBuilder.TRY_LATER), "ocsp response status: try later");
        assertRefused(Bytes.EMPTY, "malformed ocsp response");
        assertRefused(Bytes.utf8("<html>404</html>"), "malformed ocsp response");
    }
}
