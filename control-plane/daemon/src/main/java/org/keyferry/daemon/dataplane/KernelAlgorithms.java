package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.keyferry.netlink.xfrm.KeyMaterial;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// The kernel's names of ESP's and AH's transforms, one row per IANA id (those from 1024 are
/// private use).
final class KernelAlgorithms {
    /// ICV bits of a row that is no combined-mode cipher, or whose truncation is the kernel's own.
    private static final int NONE = 0;

    /// @param icvBits combined mode: of the cipher; integrity: told in `XFRMA_ALG_AUTH_TRUNC`
    private record Row(String kernelName, int icvBits) {}

    private static final Map<Integer, Row> ENCRYPTION =
            Map.ofEntries(
                    row(2, "des", NONE),
                    row(3, "des3_ede", NONE),
                    row(6, "cast5", NONE),
                    row(7, "blowfish", NONE),
                    row(11, "cipher_null", NONE),
                    row(12, "aes", NONE),
                    row(13, "rfc3686(ctr(aes))", NONE),
                    row(14, "rfc4309(ccm(aes))", 64),
                    row(15, "rfc4309(ccm(aes))", 96),
                    row(16, "rfc4309(ccm(aes))", 128),
                    row(18, "rfc4106(gcm(aes))", 64),
                    row(19, "rfc4106(gcm(aes))", 96),
                    row(20, "rfc4106(gcm(aes))", 128),
                    row(21, "rfc4543(gcm(aes))", 128),
                    row(23, "cbc(camellia)", NONE),
                    row(28, "rfc7539esp(chacha20,poly1305)", 128),
                    row(1026, "serpent", NONE),
                    row(1027, "twofish", NONE));

    /// The kernel's own truncation of SHA-256 is the 96 bits of a draft, hence the bits of row 12.
    private static final Map<Integer, Row> INTEGRITY =
            Map.ofEntries(
                    row(1, "md5", NONE),
                    row(2, "sha1", NONE),
                    row(5, "xcbc(aes)", NONE),
                    row(6, "hmac(md5)", 128),
                    row(7, "hmac(sha1)", 160),
                    row(8, "cmac(aes)", NONE),
                    row(12, "hmac(sha256)", 128),
                    row(13, "hmac(sha384)", NONE),
                    row(14, "hmac(sha512)", NONE),
                    row(1026, "sha256", NONE));

    private KernelAlgorithms() {}

    private static Map.Entry<Integer, Row> row(int id, String kernelName, int icvBits) {
        return Map.entry(id, new Row(kernelName, icvBits));
    }

    static boolean isKnown(Transform transform) {
        var rows = transform.type() == TransformType.INTEG ? INTEGRITY : ENCRYPTION;
        return rows.containsKey(transform.id());
    }

    /// A cipher, with or without integrity of its own.
    ///
    /// @param key with its salt at the end; copied
    /// @return empty if the kernel has no such transform
    static Optional<XfrmAlgorithm> encryption(Transform transform, byte[] key) {
        return Optional.ofNullable(ENCRYPTION.get(transform.id()))
                .map(
                        row -> {
                            KeyMaterial material = KeyMaterial.copyOf(key);
                            return row.icvBits == NONE
                                    ? new XfrmAlgorithm.Encryption(row.kernelName, material)
                                    : new XfrmAlgorithm.Aead(row.kernelName, material, row.icvBits);
                        });
    }

    /// The integrity that goes with a cipher that has none.
    ///
    /// @param key copied
    /// @return empty if the kernel has no such transform
    static Optional<XfrmAlgorithm> integrity(Transform transform, byte[] key) {
        return Optional.ofNullable(INTEGRITY.get(transform.id()))
                .map(
                        row ->
                                new XfrmAlgorithm.Integrity(
                                        row.kernelName, KeyMaterial.copyOf(key), row.icvBits));
    }

    /// For the hint of a refusal: `AES_CBC_128 as aes, HMAC_SHA2_256_128 as hmac(sha256)`.
    ///
    /// @param encr `null` with AH
    /// @param integ `null` with combined-mode ciphers
    static String describe(Transform encr, Transform integ) {
        var parts = new ArrayList<String>(2);
        if (encr != null) {
            parts.add(describe(encr, ENCRYPTION.get(encr.id())));
        }
        if (integ != null) {
            parts.add(describe(integ, INTEGRITY.get(integ.id())));
        }
        return String.join(", ", parts);
    }

    private static String describe(Transform transform, Row row) {
        return row == null
                ? transform + " without a kernel name"
                : transform + " as " + row.kernelName;
    }
}
