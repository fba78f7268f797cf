package org.keyferry.daemon.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations;
import org.keyferry.crypto.cert.Revocations.ListSigners;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.CrlStatus;
import org.keyferry.crypto.revocation.LoadedCrls;
import org.keyferry.crypto.revocation.OcspAnswer;
import org.keyferry.crypto.revocation.Sources;
import org.keyferry.crypto.revocation.StapledAnswers;

/// The questions about one peer: OCSP first, lists where that did not tell; each place in turn
/// until one answers.
final class Asking implements Revocations.Inquiry {
    /// A peer waits no longer for all of its certificates together: it would be forgotten as half
    /// open.
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private record Pair(Certificate subject, Certificate issuer, ListSigners signers) {}

    private final AskedRevocations facts;
    private final RevocationService service;
    private final StapledAnswers stapled;
    private final Instant at;
    private final Consumer<String> notes;
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();
    private final Map<Pair, Status> known = new HashMap<>();

    Asking(AskedRevocations facts, StapledAnswers stapled, Instant at, Consumer<String> notes) {
        this.stapled = stapled;
        this.facts = facts;
        this.service = facts.service();
        this.at = at;
        this.notes = notes;
    }

    @Override
    public Status of(Certificate subject, Certificate issuer, ListSigners signers) {
        var pair = new Pair(subject, issuer, signers);
        Status status = known.get(pair);
        if (status == null) {
            status = ask(pair);
            known.put(pair, status);
        }
        return status;
    }

    private Status ask(Pair pair) {
        Certificate subject = pair.subject();
        note("checking certificate status of \"%s\"", subject);
        var options = service.options();
        Status byOcsp = options.ocsp() ? byOcsp(pair) : new Status.NoSource();
        if (byOcsp instanceof Status.Good || byOcsp instanceof Status.Revoked) {
            return byOcsp;
        }
        Status byCrl = options.crl() ? byCrl(pair) : new Status.NoSource();
        return byCrl instanceof Status.NoSource ? byOcsp : join(byOcsp, byCrl);
    }

    private static Status join(Status byOcsp, Status byCrl) {
        return byOcsp instanceof Status.Unknown(String first)
                        && byCrl instanceof Status.Unknown(String second)
                ? new Status.Unknown(first + "; " + second)
                : byCrl;
    }

    private Status byOcsp(Pair pair) {
        Certificate subject = pair.subject();
        Certificate issuer = pair.issuer();
        var uris = new LinkedHashSet<String>(facts.places().of(issuer).responders());
        uris.addAll(Sources.responders(subject));
        Optional<OcspAnswer> cached = atHand(subject, issuer);
        if (cached.isPresent() && counts(cached.get(), pair)) {
            return cached.get().status();
        }
        var failures = new ArrayList<String>();
        for (String uri : uris) {
            note("requesting ocsp status from '%s' ...", uri);
            try {
                OcspAnswer answer =
                        service.ask(uri, subject, issuer, facts.responders(), at, left());
                note("ocsp response correctly signed by \"%s\"", answer.signer());
                note("ocsp response is valid: until %s", answer.until());
                if (counts(answer, pair)) {
                    return answer.status();
                }
                failures.add(
                        answer.status() instanceof Status.Unknown(String why)
                                ? "%s: %s".formatted(uri, why)
                                : "%s: a crl refutes the ocsp response".formatted(uri));
            } catch (FetchFailed e) {
                note("ocsp request to %s failed: %s", uri, e.getMessage());
                failures.add("ocsp request to %s failed: %s".formatted(uri, e.getMessage()));
            }
        }
        return failures.isEmpty()
                ? new Status.NoSource()
                : new Status.Unknown(String.join("; ", failures));
    }

    private boolean counts(OcspAnswer answer, Pair pair) {
        boolean refuted =
                service.options().crl()
                        && atHand().refute(answer, pair.subject(), pair.issuer(), pair.signers());
        if (refuted) {
            note(
                    "ocsp response does not count: a crl revokes its signer, or is newer and revokes the"
                            + " certificate");
        }
        return !refuted && !(answer.status() instanceof Status.Unknown);
    }

    /// What was fetched, or what the peer brought if that is newer, even than what is over by now.
    private Optional<OcspAnswer> atHand(Certificate subject, Certificate issuer) {
        Optional<OcspAnswer> latest = service.cache().latest(subject, issuer);
        Optional<OcspAnswer> cached = latest.filter(answer -> at.isBefore(answer.until()));
        Optional<OcspAnswer> brought =
                stapled.about(subject, issuer)
                        .filter(b -> !(b.status() instanceof Status.Unknown))
                        .filter(b -> latest.isEmpty() || b.from().isAfter(latest.get().from()));
        if (brought.isPresent()) {
            note("using ocsp response of the peer, signed by \"%s\"", brought.get().signer());
            note("ocsp response is valid: until %s", brought.get().until());
            service.cache().add(subject, issuer, brought.get());
            return brought;
        }
        cached.ifPresent(_ -> note("using cached ocsp response"));
        return cached;
    }

