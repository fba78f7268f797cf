package org.keyferry.crypto.cert;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.keyferry.wire.Bytes;

/// Tells whether certificates were revoked.
public interface Revocations {
    /// Nothing is known of any.
    Revocations NONE = (_, _, _) -> (subject, _, _) -> unknown(subject);

    /// Begins the questions about one peer.
    ///
    /// @param stapled answers of OCSP responders that the peer brought, in DER; what they are worth
    ///   is to be found out
    /// @param notes gets lines for the log
    Inquiry begin(Instant at, List<Bytes> stapled, Consumer<String> notes);

    /// About a peer that brought no answers.
    default Inquiry begin(Instant at, Consumer<String> notes) {
        return begin(at, List.of(), notes);
    }

    /// OCSP responders that are trusted by themselves.
    default List<Certificate> responders() {
        return List.of();
    }

    /// Answers about our own certificates, for a peer.
    ///
    /// @param trusted keys, as SHA-1, of responders that the peer trusts by themselves
    /// @param notes gets lines for the log
    default Own ofOwn(Set<Bytes> trusted, Instant at, Consumer<String> notes) {
        return (_, _) -> Optional.empty();
    }

    /// Answers about our own certificates.
    @FunctionalInterface
    interface Own {
        /// A responder's answer that a certificate is good, in DER.
        Optional<Bytes> good(Certificate subject, Certificate issuer);
    }

    /// Whether an answer may take as long as asking somebody takes. Then no thread may ask that
    /// others wait for.
    default boolean mayWait() {
        return false;
    }

    /// Questions about one peer's certificates, of one thread.
    @FunctionalInterface
    interface Inquiry {
        /// @param issuer of the subject, on a trusted path
        /// @param signers of indirect lists under the anchor of that path
        Status of(Certificate subject, Certificate issuer, ListSigners signers);

        /// Without indirect lists.
        default Status of(Certificate subject, Certificate issuer) {
            return of(subject, issuer, ListSigners.NONE);
        }
    }

    /// Knows who may sign lists about certificates that somebody else issued.
    @FunctionalInterface
    interface ListSigners {
        ListSigners NONE = _ -> List.of();

        /// Trusted certificates of that name.
        List<Certificate> named(X500Principal name);
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
