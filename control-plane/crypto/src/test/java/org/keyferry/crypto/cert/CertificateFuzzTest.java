package org.keyferry.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.crypto.cert.TestCa.NOW;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.crypto.revocation.Sources;
import org.keyferry.wire.Bytes;

/// Whatever a peer sends as a certificate is refused with [BadCertificate], or can be asked all
/// that is asked of certificates; and nothing but what the CA signed is trusted.
class CertificateFuzzTest {
    private static final Duration BUDGET = Duration.ofMillis(1500);

    private static TestCa root;
    private static byte[] leaf;

    @BeforeAll
    static void makeCertificates() throws Exception {
        root = TestCa.root("CN=root");
        leaf =
                root.leaf(
                                "CN=moon",
                                b -> {
                                    b.addExtension(
                                            Extension.subjectAlternativeName,
                                            false,
                                            new GeneralNames(
                                                    new GeneralName(
                                                            GeneralName.dNSName, "moon.test")));
                                    b.addExtension(
                                            new ASN1ObjectIdentifier(AddressBlocks.EXTENSION),
                                            true,
                                            Bytes.ofHex("300d300b0402000130050303000a01")
                                                    .toArray());
                                })
                        .der()
                        .toArray();
    }

    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] content) {
        check(content);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 42})
    void mutatedCertificates(long seed) {
        var random = new SplittableRandom(seed);
        long deadline = System.nanoTime() + BUDGET.toNanos();
        while (System.nanoTime() < deadline) {
            byte[] changed = leaf.clone();
            for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
                int at = random.nextInt(changed.length);
                if (random.nextInt(4) == 0) {
                    changed = Arrays.copyOf(changed, Math.max(1, at));
                } else {
                    changed[at] = (byte) random.nextInt();
                }
            }
            check(changed);
        }
    }

    private static void check(byte[] bytes) {
        try {
            assertNotNull(HashAndUrl.parse(Bytes.of(bytes)).url());
        } catch (BadCertificate e) {
            assertNotNull(e.getMessage());
        }
        try {
            Certificate certificate = Certificate.parse(Bytes.of(bytes));
            assertNotNull(Sources.crls(certificate));
            assertNotNull(Sources.deltas(certificate));
            assertNotNull(Sources.responders(certificate));
            assertNotNull(new TrustPath(List.of(certificate)).addressBlocks());
            var result =
                    PathFinder.find(
                            certificate,
                            List.of(),
                            List.of(root.certificate),
                            Set.of(),
                            PathRules.DEFAULT,
                            NOW);
            boolean same = Arrays.equals(bytes, leaf) || certificate.der().equals(Bytes.of(leaf));
            assertTrue(same || result instanceof PathFinder.Result.Refused, "forged");
        } catch (BadCertificate e) {
            assertNotNull(e.getMessage());
        }
    }
}
