package org.keyferry.engine.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.crypto.cert.Fault;
import org.keyferry.crypto.cert.PathFinder;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.cert.Revocations.ListSigners;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.cert.TrustPath;
import org.keyferry.crypto.revocation.TrustedSigners;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.settings.model.Revocation;
import org.keyferry.wire.Bytes;

/// Looks for a trusted path from a certificate that a round's demands admit. One that fails a
/// demand does not end the search: another may lead over other CAs.
final class Paths {
    private final Credentials credentials;
    private final List<Certificate> received;
    private final Instant at;
    private final List<String> notes;
    private final Revocations.Inquiry revocations;
    private final Map<Certificate, ListSigners> signers = new HashMap<>();

    /// @param notes gets lines for the log
    Paths(Credentials credentials, List<Certificate> received, Instant at, List<String> notes) {
        this(credentials, received, List.of(), at, notes);
    }

    /// @param stapled answers of OCSP responders that came along
    /// @param notes gets lines for the log
    Paths(
            Credentials credentials,
            List<Certificate> received,
            List<Bytes> stapled,
            Instant at,
            List<String> notes) {
        this.credentials = credentials;
        this.received = received;
        this.at = at;
        this.notes = notes;
        this.revocations = credentials.revocations().begin(at, stapled, notes::add);
    }

    sealed interface Found {
        record Path(TrustPath path) implements Found {}

        /// @param objection all that was wrong, of the kind of what was found first
        record None(Objection objection) implements Found {}
    }

    Found find(Certificate target, PublicKeyTerms terms) {
        var objections = new LinkedHashSet<Objection>();
        boolean pinned = credentials.configured(terms.certs()).contains(target);
        if (terms.certPolicy().isEmpty()
                && (pinned || credentials.endEntities().contains(target))
                && !credentials.options().rejectTrustedEndEntity()) {
            Optional<Objection> wrong = demand(new TrustPath(List.of(target)), terms);
            if (wrong.isEmpty()) {
                notes.add("using trusted certificate \"%s\"".formatted(target));
                return new Found.Path(new TrustPath(List.of(target)));
            }
            objections.add(wrong.get());
        }
        for (Search search : searches(terms)) {
            switch (search.run(target)) {
                case PathFinder.Result.Refused(var fault, String reason) ->
                        objections.add(new Objection(fault, reason));
                case PathFinder.Result.Trusted(TrustPath path) -> {
                    Optional<Objection> wrong = demand(path, terms);
                    if (wrong.isEmpty()) {
                        tell(path);
                        return new Found.Path(path);
                    }
                    objections.add(wrong.get());
                }
            }
        }
        return new Found.None(Objection.all(objections));
    }

    private interface Search {
        PathFinder.Result run(Certificate target);
    }

    /// To a root, and over each of the CAs that are demanded. A CA that is no root is no end of a
    /// path even where it is loaded: what those above it forbid would not be seen.
    private List<Search> searches(PublicKeyTerms terms) {
        Set<Certificate> demanded = new LinkedHashSet<>(credentials.configured(terms.cacerts()));
        Set<Certificate> anchors = new LinkedHashSet<>(credentials.authorities());
        anchors.addAll(demanded);
        List<Certificate> roots = anchors.stream().filter(Certificate::isSelfIssued).toList();
        Set<Certificate> others = new LinkedHashSet<>(received);
        others.addAll(anchors);
        Set<String> policies = Set.copyOf(terms.certPolicy());
        var searches = new ArrayList<Search>();
        searches.add(
                target ->
                        PathFinder.find(
                                target,
                                others,
                                roots,
                                policies,
                                credentials.options().paths(),
                                at));
        for (Certificate over : demanded) {
            if (anchors.size() > 1) {
                searches.add(target -> over(target, over, others, roots, policies));
            }
        }
        return searches;
    }

    /// Every path that leads over one CA: without those that would lead around it.
    private PathFinder.Result over(
            Certificate target,
            Certificate over,
            Set<Certificate> others,
            List<Certificate> roots,
            Set<String> policies) {
        return over.isSelfIssued()
                ? PathFinder.find(
                        target, others, List.of(over), policies, credentials.options().paths(), at)
                : PathFinder.find(
                        target,
                        others.stream()
                                .filter(c -> c.equals(over) || !c.subject().equals(over.subject()))
                                .toList(),
                        roots,
                        policies,
                        credentials.options().paths(),
                        at);
    }

