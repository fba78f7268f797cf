package org.keyferry.engine.eap.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.keyferry.crypto.SeededRandom;
import org.keyferry.crypto.sim.SimKeys;
import org.keyferry.engine.Configuration;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.Identification;

/// Identities that a server gave to subscribers: pseudonyms, and those for one fast
/// re-authentication each. They are random, and known only where they were given: there they stand
/// for the subscriber's permanent identity. Safe for any thread.
public final class GivenIdentities {
    /// Of each kind.
    static final int MOST = 16_384;

    /// RFC 4282 §2.2.
    static final int MAX_NAI_BYTES = 253;

    private static final int RANDOM_BYTES = 16;
    private static final int USERNAME_CHARACTERS = 1 + 2 * RANDOM_BYTES;

    /// Whom an identity was given to, and where.
    ///
    /// @param permanent as it was told in the full authentication
    /// @param who the same, as it was proved
    record Subscriber(SimTerms terms, Bytes permanent, Identification who) {}

    /// What one fast re-authentication needs. Whoever has it closes the keys or gives them back.
    ///
    /// @param mark [SimSource#standing] of the subscriber at the full authentication
    /// @param counter for the next one
    /// @param left how many may follow
    /// @param since the full authentication
    record Again(Subscriber whom, Bytes mark, SimKeys keys, int counter, int left, Instant since) {}

    private record Pseudonym(Subscriber whom, Bytes mark, Instant since) {}

    /// Of one card, whatever realm its owner says: he could take the room of all others else. A
    /// script may have several cards by such a name, which take turns then.
    private record Place(SimTerms terms, Bytes mark, Bytes username) {
        private static Place of(Subscriber whom, Bytes mark) {
            String name = whom.permanent().utf8();
            int at = name.indexOf('@');
            String user = at < 0 ? name : name.substring(0, at);
            return new Place(whom.terms(), mark, Bytes.utf8(user));
        }

        private static Place of(Again again) {
            return of(again.whom(), again.mark());
        }

        private static Place of(Pseudonym pseudonym) {
            return of(pseudonym.whom(), pseudonym.mark());
        }
    }

    /// In one place.
    ///
    /// @param former still good: its client may not have got the present one
    private record Names(Bytes present, Optional<Bytes> former) {}

    /// Looks for what is too old, which takes a while, only now and then.
    private static final class Sweeps {
        private static final Duration INTERVAL = Duration.ofMinutes(1);
        private Instant next = Instant.MIN;

        private boolean isDue(Instant now) {
            if (now.isBefore(next)) {
                return false;
            }
            next = now.plus(INTERVAL);
            return true;
        }
    }

    private final Sweeps sweepsReauths = new Sweeps();
    private final Sweeps sweepsPseudonyms = new Sweeps();

    /// In the order in which they were given.
    private final LinkedHashMap<Bytes, Again> reauths = new LinkedHashMap<>();

    private final LinkedHashMap<Bytes, Pseudonym> pseudonyms = new LinkedHashMap<>();
    private final Map<Place, Bytes> reauthOf = new HashMap<>();
    private final Map<Place, Names> pseudonymsOf = new HashMap<>();

    /// A name without a realm that nobody guesses and that tells nothing but the method, by a digit
    /// (3GPP TS 23.003 §19.3).
    static Bytes username(EapSimMethod method, boolean reauth, SeededRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Bytes.utf8(digit(method, reauth) + HexFormat.of().formatHex(bytes));
    }

    private static String digit(EapSimMethod method, boolean reauth) {
        return switch (method) {
            case AKA -> reauth ? "4" : "2";
            case SIM -> reauth ? "5" : "3";
            case AKA_PRIME -> reauth ? "8" : "7";
        };
    }

    /// Whether an identity may be one of ours: where it is not known, nobody else knows it.
    static boolean looksGiven(Bytes told) {
        String name = told.utf8();
        int at = name.indexOf('@');
        String user = at < 0 ? name : name.substring(0, at);
        return user.length() == USERNAME_CHARACTERS && user.matches("[234578][0-9a-f]+");
    }

    /// A name with the realm of another one.
    static Bytes withRealmOf(Bytes permanent, Bytes username) {
        String name = permanent.utf8();
        int at = name.indexOf('@');
        return at < 0 ? username : username.concat(Bytes.utf8(name.substring(at)));
    }

    /// Whether there can be other names in this one's place.
    static boolean mayHide(Bytes permanent) {
        return permanent.length() <= MAX_NAI_BYTES - USERNAME_CHARACTERS;
    }

