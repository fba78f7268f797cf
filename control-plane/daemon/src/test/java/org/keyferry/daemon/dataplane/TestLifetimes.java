package org.keyferry.daemon.dataplane;

import java.time.Duration;
import org.keyferry.settings.model.Lifetime;

/// Lifetimes for tests, without random parts.
final class TestLifetimes {
    private TestLifetimes() {}

    static Lifetime ofBytes(long rekeyBytes, long lifeBytes) {
        return new Lifetime(
                Duration.ofMinutes(60),
                Duration.ofMinutes(66),
                Duration.ZERO,
                rekeyBytes,
                lifeBytes,
                0,
                0,
                0,
                0);
    }
}
