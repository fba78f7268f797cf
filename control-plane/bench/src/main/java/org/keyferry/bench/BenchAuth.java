package org.keyferry.bench;

import java.util.Arrays;
import java.util.stream.Collectors;

/// How both ends of a tunnel prove who they are.
enum BenchAuth {
    PSK("psk"),
    /// Certificates with RSA keys of 2048 bits.
    RSA("rsa"),
    /// Certificates with ECDSA keys on P-256.
    ECDSA("ecdsa"),
    /// The responder as with [#ECDSA], initiators by EAP-TLS with such certificates.
    EAP_TLS("eap-tls");

    private final String word;

    BenchAuth(String word) {
        this.word = word;
    }

    /// @throws IllegalArgumentException with words for the user
    static BenchAuth of(String word) {
        return Arrays.stream(values())
                .filter(auth -> auth.word.equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "--auth: '%s' is none of %s"
                                                .formatted(
                                                        word,
                                                        Arrays.stream(values())
                                                                .map(a -> a.word)
                                                                .collect(
                                                                        Collectors.joining(
                                                                                ", ")))));
    }

    @Override
    public String toString() {
        return word;
    }
}
