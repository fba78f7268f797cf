package org.keyferry.crypto.revocation;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.keyferry.crypto.cert.TestCa.NOW;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TestCa;
import org.keyferry.wire.Bytes;

/// Whatever a server sends is refused with [BadCertificate], or is what the CA signed.
class RevocationFuzzTest {
    private static final Duration BUDGET = Duration.ofMillis(1500);

    private static TestCa root;
    private static Certificate moon;
    private static OcspQuestion question;

    @BeforeAll
    static void makeCertificates() throws Exception {
        root = TestCa.root("CN=root");
        moon = root.leaf("CN=moon");
        question = new OcspQuestion(moon, root.certificate, Bytes.ofHex("0102030405060708"));
    }

    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] response) {
        check(response);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void mutatedAnswers(long seed) throws Exception {
        var responder = new TestResponder(root.certificate, root.keys.getPrivate());
        responder.status = TestResponder.revoked(1);
        byte[][] corpus = {
            responder.answer(question).toArray(),
            TestCrl.of(root)
                    .number(3)
                    .revoking(moon, 1)
                    .deltaAt("http://x/")
                    .build()
                    .der()
                    .toArray(),
            TestCrl.of(root)
                    .extended(
                            Extension.issuingDistributionPoint,
                            true,
                            new IssuingDistributionPoint(null, false, false, null, true, false))
                    .revoking(root, moon)
                    .build()
                    .der()
                    .toArray()
        };
        var random = new SplittableRandom(seed);
        long deadline = System.nanoTime() + BUDGET.toNanos();
        while (System.nanoTime() < deadline) {
            check(mutate(corpus[random.nextInt(corpus.length)].clone(), random));
        }
    }

    private static byte[] mutate(byte[] message, SplittableRandom random) {
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            int at = random.nextInt(message.length);
            if (random.nextInt(4) == 0) {
                message = Arrays.copyOf(message, Math.max(1, at));
            } else {
                message[at] = (byte) random.nextInt();
            }
        }
        return message;
    }

    /// Both were made to say that the certificate is revoked: a change may break them, and not turn
    /// them round.
    private static void check(byte[] bytes) {
        try {
            OcspAnswer answer = OcspAnswer.read(Bytes.of(bytes), question, List.of(), NOW);
            assertNotNull(answer.until());
            assertNotGood(answer.status());
        } catch (BadCertificate e) {
            assertNotNull(e.getMessage());
        }
        try {
            OcspAnswer answer =
                    OcspAnswer.readStapled(Bytes.of(bytes), moon, root.certificate, List.of(), NOW);
            assertNotNull(answer.from());
            assertNotGood(answer.status());
        } catch (BadCertificate e) {
            assertNotNull(e.getMessage());
        }
        try {
            Crl list = Crl.parse(Bytes.of(bytes));
            assertNotNull(list.deltas());
            if (list.covers(moon, root.certificate)
                    && list.isSignedBy(root.certificate)
                    && !list.isDelta()) {
                assertNotGood(CrlStatus.of(list, java.util.Optional.empty(), moon, NOW));
            }
        } catch (BadCertificate e) {
            assertNotNull(e.getMessage());
        }
    }

    private static void assertNotGood(Status status) {
        if (status instanceof Status.Good) {
            throw new AssertionError("a changed answer is taken for another one");
        }
    }
}
