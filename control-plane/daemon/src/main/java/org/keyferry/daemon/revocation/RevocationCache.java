package org.keyferry.daemon.revocation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.crypto.revocation.OcspAnswer;
import org.keyferry.wire.Bytes;

/// Lists and answers that were fetched, the newest of each. Any thread.
public final class RevocationCache {
    private static final long MAX_CRL_BYTES = 64L << 20;
    private static final int MAX_ANSWERS = 10_000;

    private final List<Crl> lists = new ArrayList<>();
    private final LinkedHashMap<Question, OcspAnswer> answers =
            new LinkedHashMap<>(16, 0.75f, true);

    private record Question(Bytes subject, Bytes issuerKey) {
        static Question of(Certificate subject, Certificate issuer) {
            return new Question(subject.der(), issuer.keyInfo());
        }
    }

    public synchronized List<Crl> lists() {
        return List.copyOf(lists);
    }

    public synchronized List<OcspAnswer> answers() {
        return List.copyOf(answers.values());
    }

    /// Takes the place of an older list of the same kind; the oldest ones go if there are too many.
    ///
    /// @return whether it is newer than what was there
    synchronized boolean add(Crl list) {
        for (Crl other : lists) {
            if (list.replaces(other) && !list.thisUpdate().isAfter(other.thisUpdate())) {
                return false;
            }
        }
        lists.removeIf(list::replaces);
        lists.add(list);
        while (lists.size() > 1
                && lists.stream().mapToLong(l -> l.der().length()).sum() > MAX_CRL_BYTES) {
            lists.removeFirst();
        }
        return true;
    }

    synchronized void add(Certificate subject, Certificate issuer, OcspAnswer answer) {
        answers.put(Question.of(subject, issuer), answer);
        if (answers.size() > MAX_ANSWERS) {
            answers.pollFirstEntry();
        }
    }

    /// Which may be over by now.
    synchronized Optional<OcspAnswer> latest(Certificate subject, Certificate issuer) {
        return Optional.ofNullable(answers.get(Question.of(subject, issuer)));
    }

    synchronized void dropLists() {
        lists.clear();
    }

    synchronized void dropAnswers() {
        answers.clear();
    }
}