    private Status byCrl(Pair pair) {
        Certificate subject = pair.subject();
        Certificate issuer = pair.issuer();
        Optional<Crl> atHand = atHand().base(subject, issuer, pair.signers());
        if (atHand.isPresent() && atHand.get().isFresh(at)) {
            note("using cached crl");
            note("crl is valid: until %s", atHand.get().nextUpdate());
            return status(atHand.get(), pair);
        }
        atHand.ifPresent(list -> note("crl is stale: since %s", list.nextUpdate()));
        var uris = new LinkedHashSet<String>(facts.places().of(issuer).crls());
        uris.addAll(Sources.crls(subject));
        var failures = new ArrayList<String>();
        for (String uri : uris) {
            Optional<Crl> list = fetch(uri, pair, failures);
            if (list.isPresent() && list.get().isDelta()) {
                refuse(uri, "the list is not about this certificate", failures);
            } else if (list.isPresent()) {
                return status(list.get(), pair);
            }
        }
        // one that is stale may still tell that the certificate is revoked
        return atHand.map(list -> status(list, pair))
                .orElseGet(
                        () ->
                                failures.isEmpty()
                                        ? new Status.NoSource()
                                        : new Status.Unknown(String.join("; ", failures)));
    }

    /// What is loaded and what was fetched.
    private LoadedCrls atHand() {
        return facts.loaded().with(service.cache().lists());
    }

    private Optional<Crl> fetch(String uri, Pair pair, Collection<String> failures) {
        note("fetching crl from '%s' ...", uri);
        try {
            Crl list = service.list(uri, left());
            boolean covers = list.covers(pair.subject(), pair.issuer());
            Optional<Certificate> signer =
                    covers || list.isOf(pair.issuer())
                            ? LoadedCrls.signer(list, pair.issuer(), pair.signers())
                            : Optional.empty();
            if (!covers && signer.isEmpty() && !list.isOf(pair.issuer())) {
                refuse(
                        uri,
                        "it is of '%s', whom the certificate does not name".formatted(list),
                        failures);
            } else if (signer.isEmpty()) {
                String who = list.isOf(pair.issuer()) ? pair.issuer().toString() : list.toString();
                refuse(uri, "it is not signed by '%s'".formatted(who), failures);
            } else if (!covers) {
                refuse(uri, "the list is not about this certificate", failures);
            } else if (!list.isFresh(at)) {
                note("crl correctly signed by \"%s\"", signer.get());
                refuse(uri, "crl is stale: since " + list.nextUpdate(), failures);
            } else if (list.thisUpdate().isAfter(at.plus(Duration.ofMinutes(5)))) {
                refuse(uri, "crl is from the future: " + list.thisUpdate(), failures);
            } else {
                note("crl correctly signed by \"%s\"", signer.get());
                note("crl is valid: until %s", list.nextUpdate());
                service.keep(list, signer.get());
                return Optional.of(list);
            }
        } catch (FetchFailed e) {
            refuse(uri, e.getMessage(), failures);
        }
        return Optional.empty();
    }

    private void refuse(String uri, String why, Collection<String> failures) {
        note("crl from %s is not usable: %s", uri, why);
        failures.add("crl from %s is not usable: %s".formatted(uri, why));
    }

    private Status status(Crl base, Pair pair) {
        return CrlStatus.of(base, delta(base, pair), pair.subject(), at);
    }

    /// Where there should be one and is none, the complete list counts alone.
    private Optional<Crl> delta(Crl base, Pair pair) {
        Optional<Crl> atHand = atHand().delta(base, pair.subject(), pair.issuer(), pair.signers());
        if (atHand.isPresent() && atHand.get().isFresh(at)) {
            note("using cached delta crl");
            return atHand;
        }
        var uris = new LinkedHashSet<String>(base.deltas());
        uris.addAll(Sources.deltas(pair.subject()));
        var failures = new ArrayList<String>();
        for (String uri : uris) {
            Optional<Crl> list = fetch(uri, pair, failures);
            if (list.isPresent() && list.get().completes(base)) {
                return list;
            }
        }
        return atHand;
    }

    private Duration left() throws FetchFailed {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
            throw new FetchFailed("no time left to ask");
        }
        return Duration.ofNanos(nanos);
    }

    private void note(String format, Object... values) {
        notes.accept(format.formatted(values));
    }
}