    /// Whom an identity was given to, wherever that was. This proves nothing: it says who is meant.
    public synchronized Optional<Identification> permanent(Bytes told) {
        return Optional.ofNullable(reauths.get(told))
                .map(Again::whom)
                .or(() -> Optional.ofNullable(pseudonyms.get(told)).map(Pseudonym::whom))
                .map(Subscriber::who);
    }

    /// Whom a pseudonym was given to, in such a login.
    synchronized Optional<Subscriber> behind(
            Bytes pseudonym, SimTerms terms, Duration lifetime, Instant now) {
        return Optional.ofNullable(pseudonyms.get(pseudonym))
                .filter(p -> isFresh(p.since(), lifetime, now))
                .map(Pseudonym::whom)
                .filter(whom -> whom.terms().equals(terms));
    }

    /// For one use, in such a login.
    synchronized Optional<Again> take(
            Bytes identity, SimTerms terms, Duration lifetime, Instant now) {
        Again found = reauths.get(identity);
        if (found == null || !found.whom().terms().equals(terms)) {
            return Optional.empty();
        }
        remove(identity);
        if (!isFresh(found.since(), lifetime, now)) {
            found.keys().close();
            return Optional.empty();
        }
        return Optional.of(found);
    }

    private static boolean isFresh(Instant since, Duration lifetime, Instant now) {
        return now.isBefore(since.plus(lifetime)) && !now.isBefore(since);
    }

    /// A login succeeded in which this was given.
    ///
    /// @param again its keys are ours now; it replaces what the card had there
    synchronized void keep(Bytes identity, Again again, Duration lifetime, Instant now) {
        if (sweepsReauths.isDue(now)) {
            dropReauths(other -> isFresh(other.since(), lifetime, now));
        }
        Bytes former = reauthOf.get(Place.of(again));
        if (former != null) {
            wipe(former);
        }
        reauths.put(identity, again);
        reauthOf.put(Place.of(again), identity);
        if (reauths.size() > MOST) {
            wipe(reauths.firstEntry().getKey());
        }
    }

    /// A login succeeded in which this was given.
    ///
    /// @param mark as of [Again#mark]
    synchronized void keep(
            Bytes pseudonym, Subscriber whom, Bytes mark, Duration lifetime, Instant now) {
        if (sweepsPseudonyms.isDue(now)) {
            dropPseudonyms(other -> isFresh(other.since(), lifetime, now));
        }
        Place place = Place.of(whom, mark);
        Names names = pseudonymsOf.get(place);
        if (names != null) {
            names.former().ifPresent(pseudonyms::remove);
        }
        pseudonymsOf.put(
                place, new Names(pseudonym, Optional.ofNullable(names).map(Names::present)));
        pseudonyms.put(pseudonym, new Pseudonym(whom, mark, now));
        if (pseudonyms.size() > MOST) {
            var eldest = pseudonyms.pollFirstEntry();
            forget(eldest.getKey(), Place.of(eldest.getValue()));
        }
    }

    private void forget(Bytes pseudonym, Place place) {
        Names names = pseudonymsOf.get(place);
        Optional<Bytes> other =
                names.present().equals(pseudonym) ? names.former() : Optional.of(names.present());
        other.ifPresentOrElse(
                name -> pseudonymsOf.put(place, new Names(name, Optional.empty())),
                () -> pseudonymsOf.remove(place));
    }

    private void wipe(Bytes identity) {
        remove(identity).keys().close();
    }

    private Again remove(Bytes identity) {
        Again removed = reauths.remove(identity);
        reauthOf.remove(Place.of(removed));
        return removed;
    }

    private void dropReauths(Predicate<Again> stays) {
        var gone =
                reauths.entrySet().stream()
                        .filter(entry -> !stays.test(entry.getValue()))
                        .map(Map.Entry::getKey)
                        .toList();
        gone.forEach(this::wipe);
    }

    private void dropPseudonyms(Predicate<Pseudonym> stays) {
        var gone =
                pseudonyms.entrySet().stream()
                        .filter(entry -> !stays.test(entry.getValue()))
                        .toList();
        for (var entry : gone) {
            pseudonyms.remove(entry.getKey());
            forget(entry.getKey(), Place.of(entry.getValue()));
        }
    }

    synchronized void retain(Configuration configuration) {
        dropReauths(again -> again.whom().terms().areIn(configuration));
        dropPseudonyms(pseudonym -> pseudonym.whom().terms().areIn(configuration));
    }

    /// Identities for fast re-authentication that are waiting to be used.
    public synchronized int reauths() {
        return reauths.size();
    }

    /// Pseudonyms that stand for somebody.
    public synchronized int pseudonyms() {
        return pseudonyms.size();
    }
}
