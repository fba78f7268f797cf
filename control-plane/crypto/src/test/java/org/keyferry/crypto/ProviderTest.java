package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

class ProviderTest {
    private static final int[] IKE_CIPHERS = {12, 13, 14, 15, 16, 18, 19, 20};

    /// Every candidate that is present gives the published answers, not only the one chosen.
    @TestFactory
    List<DynamicTest> presentCandidatesPassTheirTests() {
        List<DynamicTest> tests = new ArrayList<>();
        Macs.all().forEach(mac -> add(tests, mac));
        for (int id : IKE_CIPHERS) {
            for (int bits : new int[] {128, 192, 256}) {
                add(tests, Ciphers.of(new Transform(TransformType.ENCR, id, bits)));
            }
        }
        add(tests, Ciphers.of(Transform.of(TransformType.ENCR, 3)));
        add(tests, Ciphers.of(Transform.of(TransformType.ENCR, 28)));
        for (EcCurve curve : EcCurve.all()) {
            add(tests, curve.publicValues);
            add(tests, curve.agreements);
        }
        add(tests, Curve25519.PUBLIC_VALUES);
        add(tests, Curve25519.AGREEMENTS);
        return tests;
    }

    private static <T> void add(List<DynamicTest> tests, Chosen<T> chosen) {
        for (Chosen.Candidate<T> candidate : chosen.candidates()) {
            if (candidate.source().provider().isPresent()) {
                tests.add(
                        DynamicTest.dynamicTest(
                                chosen + " by " + candidate.source(),
                                () ->
                                        assertTrue(
                                                candidate
                                                        .tryMake(chosen.toString(), chosen.test())
                                                        .isPresent())));
            }
        }
    }

    @Test
    void everyAlgorithmCanDoWithoutNativeCode() {
        for (int type = TransformType.ENCR; type <= TransformType.KE; type++) {
            for (int id = 0; id < 40; id++) {
                for (int bits : new int[] {0, 128, 192, 256}) {
                    Transform transform = new Transform(type, id, bits);
                    assertEquals(
                            Algorithms.supports(transform),
                            Algorithms.providerOf(transform).isPresent(),
                            transform.toString());
                }
            }
        }
        Macs.all().forEach(ProviderTest::assertHasPortableCandidate);
        for (EcCurve curve : EcCurve.all()) {
            assertHasPortableCandidate(curve.agreements);
            assertHasPortableCandidate(curve.publicValues);
        }
        assertHasPortableCandidate(Curve25519.AGREEMENTS);
        assertHasPortableCandidate(Curve25519.PUBLIC_VALUES);
    }

    private static void assertHasPortableCandidate(Chosen<?> chosen) {
        CryptoProvider last = chosen.candidates().getLast().source();
        assertTrue(last == CryptoProvider.JDK || last == CryptoProvider.BOUNCY_CASTLE);
    }

    @Test
    void aCandidateThatAnswersWronglyIsPassedOver() {
        Chosen<Integer> chosen =
                new Chosen<>(
                        "six",
                        number -> number == 6,
                        List.of(
                                new Chosen.Candidate<>(CryptoProvider.JDK, provider -> 7),
                                new Chosen.Candidate<>(
                                        CryptoProvider.BOUNCY_CASTLE,
                                        provider -> {
                                            throw new UnsatisfiedLinkError("no library");
                                        }),
                                new Chosen.Candidate<>(
                                        CryptoProvider.BOUNCY_CASTLE, provider -> 6)));
        assertEquals(6, chosen.get());
        assertEquals("Bouncy Castle", chosen.providerTitle());
    }

    @Test
    void withoutAnyWorkingCandidateTheChoiceFails() {
        Chosen<Integer> chosen =
                new Chosen<>(
                        "six",
                        number -> number == 6,
                        List.of(new Chosen.Candidate<>(CryptoProvider.JDK, provider -> 7)));
        assertThrows(IllegalStateException.class, chosen::get);
    }

    @Test
    void leftOutProvidersAreNotUsed() {
        String without = System.getProperty(CryptoProvider.WITHOUT_PROPERTY, "");
        for (CryptoProvider source : List.of(CryptoProvider.CONSCRYPT, CryptoProvider.ACCP)) {
            if (without.contains(source.name().toLowerCase(java.util.Locale.ROOT))) {
                assertEquals(Optional.empty(), source.provider());
            }
        }
        assertTrue(CryptoProvider.JDK.provider().isPresent());
        assertTrue(CryptoProvider.BOUNCY_CASTLE.provider().isPresent());
    }

    @Test
    void whatIsNotForIkeIsNotSupported() {
        assertFalse(Algorithms.supports(Transform.of(TransformType.ENCR, 11)));
        assertFalse(Algorithms.supports(Transform.of(TransformType.ENCR, 12)));
        assertFalse(Algorithms.supports(new Transform(TransformType.ENCR, 21, 128)));
        assertFalse(Algorithms.supports(Transform.of(TransformType.INTEG, 1)));
        assertFalse(Algorithms.supports(new Transform(TransformType.ENCR, 20, -1)));
        assertTrue(Algorithms.supports(Transform.of(TransformType.ADDKE1, 36)));
        assertEquals(16, Algorithms.keyBytes(new Transform(TransformType.ENCR, 21, 128)));
        assertEquals(4, Algorithms.saltBytes(new Transform(TransformType.ENCR, 21, 128)));
        assertEquals(0, Algorithms.keyBytes(Transform.of(TransformType.ENCR, 11)));
        assertEquals(32, Algorithms.keyBytes(Transform.of(TransformType.ENCR, 28)));
        assertEquals(20, Algorithms.keyBytes(Transform.of(TransformType.INTEG, 9)));
    }
}
