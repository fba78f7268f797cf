package org.keyferry.settings.model;

import java.time.Duration;
import java.time.Instant;

/// Which rekeyings of a CHILD_SA have a key exchange, where its proposals have one: the others make
/// new keys of nonces alone.
///
/// @param every so many rekeyings one at the latest; 0 for no such limit
/// @param time after the last one, the next rekeying; zero for no such limit
public record KeyRenewal(int every, Duration time) {
    /// All of them.
    public static final KeyRenewal ALWAYS = new KeyRenewal(1, Duration.ZERO);

    /// Whether there may be rekeyings without.
    public boolean isMixed() {
        return every != 1;
    }

    /// Whether the next rekeying has one.
    ///
    /// @param without how many had none since the last one that had
    public boolean isDue(int without, Instant last, Instant now) {
        return (every > 0 && without + 1 >= every)
                || (!time.isZero() && !now.isBefore(last.plus(time)));
    }
}
