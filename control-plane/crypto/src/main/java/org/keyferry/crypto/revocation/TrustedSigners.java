package org.keyferry.crypto.revocation;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.PathFinder;
import org.keyferry.crypto.cert.PathRules;
import org.keyferry.crypto.cert.Revocations.Inquiry;
import org.keyferry.crypto.cert.Revocations.ListSigners;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TrustPath;

/// Who may sign indirect lists about certificates under one trust anchor: whoever has a certificate
/// for that (key usage `cRLSign`) with a path to the same anchor (RFC 5280 §6.3.3 f). Of one
/// thread.
///
/// The RFC takes a certificate without key usage, too. Nobody issues such ones for this, while end
/// entities often have none.
public final class TrustedSigners implements ListSigners {
    private static final int CRL_SIGN = 6;

    /// Certificates of one name that are looked at, the first ones.
    private static final int MOST = 4;

    private final Collection<Certificate> known;
    private final Certificate anchor;
    private final PathRules rules;
    private final Instant at;
    private final Inquiry revocations;
    private final Consumer<String> notes;
    private final Map<X500Principal, List<Certificate>> found = new HashMap<>();

    /// @param known certificates, trusted or not; those that a peer brought last
    /// @param revocations a signer that was revoked signs nothing; asked only about paths that are
    ///   trusted
    /// @param notes gets lines for the log
    public TrustedSigners(
            Collection<Certificate> known,
            Certificate anchor,
            PathRules rules,
            Instant at,
            Inquiry revocations,
            Consumer<String> notes) {
        this.known = List.copyOf(known);
        this.anchor = anchor;
        this.rules = rules;
        this.at = at;
        this.revocations = revocations;
        this.notes = notes;
    }

    @Override
    public List<Certificate> named(X500Principal name) {
        List<Certificate> signers = found.get(name);
        if (signers == null) {
            signers =
                    known.stream()
                            .filter(c -> c.x509().getSubjectX500Principal().equals(name))
                            .limit(MOST)
                            .filter(this::isTrusted)
                            .toList();
            found.put(name, signers);
        }
        return signers;
    }

    private boolean isTrusted(Certificate signer) {
        Optional<String> wrong = wrong(signer);
        wrong.ifPresent(
                why ->
                        notes.accept(
                                "\"%s\" may not sign crls for others: %s".formatted(signer, why)));
        return wrong.isEmpty();
    }

    private Optional<String> wrong(Certificate signer) {
        boolean[] usage = signer.x509().getKeyUsage();
        if (usage == null || !usage[CRL_SIGN]) {
            return Optional.of("its key usage is not cRLSign");
        }
        if (signer.equals(anchor)) {
            return signer.isValidAt(at) ? Optional.empty() : Optional.of("it is not valid now");
        }
        return switch (PathFinder.find(signer, known, List.of(anchor), Set.of(), rules, at)) {
            case PathFinder.Result.Refused(_, String reason) -> Optional.of(reason);
            case PathFinder.Result.Trusted(TrustPath path) -> revoked(path);
        };
    }

    /// Only what others than itself sign tells that.
    private Optional<String> revoked(TrustPath path) {
        List<Certificate> chain = path.chain();
        for (int i = 0; i + 1 < chain.size(); i++) {
            Certificate subject = chain.get(i);
            Status status = revocations.of(subject, chain.get(i + 1), ListSigners.NONE);
            if (status instanceof Status.Revoked(String detail)) {
                return Optional.of("certificate '%s' is revoked: %s".formatted(subject, detail));
            }
        }
        return Optional.empty();
    }
}
