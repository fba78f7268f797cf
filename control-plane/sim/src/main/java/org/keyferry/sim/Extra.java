package org.keyferry.sim;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.Childless;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// What two peers may have beyond what all pairs have, and what may happen to such ones.
enum Extra {
    /// Sessions are taken up again by tickets.
    RESUMPTION,
    /// TCP where UDP is blocked, as it is now and then.
    TCP,
    /// For the first child, from a pool.
    VIRTUAL_IP,
    FRAGMENTS,
    PPK,
    CHILDLESS,
    ENCAP,
    /// Two additional ones for each IKE_SA, one for each CHILD_SA.
    KEY_EXCHANGES,
    /// Both ends bring up what is missing.
    BOTH_WISH,
    /// Either end is suspended for a while, and its timers with it.
    SLEEP,
    /// What is to be up comes back by itself, whoever closed or lost it.
    ACTIONS,
    /// Where one end moves, the other one does, too.
    BOTH_MOVE;

    static final String PPK_ID = "ppk@test";

    private static final int ONE_OF = 3;

    /// Any of them, each of them in one of three lives.
    static Set<Extra> drawnFor(long seed) {
        var choice = new SplittableRandom(~seed);
        var drawn = EnumSet.noneOf(Extra.class);
        for (Extra extra : values()) {
            if (choice.nextInt(ONE_OF) == 0) {
                drawn.add(extra);
            }
        }
        return drawn;
    }

    /// @param own of the end that asks for addresses and goes to others
    static void configure(Set<Extra> extras, SimConnection own) {
        for (Extra extra : extras) {
            switch (extra) {
                case RESUMPTION -> own.resumption();
                case FRAGMENTS -> own.fragmentation(Fragmentation.FORCE);
                case CHILDLESS -> own.childless(Childless.PREFER);
                case ENCAP -> own.encap();
                case KEY_EXCHANGES ->
                        own.ike(
                                        more(
                                                SimConnection.ikeProposal(
                                                        SimConnection.AES_GCM_16,
                                                        SimConnection.X25519),
                                                SimConnection.ECP_256,
                                                SimConnection.MODP_2048))
                                .esp(
                                        more(
                                                SimConnection.espProposal(
                                                        SimConnection.AES_GCM_16,
                                                        SimConnection.X25519),
                                                SimConnection.ECP_256));
                case TCP,
                        VIRTUAL_IP,
                        PPK,
                        BOTH_WISH,
                        SLEEP,
                        ACTIONS,
                        BOTH_MOVE -> {} // of an end or the world
            }
        }
    }

    /// What the mirrored connection does not have.
    ///
    /// @param reachable the end that asks for addresses can be called by the other one
    static void configureEnds(
            Set<Extra> extras, SimConnection own, SimConnection other, boolean reachable) {
        if (extras.contains(ACTIONS)) {
            own.starts().whenClosed(Action.START).whenDead(Action.START);
        }
        if (extras.contains(ACTIONS) && reachable) {
            other.starts().whenClosed(Action.START).whenDead(Action.START);
        }
        if (extras.contains(CHILDLESS)) {
            other.childless(Childless.PREFER);
        }
        if (extras.contains(TCP)) {
            own.tcp(TcpUse.When.FALLBACK);
        }
        if (extras.contains(PPK)) {
            own.ppk(PPK_ID, true);
            other.ppk(PPK_ID, true);
        }
        if (extras.contains(VIRTUAL_IP)) {
            own.vips("0.0.0.0");
            other.pools("pool");
        }
    }

    private static Proposal more(Proposal first, int... methods) {
        var transforms = new java.util.ArrayList<>(first.transforms());
        for (int round = 0; round < methods.length; round++) {
            transforms.add(new Transform(TransformType.ADDKE1 + round, methods[round], 0));
        }
        return new Proposal(
                first.number(), first.protocolId(), first.spi(), List.copyOf(transforms));
    }
}
