package org.keyferry.engine.window;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.FragmentSizes;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.Payload.EncryptedFragment;
import org.keyferry.wire.PeerViolation;
import org.keyferry.wire.Violation;

/// Reassembly under a peer that has the keys and says anything, in any order. Each eight bytes of
/// the input are one fragment. An ordinary build replays the inputs kept as resources;
/// `JAZZER_FUZZ=1` searches for new ones.
class FragmentsFuzzTest {
    private static final int STEP_BYTES = 8;
    private static final int MOST_BYTES = 300;

    private int completed;

    @FuzzTest(maxDuration = "60s")
    void holdsWhatItIsGiven(byte[] data) {
        var fragments = new Fragments(new FragmentSizes(1_280, 1_280, MOST_BYTES));
        Instant now = Instant.EPOCH;
        Bytes input = Bytes.of(data);
        for (int at = 0; at + STEP_BYTES <= input.length(); at += STEP_BYTES) {
            now = now.plusSeconds(input.u8(at) & 0x0f);
            step(fragments, input.slice(at, at + STEP_BYTES), now);
            check(fragments.heldBytes() <= MOST_BYTES, "bound");
            fragments.expire(now);
            check(fragments.expiry().isAfter(now), "expiry in the past");
        }
        fragments.expire(now.plusSeconds(30));
        check(fragments.heldBytes() == 0, "kept for ever");
    }

    /// The same target under random steps, in every build. Few different totals and messages, so
    /// that some of them complete.
    @Test
    void holdsWhatChanceGives() {
        var random = new SplittableRandom(7383);
        for (int run = 0; run < 5_000; run++) {
            byte[] data = new byte[STEP_BYTES * (1 + random.nextInt(64))];
            random.nextBytes(data);
            for (int at = 0; at < data.length; at += STEP_BYTES) {
                data[at + 1] = (byte) (random.nextInt(10) == 0 ? 1 : 0);
                data[at + 2] &= 0x03;
                data[at + 6] &= (byte) (random.nextInt(4) == 0 ? 0x83 : 0x02);
            }
            holdsWhatItIsGiven(data);
        }
        check(completed > 1_000, completed + " messages were completed");
    }

    /// The plaintext of a part is its number, again and again; so the whole shows where each is.
    private void step(Fragments fragments, Bytes step, Instant now) {
        int total = Math.max(1, step.u16(1) & 0x1ff);
        int number = 1 + step.u16(3) % total;
        int bytes = step.u8(5) & 0x1f;
        boolean genuine = (step.u8(6) & 0x80) == 0;
        var header =
                new IkeHeader(
                        new IkeSpi(1),
                        new IkeSpi(2),
                        EncryptedFragment.TYPE,
                        2,
                        0,
                        (step.u8(6) & 1) == 0 ? ExchangeType.IKE_AUTH : ExchangeType.INFORMATIONAL,
                        true,
                        (step.u8(6) & 2) == 0,
                        step.u8(7) & 3,
                        0);
        var fragment = new EncryptedFragment(number == 1 ? 35 : 0, number, total, Bytes.EMPTY);
        int before = fragments.heldBytes();
        try {
            Optional<Fragments.Whole> whole =
                    fragments.take(
                            header,
                            fragment,
                            now,
                            () -> {
                                if (!genuine) {
                                    throw new PeerViolation(new Violation.IntegrityFailed());
                                }
                                byte[] part = new byte[bytes];
                                java.util.Arrays.fill(part, (byte) number);
                                return Bytes.wrapOwned(part);
                            });
            whole.ifPresent(
                    w -> {
                        completed++;
                        checkOrder(w.chain());
                    });
        } catch (PeerViolation _) {
            check(!genuine && fragments.heldBytes() == before, "a forgery changed something");
        }
    }

    private static void checkOrder(Bytes chain) {
        check(chain.length() <= MOST_BYTES, "too long");
        for (int i = 1; i < chain.length(); i++) {
            check(chain.u8(i - 1) <= chain.u8(i), "parts out of order");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
