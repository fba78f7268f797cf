package org.keyferry.crypto.cert;

import java.time.Instant;

/// Tells whether certificates were revoked. An answer may take as long as asking somebody takes:
/// never called by a thread that others wait for.
@FunctionalInterface
public interface Revocations {
    /// Nothing is known of any.
    Revocations NONE = (subject, _, _) -> unknown(subject);

    /// @param issuer of the subject, on a trusted path
    Status of(Certificate subject, Certificate issuer, Instant at);

    sealed interface Status {
        record Good() implements Status {}

        /// @param detail when and why
        record Revoked(String detail) implements Status {}

        /// The certificate names no place to ask, and nothing is loaded.
        record NoSource() implements Status {}

        /// @param detail what was tried and did not succeed
        record Unknown(String detail) implements Status {}
    }

    /// The answer where nothing is loaded and nothing can be asked.
    static Status unknown(Certificate subject) {
        return subject.namesRevocationSource()
                ? new Status.Unknown("no valid CRL is loaded")
                : new Status.NoSource();
    }
}
