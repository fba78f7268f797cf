package org.keyferry.crypto.revocation;

import java.security.cert.CRLReason;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;

/// What lists say of one certificate.
public final class CrlStatus {
    private CrlStatus() {}

    /// A revocation counts even where the list is stale; that there is none counts only where it is
    /// fresh.
    ///
    /// @param base signed by the subject's issuer, and about it
    /// @param delta that completes it; what it says goes before
    public static Status of(Crl base, Optional<Crl> delta, Certificate subject, Instant at) {
        Optional<X509CRLEntry> changed = delta.flatMap(d -> d.entry(subject));
        if (changed.isPresent()) {
            boolean removed = changed.get().getRevocationReason() == CRLReason.REMOVE_FROM_CRL;
            return removed ? fresh(base, at) : revoked(changed.get());
        }
        return base.entry(subject).map(CrlStatus::revoked).orElseGet(() -> fresh(base, at));
    }

    private static Status revoked(X509CRLEntry entry) {
        CRLReason reason = entry.getRevocationReason();
        return new Status.Revoked(
                "certificate was revoked on %s, reason: %s"
                        .formatted(
                                entry.getRevocationDate().toInstant(),
                                reason == null ? "unspecified" : words(reason)));
    }

    static String words(CRLReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Status fresh(Crl base, Instant at) {
        return base.isFresh(at)
                ? new Status.Good()
                : new Status.Unknown("crl is stale: since %s".formatted(base.nextUpdate()));
    }
}
