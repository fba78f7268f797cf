package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.State;
import org.keyferry.wire.TrafficSelector;

/// A CHILD_SA that the peer sets up although another IKE_SA with it has one for the same traffic,
/// as reauthentication does that makes before it breaks. The peer is not ready to receive by it
/// before it has our answer: until the former one goes, or the peer had time enough, traffic leaves
/// by that.
public final class Takeover {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// Whether traffic for which a CHILD_SA is about to be installed has another way, to the same
    /// place. As responder.
    static boolean isAhead(SaCore sa, State.Agreed agreed) {
        return sa.lookup().duplicates(sa).stream()
                .map(IkeSa::core)
                .filter(other -> other.remote().equals(sa.remote()))
                .flatMap(other -> other.children().stream())
                .filter(Tasks::carries)
                .map(ChildSa::installation)
                .anyMatch(
                        former ->
                                haveCommon(former.localTs(), agreed.tsR())
                                        && haveCommon(former.remoteTs(), agreed.tsI()));
    }

    private static boolean haveCommon(List<TrafficSelector> some, List<TrafficSelector> others) {
        return some.stream().anyMatch(others::contains);
    }

    /// A CHILD_SA was rekeyed, and the former one is about to go: its successor comes next, also
    /// before those that wait for the end of this IKE_SA.
    static void succeed(SaCore sa, ChildSa former, Outbox out) {
        sa.childByUniqueId(former.replacedBy())
                .filter(Tasks::carries)
                .filter(next -> next.installation().patient() && isRivalled(sa, next))
                .ifPresent(next -> prefer(sa, next, out));
    }

    private static boolean isRivalled(SaCore sa, ChildSa child) {
        return sa.lookup().duplicates(sa).stream()
                .flatMap(other -> other.core().children().stream())
                .map(ChildSa::installation)
                .filter(ChildInstallation::patient)
                .anyMatch(
                        other ->
                                haveCommon(other.localTs(), child.installation().localTs())
                                        && haveCommon(
                                                other.remoteTs(), child.installation().remoteTs()));
    }

    private static void prefer(SaCore sa, ChildSa child, Outbox out) {
        var first = child.installation().first();
        sa.replaceChild(child, child.moved(first, child.reqidKey()));
        out.kernelAside(sa, new KernelOp.PreferChild(first));
    }

    /// It is installed: its time begins.
    static void begin(SaCore sa, ChildSa child, Instant now) {
        if (child.installation().patient()) {
            sa.replacement().takeover(child.uniqueId(), now.plus(PATIENCE));
        }
    }

    /// Traffic leaves by those whose time is over.
    public static void due(SaCore sa, Instant now, Outbox out) {
        for (int id : sa.replacement().takeoversBy(now)) {
            sa.childByUniqueId(id)
                    .filter(Tasks::carries)
                    .ifPresent(child -> prefer(sa, child, out));
        }
    }

    private Takeover() {}
}
