package org.keyferry.crypto.cert;

import java.time.Instant;
import java.util.function.Consumer;

/// Tells whether certificates were revoked.
public interface Revocations {
    /// Nothing is known of any.
    Revocations NONE = (_, _) -> (subject, _) -> unknown(subject);

    /// Begins the questions about one peer.
    ///
    /// @param notes gets lines for the log
    Inquiry begin(Instant at, Consumer<String> notes);

    /// Whether an answer may take as long as asking somebody takes. Then no thread may ask that
    /// others wait for.
    default boolean mayWait() {
        return false;
    }

    /// Questions about one peer's certificates, of one thread.
    @FunctionalInterface
    interface Inquiry {
        /// @param issuer of the subject, on a trusted path
        Status of(Certificate subject, Certificate issuer);
    }

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
