package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
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

    /// As long as a peer mostly takes to move from one IKE_SA to the next.
    private static final Duration USUAL = Duration.ofSeconds(10);

    /// As long as it may take.
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// Whether traffic for which a CHILD_SA is about to be installed has another way, to the same
    /// place.
    static boolean isAhead(SaCore sa, State.Agreed agreed) {
        var local = agreed.tsR();
        var remote = agreed.tsI();
        if (sa.replacement().isPeersOnlyOne()) {
            return false;
        }
        return sa.lookup().duplicates(sa).carrying(remote).stream()
                .map(IkeSa::core)
                .filter(other -> other.remote().equals(sa.remote()))
                .flatMap(other -> other.children().stream())
                .filter(Tasks::carries)
                .map(ChildSa::installation)
                .anyMatch(
                        former ->
                                haveCommon(former.localTs(), local)
                                        && haveCommon(former.remoteTs(), remote));
    }

    private static boolean haveCommon(List<TrafficSelector> some, List<TrafficSelector> others) {
        return some.stream().anyMatch(others::contains);
    }

    /// A CHILD_SA was rekeyed, and the former one is about to go: its successor comes next, not one
    /// that waits for the end of this IKE_SA, is about to go itself, or belongs to an IKE_SA that
    /// the peer may have forgotten.
    static void succeed(SaCore sa, ChildSa former, Outbox out) {
        sa.childByUniqueId(former.replacedBy())
                .filter(Tasks::carries)
                .filter(next -> next.installation().patient() && !isLate(sa, next))
                .ifPresent(next -> prefer(sa, next, out));
    }

    /// Whether a CHILD_SA that comes by an IKE_SA which is replaced comes too late: a newer one has
    /// the same already.
    static boolean isLate(
            SaCore sa, List<TrafficSelector> localTs, List<TrafficSelector> remoteTs) {
        boolean yields =
                sa.replacement().reauthenticating()
                        || !sa.replacement().supersededBy().equals(Instant.MAX);
        return yields
                && sa.lookup().duplicates(sa).carrying(remoteTs).stream()
                        .map(IkeSa::core)
                        .filter(other -> other.established().isAfter(sa.established()))
                        .flatMap(other -> other.children().stream())
                        .filter(Tasks::carries)
                        .map(ChildSa::installation)
                        .filter(other -> !other.patient())
                        .anyMatch(
                                other ->
                                        haveCommon(other.localTs(), localTs)
                                                && haveCommon(other.remoteTs(), remoteTs));
    }

    private static boolean isLate(SaCore sa, ChildSa child) {
        return isLate(sa, child.installation().localTs(), child.installation().remoteTs());
    }

    private static boolean isForTheSame(ChildInstallation one, ChildInstallation other) {
        return haveCommon(one.localTs(), other.localTs())
                && haveCommon(one.remoteTs(), other.remoteTs());
    }

    /// This IKE_SA is about to go as another one replaces it: what that has for the same traffic
    /// comes first, also before what was rekeyed here meanwhile.
    static void giveWay(SaCore sa, Outbox out) {
        var remote =
                sa.children().stream().flatMap(c -> c.installation().remoteTs().stream()).toList();
        for (IkeSa other : sa.lookup().duplicates(sa).carrying(remote)) {
            List<ChildSa> theirs = other.core().children().stream().filter(Tasks::carries).toList();
            for (ChildSa child : theirs) {
                prefer(other.core(), child, out);
            }
        }
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
                    .filter(child -> !isLate(sa, child))
                    .ifPresent(child -> prefer(sa, child, out));
        }
    }

    /// The peer has another IKE_SA, and probably deletes this one itself as soon as it has moved.
    static void await(SaCore former, Instant now, Outbox out) {
        if (former.replacement().supersededBy().equals(Instant.MAX)) {
            former.replacement().supersededBy(now.plus(LONGEST));
            out.timer(former.ownSpi(), TimerQueue.Kind.REPLACED, now.plus(USUAL));
        }
    }

    /// Whether the peer is still about to move from an IKE_SA to the one that replaces it: until
    /// all that this one has is there, too, and the peer had time to get ready for it. Then the end
    /// of this one is put off. It stays if the peer has given the other one up.
    public static boolean isUnderWay(SaCore former, Instant now, Outbox out) {
        List<SaCore> others =
                former.lookup().duplicates(former).all().stream()
                        .map(IkeSa::core)
                        .filter(o -> o.connection().equalsButChildren(former.connection()))
                        .toList();
        if (others.isEmpty()) {
            former.replacement().supersededBy(Instant.MAX);
            return true;
        }
        boolean moved =
                former.children().stream()
                        .filter(Tasks::carries)
                        .allMatch(
                                child ->
                                        others.stream()
                                                .filter(o -> o.remote().equals(former.remote()))
                                                .anyMatch(o -> isReady(o, child, now)));
        if (moved || !now.isBefore(former.replacement().supersededBy())) {
            return false;
        }
        out.timer(former.ownSpi(), TimerQueue.Kind.REPLACED, now.plus(PAUSE));
        return true;
    }

    private static boolean isReady(SaCore other, ChildSa former, Instant now) {
        return other.children().stream()
                .filter(Tasks::carries)
                .filter(child -> isForTheSame(child.installation(), former.installation()))
                .anyMatch(child -> !other.replacement().isAwaited(child.uniqueId(), now));
    }

    private Takeover() {}
}
