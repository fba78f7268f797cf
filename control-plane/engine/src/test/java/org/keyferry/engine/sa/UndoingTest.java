package org.keyferry.engine.sa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.KeyExchangeMethod.LocalKey;
import org.keyferry.crypto.Secret;
import org.keyferry.wire.Bytes;

/// Set-ups that end before the peer's public value is there.
class UndoingTest {
    private final AtomicInteger wiped = new AtomicInteger();
    private final LocalKey key =
            new LocalKey() {
                @Override
                public Bytes publicValue() {
                    return Bytes.EMPTY;
                }

                @Override
                public Secret complete(Bytes peerPublic) {
                    throw new AssertionError("no peer");
                }

                @Override
                public void close() {
                    wiped.incrementAndGet();
                }
            };

    private static void abandon(State state) {
        Undoing.abandon(null, state, null);
    }

    @Test
    void privateKeysAreWiped() {
        abandon(new State.Connecting(null, key));
        assertEquals(1, wiped.get());
        abandon(new State.InitSent(null, key, Bytes.EMPTY));
        assertEquals(2, wiped.get());
        var unwanted = new AtomicBoolean();
        abandon(new State.SolvingInit(null, key, unwanted, Instant.EPOCH));
        assertEquals(3, wiped.get());
        assertTrue(unwanted.get());
    }

    @Test
    void nobodyWaitsForAPuzzle() {
        var unwanted = new AtomicBoolean();
        abandon(new State.SolvingAuth(Optional.empty(), null, unwanted, Instant.EPOCH));
        assertTrue(unwanted.get());
    }
}
