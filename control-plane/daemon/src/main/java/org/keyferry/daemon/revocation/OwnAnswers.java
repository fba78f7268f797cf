package org.keyferry.daemon.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Revocations.Status;
import org.keyferry.crypto.revocation.OcspAnswer;
import org.keyferry.crypto.revocation.Sources;
import org.keyferry.wire.Bytes;

/// Answers of OCSP responders about our own certificates, to be shown to peers (RFC 4806). One that
/// is in the last quarter of its time is fetched anew while it is still shown, so that only the
/// first who wants it waits. Any thread.
final class OwnAnswers {
    /// A peer that set an IKE_SA up waits for our AUTH meanwhile.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /// Between two attempts to renew: a responder may well give the same answer until it ends.
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /// After nobody gave a good answer: a responder that does not know us, or hangs, is not asked
    /// for every peer, nor waited for.
    private static final Duration PAUSE_AFTER_NOTHING = Duration.ofSeconds(10);

    private static final int MOST = 1_000;

    private final RevocationService service;
    private final LinkedHashMap<Key, Held> answers = new LinkedHashMap<>(16, 0.75f, true);

    private record Key(Bytes subject, Bytes issuerKey) {}

    /// @param answer empty if there was no good one
    /// @param asked when a responder was asked last
    private record Held(Optional<OcspAnswer> answer, Instant asked) {
        boolean wasAskedWithin(Duration time, Instant at) {
            return Duration.between(asked, at).abs().compareTo(time) < 0; // of logins side by side
        }
    }

    OwnAnswers(RevocationService service) {
        this.service = service;
    }

    /// The answer that the certificate is good, if a responder says so.
    ///
    /// @param notes gets lines for the log
    Optional<OcspAnswer> good(
            Certificate subject,
            Certificate issuer,
            AskedRevocations facts,
            Instant at,
            Consumer<String> notes) {
        var key = new Key(subject.der(), issuer.keyInfo());
        Optional<OcspAnswer> atHand = atHand(key, at);
        if (atHand.isEmpty() && gotNothing(key, at)) {
            notes.accept("no ocsp response about \"%s\" (a moment ago)".formatted(subject));
            return atHand;
        }
        if (atHand.isEmpty()) {
            return ask(key, subject, issuer, facts, at, notes);
        }
        if (isEnding(atHand.get(), at) && beginsRenewal(key, at)) {
            Thread.startVirtualThread(
                    () -> {
                        var _ = ask(key, subject, issuer, facts, at, _ -> {});
                    });
        }
        return atHand;
    }

    /// Of all who see that an answer ends, one asks.
    private synchronized boolean beginsRenewal(Key key, Instant at) {
        Held held = answers.get(key);
        if (held == null || held.wasAskedWithin(PAUSE, at)) {
            return false;
        }
        answers.put(key, new Held(held.answer(), at));
        return true;
    }

    private synchronized Optional<OcspAnswer> atHand(Key key, Instant at) {
        return Optional.ofNullable(answers.get(key))
                .flatMap(Held::answer)
                .filter(answer -> at.isBefore(answer.until()));
    }

    private static boolean isEnding(OcspAnswer answer, Instant at) {
        Duration whole = Duration.between(answer.from(), answer.until());
        return at.isAfter(answer.until().minus(whole.dividedBy(4)));
    }

    private Optional<OcspAnswer> ask(
            Key key,
            Certificate subject,
            Certificate issuer,
            AskedRevocations facts,
            Instant at,
            Consumer<String> notes) {
        var uris = new LinkedHashSet<String>(facts.places().of(issuer).responders());
        uris.addAll(Sources.responders(subject));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (String uri : uris) {
            notes.accept("requesting ocsp status of \"%s\" from '%s' ...".formatted(subject, uri));
            try {
                Duration left = Duration.ofNanos(deadline - System.nanoTime());
                if (left.isNegative()) {
                    throw new FetchFailed("no time left to ask");
                }
                OcspAnswer answer =
                        service.askForOwn(uri, subject, issuer, facts.responders(), at, left);
                if (answer.status() instanceof Status.Good) {
                    keep(key, new Held(Optional.of(answer), at));
                    return Optional.of(answer);
                }
                notes.accept(
                        "ocsp status of \"%s\" is not good: %s"
                                .formatted(subject, answer.status()));
            } catch (FetchFailed e) {
                notes.accept("ocsp request to %s failed: %s".formatted(uri, e.getMessage()));
            }
        }
        if (!uris.isEmpty()) {
            keepNothing(key, at);
        }
        return Optional.empty();
    }

    private synchronized boolean gotNothing(Key key, Instant at) {
        return Optional.ofNullable(answers.get(key))
                .filter(held -> held.answer().isEmpty())
                .filter(held -> held.wasAskedWithin(PAUSE_AFTER_NOTHING, at))
                .isPresent();
    }

    /// One that was to be renewed stays until its time is over.
    private synchronized void keepNothing(Key key, Instant at) {
        if (atHand(key, at).isEmpty()) {
            keep(key, new Held(Optional.empty(), at));
        }
    }

    private synchronized void keep(Key key, Held answer) {
        answers.put(key, answer);
        if (answers.size() > MOST) {
            answers.pollFirstEntry();
        }
    }

    synchronized void drop() {
        answers.clear();
    }
}
