package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.keyferry.wire.IkeSpi;

/// SPIs of IKE_SAs that rekeying is about to bring. The peer may use one before our side has its
/// answer: that is no reason to tell it that the IKE_SA is lost.
final class PromisedSpis {
    /// Longer than a request is repeated.
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private record Promise(IkeSpi spi, Instant until) {}

    private final Deque<Promise> byAge = new ArrayDeque<>(0);
    private final Set<IkeSpi> spis = new HashSet<>(0);

    void add(IkeSpi spi, Instant now) {
        while (!byAge.isEmpty() && !now.isBefore(byAge.peek().until())) {
            spis.remove(byAge.poll().spi());
        }
        byAge.add(new Promise(spi, now.plus(MEMORY)));
        spis.add(spi);
    }

    boolean has(IkeSpi spi) {
        return spis.contains(spi);
    }
}
