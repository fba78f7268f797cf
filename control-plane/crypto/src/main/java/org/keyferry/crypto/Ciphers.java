package org.keyferry.crypto;

import static org.keyferry.crypto.CryptoProvider.ACCP;
import static org.keyferry.crypto.CryptoProvider.BOUNCY_CASTLE;
import static org.keyferry.crypto.CryptoProvider.CONSCRYPT;
import static org.keyferry.crypto.CryptoProvider.JDK;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.keyferry.wire.Transform;

/// Who serves which cipher, fastest first. The choice is made for each key length: ACCP and
/// Conscrypt lack some.
final class Ciphers {
    private static final Map<Transform, Chosen<CipherEngine>> CHOSEN = new ConcurrentHashMap<>();

    private Ciphers() {}

    static Chosen<CipherEngine> of(Transform encr) {
        return CHOSEN.computeIfAbsent(encr, Ciphers::candidates);
    }

    static String providerTitle(Transform encr) {
        return of(encr).providerTitle();
    }

    private static Chosen<CipherEngine> candidates(Transform encr) {
        EncrAlgorithm algorithm = EncrAlgorithm.of(encr);
        return new Chosen<>(
                encr.toString(),
                engine -> CipherExamples.passes(algorithm, algorithm.keyBytes(encr), engine),
                candidates(algorithm));
    }

    private static List<Chosen.Candidate<CipherEngine>> candidates(EncrAlgorithm algorithm) {
        int tagBits = algorithm.icvBytes() * 8;
        return switch (algorithm.mode()) {
            case AES_CBC -> List.of(aes(JDK, "CBC"), aes(BOUNCY_CASTLE, "CBC"));
            case AES_CTR -> List.of(aes(JDK, "CTR"), aes(BOUNCY_CASTLE, "CTR"));
            case AES_GCM ->
                    tagBits == 64 // only Bouncy Castle cuts tags so short
                            ? List.of(gcm(BOUNCY_CASTLE, tagBits))
                            : List.of(
                                    gcm(ACCP, tagBits),
                                    gcm(JDK, tagBits),
                                    gcm(BOUNCY_CASTLE, tagBits));
            case AES_CCM -> List.of(tagged(BOUNCY_CASTLE, "AES/CCM/NoPadding", tagBits));
            case CHACHA20_POLY1305 ->
                    List.of(
                            chaCha(CONSCRYPT, "ChaCha20/Poly1305/NoPadding"),
                            chaCha(JDK, "ChaCha20-Poly1305"),
                            chaCha(BOUNCY_CASTLE, "ChaCha20-Poly1305"));
            case TRIPLE_DES_CBC ->
                    List.of(
                            plain(JDK, "DESede/CBC/NoPadding", "DESede"),
                            plain(BOUNCY_CASTLE, "DESede/CBC/NoPadding", "DESede"));
            case BLOWFISH_CBC ->
                    List.of(
                            plain(JDK, "Blowfish/CBC/NoPadding", "Blowfish"),
                            plain(BOUNCY_CASTLE, "Blowfish/CBC/NoPadding", "Blowfish"));
            case CAMELLIA_CBC ->
                    List.of(plain(BOUNCY_CASTLE, "Camellia/CBC/NoPadding", "Camellia"));
            case CAMELLIA_CTR ->
                    List.of(plain(BOUNCY_CASTLE, "Camellia/CTR/NoPadding", "Camellia"));
            case ESP_ONLY -> throw new IllegalArgumentException("cipher " + algorithm.id());
        };
    }

    private static Chosen.Candidate<CipherEngine> aes(CryptoProvider source, String mode) {
        return plain(source, "AES/" + mode + "/NoPadding", "AES");
    }

    private static Chosen.Candidate<CipherEngine> plain(
            CryptoProvider source, String transformation, String keyAlgorithm) {
        return new Chosen.Candidate<>(
                source,
                provider ->
                        new JcaUnauthenticated(
                                new ReusedCipher(transformation, keyAlgorithm, provider)));
    }

    private static Chosen.Candidate<CipherEngine> gcm(CryptoProvider source, int tagBits) {
        return tagged(source, "AES/GCM/NoPadding", tagBits);
    }

    private static Chosen.Candidate<CipherEngine> tagged(
            CryptoProvider source, String transformation, int tagBits) {
        return new Chosen.Candidate<>(
                source,
                provider ->
                        new JcaAead(
                                new ReusedCipher(transformation, "AES", provider),
                                nonce -> new GCMParameterSpec(tagBits, nonce)));
    }

    private static Chosen.Candidate<CipherEngine> chaCha(
            CryptoProvider source, String transformation) {
        return new Chosen.Candidate<>(
                source,
                provider ->
                        new JcaAead(
                                new ReusedCipher(transformation, "ChaCha20", provider),
                                IvParameterSpec::new));
    }
}
