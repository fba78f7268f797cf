package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.wire.IkeSpi;

/// SPIs of IKE_SAs that rekeying is about to bring. The peer may use one before our side has its
/// answer: that is no reason to tell it that the IKE_SA is lost.
final class PromisedSpis {
    /// Longer than a request is repeated.
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private record Promise(IkeSpi spi, Instant until) {}

    private final Deque<Promise> byAge = new ArrayDeque<>(0);
    private final Set<IkeSpi> spis = new HashSet<>(0);
    private final Set<IkeSpi> awaited = new HashSet<>(0);
    private final Map<IkeSpi, SaInput.Received> early = new HashMap<>(0);

    void add(IkeSpi spi, Instant now) {
        while (!byAge.isEmpty() && !now.isBefore(byAge.peek().until())) {
            IkeSpi old = byAge.poll().spi();
            spis.remove(old);
            awaited.remove(old);
            early.remove(old);
        }
        byAge.add(new Promise(spi, now.plus(MEMORY)));
        spis.add(spi);
        awaited.add(spi);
    }

    /// Keeps a message until the IKE_SA is there: over TCP it would not come again.
    ///
    /// @return whether there will be one
    boolean keep(IkeSpi spi, SaInput.Received in) {
        boolean will = spis.contains(spi);
        if (awaited.contains(spi)) {
            early.put(spi, in);
        }
        return will;
    }

    /// The IKE_SA is there: it gets what came earlier.
    void tell(IkeSpi spi, Outbox out) {
        awaited.remove(spi);
        SaInput.Received in = early.remove(spi);
        if (in != null) {
            out.tellSa(spi, in);
        }
    }
}
