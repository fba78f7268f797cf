package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Effect;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;

/// Both ends may begin to set up the same IKE_SA at once; INITIAL_CONTACT cannot tell then, as each
/// end is right that it has none. The one with the higher SPI of its initiator is given up by its
/// initiator: both ends know both SPIs, and so agree without a word. A peer that does not know of
/// this rule keeps both: then we end the peer's.
final class CrossedSetUps {
    /// Whether one end began each, before the other was there.
    static boolean crossed(SaCore one, SaCore other) {
        return one.isInitiator() != other.isInitiator()
                && !one.replacement().byRekeying()
                && !other.replacement().byRekeying()
                && one.name().equals(other.name())
                && !one.begun().isAfter(other.established())
                && !other.begun().isAfter(one.established());
    }

    /// To be called for an IKE_SA that has just come up.
    static void resolve(SaCore sa, Instant now, Outbox out) {
        var others = sa.lookup().duplicates(sa);
        for (IkeSa duplicate : sa.isInitiator() ? others.all() : others.begunByUs()) {
            SaCore other = duplicate.core();
            if (crossed(sa, other)) {
                boolean ours =
                        Long.compareUnsigned(
                                        sa.initiatorSpi().value(), other.initiatorSpi().value())
                                > 0;
                giveUp(ours ? sa : other, ours ? other : sa, now, out);
            }
        }
    }

    private static void giveUp(SaCore redundant, SaCore kept, Instant now, Outbox out) {
        out.log(
                redundant,
                Group.IKE,
                1,
                "both ends set up this IKE_SA at once, %s[%d] is kept",
                kept.name(),
                kept.uniqueId());
        if (!redundant.isInitiator()) {
            Takeover.await(redundant, now, out);
            return;
        }
        out.tellSa(redundant.ownSpi(), new SaInput.Terminate(Reason.Plain.REDUNDANT, 0, false));
        redundant.children().forEach(child -> moveTo(kept, redundant, child.name(), out));
        redundant.wishes().all().keySet().forEach(child -> moveTo(kept, redundant, child, out));
    }

    /// What only the redundant one has, or was to get, comes over the other.
    private static void moveTo(SaCore kept, SaCore redundant, String child, Outbox out) {
        if (kept.children().stream().anyMatch(c -> c.name().equals(child))) {
            return;
        }
        var attempt =
                new Attempt(1, 0, redundant.attempt().persistent(), List.of(), Optional.empty());
        out.add(
                new Effect.Reinitiate(
                        redundant.connection(),
                        Optional.of(child),
                        attempt,
                        Duration.ZERO,
                        redundant.local(),
                        redundant.remote()));
    }

    private CrossedSetUps() {}
}
