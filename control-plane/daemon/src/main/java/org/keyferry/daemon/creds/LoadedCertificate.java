package org.keyferry.daemon.creds;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// A certificate, a revocation list or a bare public key that was loaded. Equal if the bytes and
/// the kind are.
///
/// @param flag [Flag#NONE] for all but X.509
/// @param der of a public key its SubjectPublicKeyInfo
/// @param subjects all identities it speaks for, the distinguished name first
/// @param keyId of the public key in it
/// @param x509 the parsed certificate, if it is one
public record LoadedCertificate(
        CertificateKind kind,
        Flag flag,
        Bytes der,
        List<Identification> subjects,
        Optional<KeyId> keyId,
        Optional<X509Certificate> x509) {
    public LoadedCertificate {
        subjects = List.copyOf(subjects);
    }

    /// Whether one of its identities fits a pattern.
    public boolean speaksFor(Identification pattern) {
        return subjects.stream().anyMatch(subject -> subject.matches(pattern) > 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LoadedCertificate that
                && kind == that.kind
                && flag == that.flag
                && der.equals(that.der);
    }

    @Override
    public int hashCode() {
        return der.hashCode();
    }

    @Override
    public String toString() {
        return kind + " " + (subjects.isEmpty() ? keyId : subjects.getFirst());
    }
}
