package org.keyferry.crypto;

import java.util.Optional;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// What Keyferry can compute, and the sizes that go with it.
public final class Algorithms {
    private static final int NO_ESN = 0;
    private static final int ESN = 1;

    private Algorithms() {}

    /// Whether this transform can be accepted for an IKE SA: ciphers with one of their key lengths,
    /// integrity, PRF and key exchange methods. Whether ESP can use a cipher, the kernel knows;
    /// sequence numbers of both kinds are always supported.
    public static boolean supports(Transform transform) {
        return switch (transform.type()) {
            case TransformType.ENCR ->
                    EncrAlgorithm.find(transform).filter(EncrAlgorithm::servesIke).isPresent();
            case TransformType.INTEG ->
                    IntegAlgorithm.find(transform).filter(IntegAlgorithm::servesIke).isPresent();
            case TransformType.PRF ->
                    transform.keyBits() == 0 && Prf.find(transform.id()).isPresent();
            case TransformType.ESN -> transform.id() == NO_ESN || transform.id() == ESN;
            default ->
                    isKeyExchange(transform.type())
                            && transform.keyBits() == 0
                            && KeyExchanges.find(transform.id()).isPresent();
        };
    }

    /// Whether the lengths of its keys are known, so that ESP or AH can have it if the kernel has:
    /// a cipher with one of its key lengths, or integrity.
    public static boolean isKnown(Transform encrOrInteg) {
        return encrOrInteg.type() == TransformType.INTEG
                ? IntegAlgorithm.find(encrOrInteg).isPresent()
                : EncrAlgorithm.find(encrOrInteg).isPresent();
    }

    /// Name of the library that computes it, such as `Conscrypt`; runs the known-answer test if
    /// there was none yet. Empty if it is not supported, or is not an algorithm (ESN).
    public static Optional<String> providerOf(Transform transform) {
        if (!supports(transform)) {
            return Optional.empty();
        }
        return switch (transform.type()) {
            case TransformType.ENCR -> Optional.of(Ciphers.providerTitle(transform));
            case TransformType.INTEG ->
                    Optional.of(IntegAlgorithm.of(transform).mac().providerTitle());
            case TransformType.PRF -> Optional.of(Prf.of(transform.id()).providerTitle());
            case TransformType.ESN -> Optional.empty();
            default -> KeyExchanges.find(transform.id()).map(KeyExchangeMethod::provider);
        };
    }

    /// Key length of a cipher without its salt, or of an integrity algorithm, ESP's included.
    ///
    /// @throws IllegalArgumentException if it is not known
    public static int keyBytes(Transform encrOrInteg) {
        return encrOrInteg.type() == TransformType.INTEG
                ? IntegAlgorithm.of(encrOrInteg).keyBytes()
                : EncrAlgorithm.of(encrOrInteg).keyBytes(encrOrInteg);
    }

    /// Bytes of keying material behind a cipher's key.
    public static int saltBytes(Transform encr) {
        return EncrAlgorithm.of(encr).saltBytes();
    }

    /// Whether the cipher does without an integrity algorithm.
    public static boolean isAead(Transform encr) {
        return EncrAlgorithm.find(encr).filter(EncrAlgorithm::isAead).isPresent();
    }

    /// Length of the integrity check value: of an AEAD or an integrity algorithm; 0 for other
    /// ciphers.
    public static int icvBytes(Transform encrOrInteg) {
        return encrOrInteg.type() == TransformType.INTEG
                ? IntegAlgorithm.of(encrOrInteg).icvBytes()
                : EncrAlgorithm.of(encrOrInteg).icvBytes();
    }

    /// Length of the initialization vector sent with each message.
    public static int ivBytes(Transform encr) {
        return EncrAlgorithm.of(encr).ivBytes();
    }

    /// What a padded plaintext is a multiple of; 1 for ciphers that need no padding.
    public static int blockBytes(Transform encr) {
        return EncrAlgorithm.of(encr).blockBytes();
    }

    private static boolean isKeyExchange(int type) {
        return type == TransformType.KE || TransformType.isAdditionalKe(type);
    }
}
