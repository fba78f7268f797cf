package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.netlink.xfrm.KeyMaterial;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

class KernelAlgorithmsTest {
    private static final byte[] KEY = {1, 2, 3, 4};

    @ParameterizedTest
    @CsvSource({
        "14, rfc4309(ccm(aes)), 64",
        "15, rfc4309(ccm(aes)), 96",
        "16, rfc4309(ccm(aes)), 128",
        "18, rfc4106(gcm(aes)), 64",
        "19, rfc4106(gcm(aes)), 96",
        "20, rfc4106(gcm(aes)), 128",
        "21, rfc4543(gcm(aes)), 128",
        "28, 'rfc7539esp(chacha20,poly1305)', 128",
    })
    void combinedModeCiphersTellTheirIcv(int id, String kernelName, int icvBits) {
        assertEquals(
                Optional.of(new XfrmAlgorithm.Aead(kernelName, KeyMaterial.copyOf(KEY), icvBits)),
                KernelAlgorithms.encryption(Transform.of(TransformType.ENCR, id), KEY));
    }

    @ParameterizedTest
    @CsvSource({
        "3, des3_ede",
        "11, cipher_null",
        "12, aes",
        "13, rfc3686(ctr(aes))",
        "23, cbc(camellia)",
    })
    void ciphersHaveAName(int id, String kernelName) {
        assertEquals(
                Optional.of(new XfrmAlgorithm.Encryption(kernelName, KeyMaterial.copyOf(KEY))),
                KernelAlgorithms.encryption(Transform.of(TransformType.ENCR, id), KEY));
    }

    /// Where the kernel's own truncation is meant, none is told.
    @ParameterizedTest
    @CsvSource({
        "2, sha1, 0",
        "5, xcbc(aes), 0",
        "7, hmac(sha1), 160",
        "8, cmac(aes), 0",
        "12, hmac(sha256), 128",
        "13, hmac(sha384), 0",
        "14, hmac(sha512), 0",
        "1026, sha256, 0",
    })
    void integrityTellsItsTruncation(int id, String kernelName, int icvBits) {
        assertEquals(
                Optional.of(
                        new XfrmAlgorithm.Integrity(kernelName, KeyMaterial.copyOf(KEY), icvBits)),
                KernelAlgorithms.integrity(Transform.of(TransformType.INTEG, id), KEY));
    }

    @Test
    void whatTheKernelHasNotIsEmpty() {
        assertEquals(
                Optional.empty(),
                KernelAlgorithms.encryption(new Transform(TransformType.ENCR, 25, 128), KEY));
        assertEquals(
                "CAMELLIA_CCM_8_128 without a kernel name",
                KernelAlgorithms.describe(new Transform(TransformType.ENCR, 25, 128), null));
    }
}
