package org.keyferry.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One try to bring something up, and what is known of the wish behind it.
///
/// @param number which of the `keyingtries` it is, from 1
/// @param round how often all of them have failed before, or what came of them was lost at once
/// @param persistent the configuration wants it: it is tried again without end
/// @param alsoWaiting requests of further users that end with it
/// @param acquire the packet that asked for it
public record Attempt(
        int number,
        int round,
        boolean persistent,
        List<Long> alsoWaiting,
        Optional<Acquire> acquire) {
    /// The first, because a user asked.
    public static final Attempt MANUAL = new Attempt(1, 0, false, List.of(), Optional.empty());

    /// The first, because the configuration says so.
    public static final Attempt WANTED = new Attempt(1, 0, true, List.of(), Optional.empty());

    public Attempt {
        alsoWaiting = List.copyOf(alsoWaiting);
    }

    /// The first, because of a packet.
    public static Attempt of(Acquire acquire) {
        return new Attempt(1, 0, false, List.of(), Optional.of(acquire));
    }

    /// The next of the `keyingtries`, for the same users.
    ///
    /// @param more 0 if the present one does not count
    public Attempt next(int more, List<Long> waiting) {
        return new Attempt(number + more, round, persistent, waiting, acquire);
    }

    /// From the first try on; the users were told. The packet is long forgotten.
    public Attempt nextRound() {
        return new Attempt(1, round + 1, true, List.of(), Optional.empty());
    }

    /// Two wishes for the same thing.
    public Attempt joined(Attempt other) {
        return new Attempt(
                number,
                round,
                persistent || other.persistent,
                Stream.concat(alsoWaiting.stream(), other.alsoWaiting.stream()).toList(),
                acquire.or(other::acquire));
    }

    /// How many tries there were before: the next one of several addresses is used each time.
    public int before() {
        return round + number - 1;
    }
}
