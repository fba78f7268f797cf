package org.keyferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.sa.Duplicates;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.Lookup;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// However often a NAT gives this host another port, one timer reminds it.
class KeepaliveTimerTest {
    private final TimerQueue timers = new TimerQueue();
    private final Outbox out = new Outbox(timers, -1);
    private final SaCore core =
            SaCore.fresh(
                    new SaCore.Context(
                            EngineSettings.defaults(),
                            new SplittableRandom(1),
                            new Ids(),
                            new Alone()),
                    true,
                    new IkeSpi(7),
                    Samples.connection("office", "10.0.0.1", "192.0.2.2"),
                    new Endpoint(IpAddress.parse("10.0.0.1"), 4500),
                    new Endpoint(IpAddress.parse("192.0.2.2"), 4500));

    @Test
    void theyDoNotBecomeMore() {
        IkeSa sa = IkeSa.successor(core);
        Instant now = Instant.EPOCH;
        core.nat(true, false);
        for (int i = 0; i < 50; i++) {
            now = now.plus(Duration.ofMinutes(5));
            core.now(now);
            core.extensions().natBinding().asked(core, now);
            core.extensions().natBinding().answered(core, false, out);
            core.nat(i % 2 == 0, false);
            sa.handle(now, new SaInput.PathsFound(List.of()), out);
            core.nat(true, false);
            sa.handle(now, new SaInput.PathsFound(List.of()), out);
            goOn(sa, now.plus(Duration.ofMinutes(4)));
        }
        assertEquals(1, pending());
    }

    private void goOn(IkeSa sa, Instant until) {
        while (timers.next().filter(at -> !at.isAfter(until)).isPresent()) {
            Instant at = timers.next().get();
            var due = timers.poll(at).orElseThrow();
            sa.handle(at, new SaInput.TimerDue(due.kind()), out);
        }
    }

    private int pending() {
        int count = 0;
        while (timers.poll(Instant.EPOCH.plus(Duration.ofDays(2))).isPresent()) {
            count++;
        }
        return count;
    }

    private static final class Alone implements Lookup {
        private final KeepaliveIntervals fixed =
                new KeepaliveIntervals(Duration.ofSeconds(20), Duration.ZERO);

        @Override
        public Configuration configuration() {
            throw new IllegalStateException("nobody asks");
        }

        @Override
        public Tally tally() {
            throw new IllegalStateException("nobody asks");
        }

        @Override
        public Duplicates duplicates(SaCore of) {
            throw new IllegalStateException("nobody asks");
        }

        @Override
        public Optional<IkeSa> find(IkeSpi own) {
            return Optional.empty();
        }

        @Override
        public void arrived(SaCore sa, Instant now, Outbox out) {}

        @Override
        public IkeSpi newSpi() {
            throw new IllegalStateException("nobody asks");
        }

        @Override
        public KeepaliveIntervals keepalives() {
            return fixed;
        }

        @Override
        public Optional<List<IpAddress>> ownAddresses() {
            return Optional.empty();
        }
    }
}
