package org.keyferry.crypto.cert;

import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Revocation by lists that are at hand (RFC 5280 §5). A list counts if the CA that issued the
/// certificate signed it; of several the newest does.
public final class LoadedCrls implements Revocations {
    private static final int CRL_SIGN = 6;
    private static final String DELTA_INDICATOR = "2.5.29.27";
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final String AUTHORITY_KEY_ID = "2.5.29.35";
    private static final String NUMBER = "2.5.29.20";

    /// Critical extensions that are understood: a list with any other is not used.
    private static final Set<String> UNDERSTOOD = Set.of(AUTHORITY_KEY_ID, NUMBER);

    private final List<X509CRL> lists;

    public LoadedCrls(Collection<X509CRL> lists) {
        this.lists = List.copyOf(lists);
    }

    @Override
    public Status of(Certificate subject, Certificate issuer, Instant at) {
        Optional<X509CRL> newest =
                lists.stream()
                        .filter(list -> concerns(list, issuer))
                        .max(Comparator.comparing(X509CRL::getThisUpdate));
        if (newest.isEmpty()) {
            return Revocations.unknown(subject);
        }
        return status(newest.get(), subject, at);
    }

    /// What one list says.
    static Status status(X509CRL list, Certificate subject, Instant at) {
        X509CRLEntry entry = list.getRevokedCertificate(subject.x509().getSerialNumber());
        if (entry != null) {
            String reason =
                    entry.getRevocationReason() == null
                            ? "unspecified"
                            : entry.getRevocationReason()
                                    .name()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', ' ');
            return new Status.Revoked(
                    "certificate was revoked on %s, reason: %s"
                            .formatted(entry.getRevocationDate().toInstant(), reason));
        }
        return isFresh(list, at)
                ? new Status.Good()
                : new Status.Unknown(
                        "crl is stale: since %s"
                                .formatted(
                                        list.getNextUpdate() == null
                                                ? list.getThisUpdate().toInstant()
                                                : list.getNextUpdate().toInstant()));
    }

    static boolean isFresh(X509CRL list, Instant at) {
        return list.getNextUpdate() != null && !at.isAfter(list.getNextUpdate().toInstant());
    }

    /// Whether this CA signed the list, and it is one about all certificates of that CA.
    static boolean concerns(X509CRL list, Certificate issuer) {
        if (!list.getIssuerX500Principal().equals(issuer.x509().getSubjectX500Principal())
                || list.getExtensionValue(DELTA_INDICATOR) != null
                || list.getExtensionValue(ISSUING_DISTRIBUTION_POINT) != null) {
            return false;
        }
        Set<String> critical = list.getCriticalExtensionOIDs();
        boolean[] usage = issuer.x509().getKeyUsage();
        if ((critical != null && !UNDERSTOOD.containsAll(critical))
                || (usage != null && !usage[CRL_SIGN])) {
            return false;
        }
        try {
            list.verify(issuer.publicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
