package org.keyferry.engine.eap.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Predicate;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.Configuration;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;

/// Identities that servers gave to us as client, each to be told to the same server only. Safe for
/// any thread.
public final class LearnedIdentities {
    /// Of all connections.
    static final int MOST = 4_096;

    /// What one fast re-authentication needs. Whoever has it closes the keys or gives them back.
    ///
    /// @param identity for one use
    /// @param mark [SimSource#standing] of the card at the full authentication
    /// @param counter the lowest that is fresh
    /// @param since the full authentication
    record Again(Bytes identity, Bytes mark, SimKeys keys, int counter, Instant since) {}

    /// A name, with our realm.
    record Pseudonym(Bytes name, Instant since) {}

    /// What a server gave.
    record Learned(Optional<Pseudonym> pseudonym, Optional<Again> again) {
        static final Learned NOTHING = new Learned(Optional.empty(), Optional.empty());
    }

    private record Key(String connection, EapSimMethod method, Bytes permanent) {
        static Key of(SimTerms terms, Bytes permanent) {
            return new Key(terms.connection(), terms.method(), permanent);
        }
    }

    private record Entry(SimTerms terms, Learned learned) {}

    /// In the order in which they were learned.
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();

    /// What is known for such a login. The keys are for one use, the pseudonym stays.
    synchronized Learned take(
            SimTerms terms,
            Bytes permanent,
            Duration pseudonymLifetime,
            Duration reauthLifetime,
            Instant now) {
        Key key = Key.of(terms, permanent);
        Entry entry = entries.remove(key);
        if (entry == null) {
            return Learned.NOTHING;
        }
        Learned learned = entry.learned();
        if (!entry.terms().equals(terms)) {
            learned.again().ifPresent(again -> again.keys().close());
            return Learned.NOTHING;
        }
        Optional<Again> again =
                learned.again().filter(a -> isFresh(a.since(), reauthLifetime, now));
        if (again.isEmpty()) {
            learned.again().ifPresent(stale -> stale.keys().close());
        }
        Optional<Pseudonym> pseudonym =
                learned.pseudonym().filter(p -> isFresh(p.since(), pseudonymLifetime, now));
        if (pseudonym.isPresent()) {
            entries.put(key, new Entry(terms, new Learned(pseudonym, Optional.empty())));
        }
        return new Learned(pseudonym, again);
    }

    private static boolean isFresh(Instant since, Duration lifetime, Instant now) {
        return now.isBefore(since.plus(lifetime)) && !now.isBefore(since);
    }

    /// A login succeeded, after which this is known; nothing else is, any more.
    synchronized void keep(SimTerms terms, Bytes permanent, Learned learned) {
        forget(terms, permanent);
        if (learned.equals(Learned.NOTHING)) {
            return;
        }
        entries.put(Key.of(terms, permanent), new Entry(terms, learned));
        if (entries.size() > MOST) {
            wipe(entries.pollFirstEntry().getValue());
        }
    }

    synchronized void forget(SimTerms terms, Bytes permanent) {
        Entry former = entries.remove(Key.of(terms, permanent));
        if (former != null) {
            wipe(former);
        }
    }

    private static void wipe(Entry entry) {
        entry.learned().again().ifPresent(again -> again.keys().close());
    }

    synchronized void retain(Configuration configuration) {
        Predicate<Entry> goes = entry -> !entry.terms().areIn(configuration);
        entries.values().stream().filter(goes).forEach(LearnedIdentities::wipe);
        entries.values().removeIf(goes);
    }

    /// Subscribers of ours that something is known for.
    public synchronized int size() {
        return entries.size();
    }
}
