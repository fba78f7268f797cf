package org.keyferry.engine.exchange;

import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.OwnExchange;
import org.keyferry.engine.sa.OwnExchange.ChildWish;
import org.keyferry.engine.sa.PeersExchange;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.settings.model.Child;

/// Both ends may begin to set up the same CHILD_SA at once; RFC 7296 has rules for rekeying only.
/// The one that the initiator of the IKE_SA asked for is kept: it puts the other's request off, and
/// a responder whose request was granted nevertheless, as the two were apart by less than a round
/// trip, deletes what came of it.
final class CrossedChildren {
    /// Whether the peer's request is to be made again later: then ours is up, or failed.
    static boolean putsOff(SaCore sa, Established up, Child wanted) {
        return sa.isInitiator()
                && up.own().orElse(null) instanceof OwnExchange.OfChild own
                && isFor(own.draft().wish(), wanted);
    }

    /// What we asked for is up.
    static void resolve(SaCore sa, Established up, ChildWish wish, ChildSa installed, Outbox out) {
        // had it been there before, we would not have asked for it
        boolean isThere =
                sa.children().stream()
                        .filter(other -> other.uniqueId() != installed.uniqueId())
                        .filter(Tasks::carries)
                        .anyMatch(other -> isSame(other, installed));
        if (wish.replaces() != 0 || !(isThere || isComing(up, wish.config()))) {
            return;
        }
        out.log(
                sa,
                Group.CHD,
                1,
                "both ends set up CHILD_SA %s at once, deleting redundant %s{%d}",
                installed.name(),
                installed.name(),
                installed.uniqueId());
        sa.tasks().addFirst(new Task.DeleteChild(installed.uniqueId(), Reason.Plain.REDUNDANT, 0));
    }

    /// Whether a request of the peer for it is being worked on. Ours begins when that is done, and
    /// only if nothing came of it: were both granted, each end might delete its own.
    static boolean isComing(Established up, Child wanted) {
        return up.peers().orElse(null) instanceof PeersExchange.PeersChild peers
                && peers.replaces() == 0
                && peers.agreed().child().equals(wanted);
    }

    private static boolean isFor(ChildWish wish, Child wanted) {
        return wish.replaces() == 0 && wish.config().equals(wanted);
    }

    private static boolean isSame(ChildSa one, ChildSa other) {
        var first = one.installation();
        var second = other.installation();
        return first.config().equals(second.config())
                && first.localTs().equals(second.localTs())
                && first.remoteTs().equals(second.remoteTs());
    }

    private CrossedChildren() {}
}