    /// The first demand that a path does not meet. What asks somebody comes last.
    private Optional<Objection> demand(TrustPath path, PublicKeyTerms terms) {
        Certificate target = path.subject();
        List<Certificate> authorities = path.chain().subList(1, path.chain().size());
        if (!target.isValidAt(at)) {
            return Objection.of(
                    Fault.EXPIRED,
                    "certificate '%s' is not valid now (valid from %s to %s)"
                            .formatted(
                                    target,
                                    target.x509().getNotBefore().toInstant(),
                                    target.x509().getNotAfter().toInstant()));
        }
        boolean pinned =
                (terms.certs().isEmpty() && terms.pubkeys().isEmpty())
                        || terms.certs().contains(target.der())
                        || terms.pubkeys().contains(target.keyInfo());
        if (!pinned) {
            return unacceptable("certificate '%s' is none of those required".formatted(target));
        }
        boolean underDemanded =
                terms.cacerts().isEmpty()
                        || authorities.stream().anyMatch(ca -> terms.cacerts().contains(ca.der()));
        if (!underDemanded) {
            return unacceptable(
                    "certificate '%s' was not issued under a required CA".formatted(target));
        }
        if (terms.caId().isPresent()
                && authorities.stream()
                        .noneMatch(
                                ca ->
                                        ca.isFor(terms.caId().get())
                                                || ca.subject().matches(terms.caId().get()) > 0)) {
            return unacceptable(
                    "certificate '%s' was not issued under CA '%s'"
                            .formatted(target, terms.caId().get()));
        }
        return SignatureLimits.violation(terms.signatures().chain(), path)
                .map(why -> new Objection(Fault.UNACCEPTABLE, why))
                .or(() -> revoked(path, terms.revocation()));
    }

    private Optional<Objection> revoked(TrustPath path, Revocation policy) {
        List<Certificate> chain = path.chain();
        if (chain.size() == 1 && policy == Revocation.STRICT && !path.subject().isSelfIssued()) {
            return unacceptable(
                    "whether certificate '%s' was revoked is not known: its issuer is not"
                            .formatted(path.subject()));
        }
        for (int i = 0; i + 1 < chain.size(); i++) {
            Certificate subject = chain.get(i);
            Optional<Objection> wrong =
                    judge(
                            subject,
                            revocations.of(subject, chain.get(i + 1), signers(path.anchor())),
                            policy);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    /// Of indirect lists. What is loaded comes first: nothing that a peer brings takes its place.
    private ListSigners signers(Certificate anchor) {
        return signers.computeIfAbsent(
                anchor,
                _ -> {
                    var known = new LinkedHashSet<>(credentials.authorities());
                    known.addAll(credentials.endEntities());
                    known.addAll(received);
                    return new TrustedSigners(
                            known,
                            anchor,
                            credentials.options().paths(),
                            at,
                            revocations,
                            notes::add);
                });
    }

    private Optional<Objection> judge(Certificate subject, Status status, Revocation policy) {
        return switch (status) {
            case Status.Good() -> {
                notes.add("certificate status of \"%s\" is good".formatted(subject));
                yield Optional.empty();
            }
            case Status.Revoked(String detail) ->
                    Objection.of(
                            Fault.REVOKED,
                            "certificate '%s' is revoked: %s".formatted(subject, detail));
            case Status.NoSource() ->
                    policy == Revocation.STRICT
                            ? unacceptable(
                                    notKnown(subject, "it names no CRL and no OCSP responder"))
                            : Optional.empty();
            case Status.Unknown(String detail) -> {
                if (policy == Revocation.RELAXED) {
                    notes.add(
                            "certificate status of \"%s\" is not available: %s"
                                    .formatted(subject, detail));
                    yield Optional.empty();
                }
                yield unacceptable(notKnown(subject, detail));
            }
        };
    }

    private static Optional<Objection> unacceptable(String text) {
        return Objection.of(Fault.UNACCEPTABLE, text);
    }

    private static String notKnown(Certificate subject, String why) {
        return "whether certificate '%s' was revoked is not known: %s".formatted(subject, why);
    }

    private void tell(TrustPath path) {
        List<Certificate> chain = path.chain();
        notes.add("using certificate \"%s\"".formatted(path.subject()));
        for (Certificate ca : chain.subList(1, chain.size())) {
            notes.add(
                    "using %s ca certificate \"%s\""
                            .formatted(ca.equals(path.anchor()) ? "trusted" : "intermediate", ca));
        }
        notes.add("reached root ca with a path length of %d".formatted(chain.size() - 2));
    }
}
