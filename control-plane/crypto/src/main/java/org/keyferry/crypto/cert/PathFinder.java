package org.keyferry.crypto.cert;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Builds and validates certification paths (RFC 5280 §6) by the JDK's PKIX implementation:
/// signatures, validity, basic constraints, path lengths, key usage, name constraints, policies and
/// critical extensions. Revocation is asked elsewhere, once a path is trusted.
public final class PathFinder {
    /// Intermediate CAs between a certificate and its anchor.
    private static final int MAX_INTERMEDIATES = 6;

    private static final int KEY_CERT_SIGN = 5;

    private PathFinder() {}

    /// What became of a search.
    public sealed interface Result {
        record Trusted(TrustPath path) implements Result {}

        /// @param reason for a person
        record Refused(Fault fault, String reason) implements Result {}
    }

    /// @param others certificates that may lie between, trusted or not
    /// @param anchors trusted CAs, self-signed or not
    /// @param policies of which each path must carry all; empty for no demand
    public static Result find(
            Certificate target,
            Collection<Certificate> others,
            Collection<Certificate> anchors,
            Set<String> policies,
            PathRules rules,
            Instant at) {
        if (anchors.isEmpty()) {
            return new Result.Refused(Fault.NO_ISSUER, "no CA is trusted");
        }
        try {
            var parameters = builderParameters(target, others, anchors, policies, rules, at);
            var found =
                    (PKIXCertPathBuilderResult)
                            CertPathBuilder.getInstance("PKIX").build(parameters);
            TrustPath path = path(found);
            return tooLong(path)
                    .map(why -> new Result.Refused(Fault.PATH_TOO_LONG, why))
                    .or(
                            () ->
                                    AddressBlocks.violation(path, rules)
                                            .map(why -> new Result.Refused(Fault.INVALID, why)))
                    .<Result>map(refused -> refused)
                    .orElseGet(() -> new Result.Trusted(path));
        } catch (java.security.cert.CertPathBuilderException e) {
            return explain(target, others, anchors, policies, rules, at, e);
        } catch (GeneralSecurityException | BadCertificate e) {
            return new Result.Refused(Fault.INVALID, e.getMessage());
        }
    }

    private static PKIXBuilderParameters builderParameters(
            Certificate target,
            Collection<Certificate> others,
            Collection<Certificate> anchors,
            Set<String> policies,
            PathRules rules,
            Instant at)
            throws GeneralSecurityException {
        var selector = new X509CertSelector();
        selector.setCertificate(target.x509());
        var parameters = new PKIXBuilderParameters(trust(anchors), selector);
        var possible = new ArrayList<Certificate>(others);
        possible.add(target);
        common(parameters, possible, policies, rules, at);
        parameters.setMaxPathLength(MAX_INTERMEDIATES);
        var store = new ArrayList<X509Certificate>();
        store.add(target.x509());
        others.forEach(c -> store.add(c.x509()));
        parameters.addCertStore(
                CertStore.getInstance("Collection", new CollectionCertStoreParameters(store)));
        return parameters;
    }

    private static void common(
            PKIXParameters parameters,
            Collection<Certificate> path,
            Set<String> policies,
            PathRules rules,
            Instant at) {
        parameters.addCertPathChecker(
                rules.enforceCritical() ? ExtensionCheck.understood() : ExtensionCheck.all(path));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        if (!policies.isEmpty()) {
            parameters.setInitialPolicies(policies);
            parameters.setExplicitPolicyRequired(true);
            parameters.setAnyPolicyInhibited(true);
        }
    }

    private static Set<TrustAnchor> trust(Collection<Certificate> anchors) {
        var trust = new HashSet<TrustAnchor>();
        anchors.forEach(a -> trust.add(new TrustAnchor(a.x509(), null)));
        return trust;
    }

    private static TrustPath path(PKIXCertPathBuilderResult found) throws BadCertificate {
        var chain = new ArrayList<Certificate>();
        for (var certificate : found.getCertPath().getCertificates()) {
            chain.add(of((X509Certificate) certificate));
        }
        Certificate anchor = of(found.getTrustAnchor().getTrustedCert());
        if (!chain.contains(anchor)) {
            chain.add(anchor);
        }
        return new TrustPath(chain);
    }

