package org.keyferry.crypto.revocation;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.wire.Bytes;

/// Revocation by lists that are at hand. A list counts if the CA that issued the certificate signed
/// it; of several the newest does.
public final class LoadedCrls implements Revocations {
    private final List<Crl> lists;

    public LoadedCrls(Collection<Crl> lists) {
        this.lists = List.copyOf(lists);
    }

    @Override
    public Inquiry begin(Instant at, List<Bytes> stapled, Consumer<String> notes) {
        var answers = new StapledAnswers(stapled, List.of(), at, notes);
        return (subject, issuer, signers) -> {
            Optional<OcspAnswer> told =
                    answers.about(subject, issuer)
                            .filter(answer -> !refute(answer, subject, issuer, signers));
            return told.map(OcspAnswer::status)
                    .filter(status -> !(status instanceof Status.Unknown))
                    .orElseGet(() -> listed(subject, issuer, signers, at));
        };
    }

    private Status listed(
            Certificate subject, Certificate issuer, ListSigners signers, Instant at) {
        return base(subject, issuer, signers)
                .map(base -> CrlStatus.of(base, delta(base, subject, issuer, signers), subject, at))
                .orElseGet(() -> Revocations.unknown(subject));
    }

    /// Whether lists tell that an answer is not to be believed which says that the subject is good:
    /// whoever shows one chooses it, or may have the key of a responder.
    public boolean refute(
            OcspAnswer answer, Certificate subject, Certificate issuer, ListSigners signers) {
        return answer.status() instanceof Status.Good
                && (revokeSince(answer, subject, issuer, signers)
                        || revokeSigner(answer, issuer, signers));
    }

    private boolean revokeSigner(OcspAnswer answer, Certificate issuer, ListSigners signers) {
        Certificate signer = answer.signer();
        return signer.issuer().equals(issuer.subject())
                && listed(signer, issuer, signers, answer.from()) instanceof Status.Revoked;
    }

    /// The subject is revoked, and one of the lists is newer than the answer.
    private boolean revokeSince(
            OcspAnswer answer, Certificate subject, Certificate issuer, ListSigners signers) {
        Optional<Crl> base = base(subject, issuer, signers);
        Optional<Crl> delta = base.flatMap(list -> delta(list, subject, issuer, signers));
        return base.map(list -> CrlStatus.of(list, delta, subject, answer.from()))
                        .filter(Status.Revoked.class::isInstance)
                        .isPresent()
                && Stream.of(base, delta)
                        .flatMap(Optional::stream)
                        .anyMatch(list -> list.thisUpdate().isAfter(answer.from()));
    }

    /// These and others.
    public LoadedCrls with(Collection<Crl> others) {
        return others.isEmpty()
                ? this
                : new LoadedCrls(Stream.concat(lists.stream(), others.stream()).toList());
    }

    /// The newest complete list that tells about the subject.
    public Optional<Crl> base(Certificate subject, Certificate issuer, ListSigners signers) {
        return newest(
                list ->
                        !list.isDelta()
                                && list.covers(subject, issuer)
                                && signer(list, issuer, signers).isPresent());
    }

    /// The newest delta to a list of the same issuer.
    public Optional<Crl> delta(
            Crl base, Certificate subject, Certificate issuer, ListSigners signers) {
        return newest(
                list ->
                        list.completes(base)
                                && list.covers(subject, issuer)
                                && signer(list, issuer, signers).isPresent());
    }

    /// Who signed a list and may do so: the issuer of the subject, or somebody else if it is a list
    /// of somebody else.
    ///
    /// @param list that covers the subject
    public static Optional<Certificate> signer(Crl list, Certificate issuer, ListSigners signers) {
        List<Certificate> candidates =
                list.isOf(issuer) ? List.of(issuer) : signers.named(list.issuer());
        return candidates.stream().filter(list::isSignedBy).findFirst();
    }

    private Optional<Crl> newest(Predicate<Crl> fits) {
        return lists.stream().filter(fits).max(Comparator.comparing(Crl::thisUpdate));
    }
}
