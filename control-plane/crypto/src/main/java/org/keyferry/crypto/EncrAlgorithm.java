package org.keyferry.crypto;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Encryption algorithms (transform type 1): what their keys and messages look like. Those without
/// a mode are known for ESP's keys only: the kernel computes them.
///
/// @param keyBits values of the Key Length attribute, 0 for none
/// @param fixedKeyBytes key length where no attribute gives it, else 0
/// @param saltBytes taken from the keying material behind the key (RFC 4106 §8.1 and others)
/// @param ivBytes in front of each message
/// @param blockBytes what a padded plaintext is a multiple of
/// @param icvBytes behind each message, if the algorithm makes one itself: 0 unless AEAD
record EncrAlgorithm(
        int id,
        Mode mode,
        Set<Integer> keyBits,
        int fixedKeyBytes,
        int saltBytes,
        int ivBytes,
        int blockBytes,
        int icvBytes) {
    enum Mode {
        AES_CBC,
        AES_CTR,
        AES_CCM,
        AES_GCM,
        CHACHA20_POLY1305,
        TRIPLE_DES_CBC,
        BLOWFISH_CBC,
        CAMELLIA_CBC,
        CAMELLIA_CTR,
        /// Not for IKE.
        ESP_ONLY
    }

    private static final Set<Integer> CIPHER_BITS = Set.of(128, 192, 256);
    private static final Set<Integer> NO_BITS = Set.of(0);

    private static final Map<Integer, EncrAlgorithm> BY_ID =
            Stream.of(
                            new EncrAlgorithm(3, Mode.TRIPLE_DES_CBC, NO_BITS, 24, 0, 8, 8, 0),
                            new EncrAlgorithm(7, Mode.BLOWFISH_CBC, CIPHER_BITS, 0, 0, 8, 8, 0),
                            new EncrAlgorithm(11, Mode.ESP_ONLY, NO_BITS, 0, 0, 0, 4, 0),
                            new EncrAlgorithm(12, Mode.AES_CBC, CIPHER_BITS, 0, 0, 16, 16, 0),
                            new EncrAlgorithm(13, Mode.AES_CTR, CIPHER_BITS, 0, 4, 8, 1, 0),
                            new EncrAlgorithm(14, Mode.AES_CCM, CIPHER_BITS, 0, 3, 8, 1, 8),
                            new EncrAlgorithm(15, Mode.AES_CCM, CIPHER_BITS, 0, 3, 8, 1, 12),
                            new EncrAlgorithm(16, Mode.AES_CCM, CIPHER_BITS, 0, 3, 8, 1, 16),
                            new EncrAlgorithm(18, Mode.AES_GCM, CIPHER_BITS, 0, 4, 8, 1, 8),
                            new EncrAlgorithm(19, Mode.AES_GCM, CIPHER_BITS, 0, 4, 8, 1, 12),
                            new EncrAlgorithm(20, Mode.AES_GCM, CIPHER_BITS, 0, 4, 8, 1, 16),
                            new EncrAlgorithm(21, Mode.ESP_ONLY, CIPHER_BITS, 0, 4, 8, 4, 16),
                            new EncrAlgorithm(23, Mode.CAMELLIA_CBC, CIPHER_BITS, 0, 0, 16, 16, 0),
                            new EncrAlgorithm(24, Mode.CAMELLIA_CTR, CIPHER_BITS, 0, 4, 8, 1, 0),
                            new EncrAlgorithm(25, Mode.ESP_ONLY, CIPHER_BITS, 0, 3, 8, 1, 8),
                            new EncrAlgorithm(26, Mode.ESP_ONLY, CIPHER_BITS, 0, 3, 8, 1, 12),
                            new EncrAlgorithm(27, Mode.ESP_ONLY, CIPHER_BITS, 0, 3, 8, 1, 16),
                            new EncrAlgorithm(
                                    28, Mode.CHACHA20_POLY1305, Set.of(0, 256), 32, 4, 8, 1, 16))
                    .collect(Collectors.toMap(EncrAlgorithm::id, Function.identity()));

    /// The algorithm of this transform, if it is known and has that key length.
    static Optional<EncrAlgorithm> find(Transform encr) {
        return encr.type() == TransformType.ENCR
                ? Optional.ofNullable(BY_ID.get(encr.id()))
                        .filter(found -> found.keyBits.contains(encr.keyBits()))
                : Optional.empty();
    }

    /// The algorithm of this transform.
    ///
    /// @throws IllegalArgumentException if it is not known; negotiation should have refused it
    static EncrAlgorithm of(Transform encr) {
        return find(encr).orElseThrow(() -> new IllegalArgumentException("cipher " + encr));
    }

    boolean servesIke() {
        return mode != Mode.ESP_ONLY;
    }

    boolean isCounterMode() {
        return mode == Mode.AES_CTR || mode == Mode.CAMELLIA_CTR;
    }

    boolean isAead() {
        return icvBytes > 0;
    }

    /// Key length without salt.
    int keyBytes(Transform encr) {
        return fixedKeyBytes > 0 ? fixedKeyBytes : encr.keyBits() / 8;
    }
}