    /// What the anchor's own basic constraints say: PKIX takes an anchor for a name and a key.
    private static Optional<String> tooLong(TrustPath path) {
        List<Certificate> chain = path.chain();
        long between =
                chain.subList(1, Math.max(1, chain.size() - 1)).stream()
                        .filter(c -> !c.isSelfIssued())
                        .count();
        int allowed = path.anchor().x509().getBasicConstraints();
        return chain.size() > 1 && between > allowed
                ? Optional.of(
                        "path length of %d violates constraint of %d of '%s'"
                                .formatted(between, allowed, path.anchor()))
                : Optional.empty();
    }

    private static Certificate of(X509Certificate certificate) throws BadCertificate {
        try {
            return Certificate.parse(org.keyferry.wire.Bytes.of(certificate.getEncoded()));
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new BadCertificate(e.getMessage());
        }
    }

    /// The builder does not say what was wrong with the paths that it tried; the most obvious one
    /// is validated for its reason.
    private static Result.Refused explain(
            Certificate target,
            Collection<Certificate> others,
            Collection<Certificate> anchors,
            Set<String> policies,
            PathRules rules,
            Instant at,
            Exception general) {
        var chain = new ArrayList<Certificate>();
        chain.add(target);
        Optional<Certificate> anchor = Optional.empty();
        while (anchor.isEmpty()) {
            Certificate last = chain.getLast();
            anchor = issuer(last, anchors);
            if (anchor.isEmpty()) {
                Optional<Certificate> next = issuer(last, others).filter(c -> !chain.contains(c));
                if (next.isEmpty() || chain.size() > MAX_INTERMEDIATES) {
                    return next.isEmpty()
                            ? new Result.Refused(
                                    Fault.NO_ISSUER,
                                    "no issuer certificate found for '%s', issuer is '%s'"
                                            .formatted(last.subject(), last.issuer()))
                            : new Result.Refused(
                                    Fault.PATH_TOO_LONG,
                                    "the path is longer than %d certificates"
                                            .formatted(MAX_INTERMEDIATES + 1));
                }
                chain.add(next.get());
            }
        }
        return validate(chain, anchor.get(), policies, rules, at)
                .orElseGet(() -> new Result.Refused(Fault.INVALID, general.getMessage()));
    }

    private static Optional<Certificate> issuer(Certificate of, Collection<Certificate> among) {
        return among.stream().filter(c -> c.subject().equals(of.issuer())).findFirst();
    }

    private static Optional<Result.Refused> validate(
            List<Certificate> chain,
            Certificate anchor,
            Set<String> policies,
            PathRules rules,
            Instant at) {
        for (Certificate issuer : chain.subList(1, chain.size())) {
            if (!issuer.isCa()) {
                return invalid("'%s' is no CA certificate".formatted(issuer));
            }
        }
        boolean[] usage = anchor.x509().getKeyUsage();
        if (!anchor.isCa() || (usage != null && !usage[KEY_CERT_SIGN])) {
            return invalid("'%s' may not sign certificates".formatted(anchor));
        }
        if (!anchor.isValidAt(at)) {
            return Optional.of(notValid(anchor));
        }
        try {
            CertPath path =
                    CertificateFactory.getInstance("X.509")
                            .generateCertPath(chain.stream().map(Certificate::x509).toList());
            var parameters = new PKIXParameters(trust(List.of(anchor)));
            common(parameters, chain, policies, rules, at);
            var _ = CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return Optional.empty();
        } catch (CertPathValidatorException e) {
            int index = e.getIndex();
            if (index < 0) {
                return invalid(e.getMessage());
            }
            Certificate bad = chain.get(index);
            return bad.isValidAt(at)
                    ? invalid("certificate '%s': %s".formatted(bad, e.getMessage()))
                    : Optional.of(notValid(bad));
        } catch (InvalidAlgorithmParameterException e) {
            throw new IllegalStateException(e);
        } catch (GeneralSecurityException e) {
            return invalid(e.getMessage());
        }
    }

    private static Optional<Result.Refused> invalid(String reason) {
        return Optional.of(new Result.Refused(Fault.INVALID, reason));
    }

    private static Result.Refused notValid(Certificate certificate) {
        return new Result.Refused(
                Fault.EXPIRED,
                "certificate '%s' is not valid now (valid from %s to %s)"
                        .formatted(
                                certificate,
                                certificate.x509().getNotBefore().toInstant(),
                                certificate.x509().getNotAfter().toInstant()));
    }
}
