package org.keyferry.engine.eap.sim;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.crypto.sim.Quintuplet;
import org.keyferry.crypto.sim.Triplet;
import org.keyferry.wire.Bytes;

/// Where a server gets challenges from, and where a client has its card. Safe for any thread; a
/// call may take as long as asking somebody takes where [#mayWait] says so.
public interface SimSource {
    /// Nobody has a card.
    SimSource NONE =
            new SimSource() {
                @Override
                public boolean isEmpty() {
                    return true;
                }

                @Override
                public Optional<Bytes> standing(SimUser user) {
                    return Optional.empty();
                }

                @Override
                public List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count)
                        throws NoSim {
                    throw NoSim.unknown(user);
                }

                @Override
                public Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim {
                    throw NoSim.unknown(user);
                }

                @Override
                public void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim {
                    throw NoSim.unknown(user);
                }

                @Override
                public List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim {
                    throw NoSim.unknown(user);
                }

                @Override
                public UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim {
                    throw NoSim.unknown(user);
                }
            };

    /// Nothing is configured beside the secrets that come with a [SimUser].
    boolean isEmpty();

    default boolean mayWait() {
        return false;
    }

    /// What is known of a subscriber now, without asking anybody: fast re-authentication needs no
    /// challenge, but ends where this changes.
    ///
    /// @return something that changes with the keys and does not tell them; empty if nobody knows
    ///   the subscriber
    Optional<Bytes> standing(SimUser user);

    /// As server: challenges for a SIM.
    ///
    /// @param rands gives 16 random bytes each time, for a source that has none of its own
    /// @return up to as many as were asked for, all different
    List<Triplet> triplets(SimUser user, Supplier<byte[]> rands, int count) throws NoSim;

    /// As server: a challenge for a USIM; for AKA' one whose AMF says so (3GPP TS 33.102 Annex H).
    ///
    /// @param rand 16 random bytes, for a source that has none of its own
    Quintuplet quintuplet(SimUser user, byte[] rand) throws NoSim;

    /// As server: a USIM asked for another sequence number.
    ///
    /// @param rand of the challenge
    /// @throws NoSim if AUTS is not its own, too
    void resynchronise(SimUser user, Bytes rand, Bytes auts) throws NoSim;

    /// As client: what the SIM says to these challenges, in their order.
    List<Triplet> answers(SimUser user, List<Bytes> rands) throws NoSim;

    /// As client: what the USIM says.
    UsimAnswer answer(SimUser user, Bytes rand, Bytes autn) throws NoSim;
}
