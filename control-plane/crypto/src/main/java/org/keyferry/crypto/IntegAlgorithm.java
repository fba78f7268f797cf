package org.keyferry.crypto;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Integrity algorithms (transform type 3). Those without a MAC are known for the keys of ESP and
/// AH only.
///
/// @param keyBytes with the salt of AES-GMAC (RFC 4543 §5.4)
/// @param icvBytes what of the MAC's output is sent
/// @param mac null if Keyferry itself does not compute it
record IntegAlgorithm(int id, int keyBytes, int icvBytes, Chosen<MacEngine> mac) {
    private static final Map<Integer, IntegAlgorithm> BY_ID =
            Stream.of(
                            new IntegAlgorithm(1, 16, 12, null),
                            new IntegAlgorithm(2, 20, 12, Macs.HMAC_SHA1),
                            new IntegAlgorithm(5, 16, 12, Macs.AES_XCBC),
                            new IntegAlgorithm(6, 16, 16, null),
                            new IntegAlgorithm(7, 20, 20, null),
                            new IntegAlgorithm(8, 16, 12, Macs.AES_CMAC),
                            new IntegAlgorithm(9, 20, 16, null),
                            new IntegAlgorithm(10, 28, 16, null),
                            new IntegAlgorithm(11, 36, 16, null),
                            new IntegAlgorithm(12, 32, 16, Macs.HMAC_SHA2_256),
                            new IntegAlgorithm(13, 48, 24, Macs.HMAC_SHA2_384),
                            new IntegAlgorithm(14, 64, 32, Macs.HMAC_SHA2_512),
                            new IntegAlgorithm(1026, 32, 12, null))
                    .collect(Collectors.toMap(IntegAlgorithm::id, Function.identity()));

    static Optional<IntegAlgorithm> find(Transform integ) {
        return integ.type() == TransformType.INTEG && integ.keyBits() == 0
                ? Optional.ofNullable(BY_ID.get(integ.id()))
                : Optional.empty();
    }

    /// The algorithm of this transform.
    ///
    /// @throws IllegalArgumentException if it is not known; negotiation should have refused it
    static IntegAlgorithm of(Transform integ) {
        return find(integ).orElseThrow(() -> new IllegalArgumentException("integrity " + integ));
    }

    boolean servesIke() {
        return mac != null;
    }
}
