package org.keyferry.engine.exchange;

import java.time.Duration;
import java.util.List;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.PeersExchange;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.IkeSpi;

/// Replaces an IKE_SA by one that authenticates both sides again (RFC 7296 §2.8.3), with all its
/// children: the new one first, and then the end of the old one, or the other way round.
public final class Reauthentication {
    /// An IKE_SA that lacks CHILD_SAs of the one it replaces, is being rekeyed, or may be so by a
    /// request that is being worked on, waits so long and looks again.
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    public static void begin(SaCore sa, Established up, Outbox out) {
        if (sa.replacement().reauthenticating()) {
            if (sa.extensions().redirections().target().isPresent()) {
                // it stays if the other gateway does not take us
                sa.replacement().reauthAt(sa.now().plus(PATIENCE));
            }
            return;
        }
        if (isReplaced(sa)) {
            sa.replacement().reauthenticating(true);
            return;
        }
        boolean takesOver = !sa.replacement().predecessor().equals(IkeSpi.ZERO);
        if (takesOver || sa.responses().isBusy() || isBeingRekeyed(sa, up)) {
            // what comes of that is to be replaced, and inherits the time
            sa.replacement().reauthAt(sa.now().plus(PATIENCE));
            return;
        }
        if (sa.virtualIps().onlyPeerCanBegin() || sa.login().byEap()) {
            out.log(
                    sa,
                    Group.IKE,
                    0,
                    "initiator did not reauthenticate as requested, IKE_SA %s[%d] ends with its"
                            + " lifetime",
                    sa.name(),
                    sa.uniqueId());
            return;
        }
        out.log(sa, Group.IKE, 0, "reauthenticating IKE_SA %s[%d]", sa.name(), sa.uniqueId());
        sa.replacement().reauthenticating(true);
        Redirect.postpone(sa);
        if (sa.settings().renewal().makeBeforeBreak()) {
            out.setUpAnew(sa, children(sa), true);
        } else {
            breakFirst(sa, Reason.Plain.REAUTHENTICATED);
        }
    }

    /// Likewise of a daemon that was restarted meanwhile.
    private static boolean isReplaced(SaCore sa) {
        return sa.lookup().duplicates(sa).all().stream()
                .anyMatch(next -> next.core().replacement().predecessor().equals(sa.ownSpi()));
    }

    /// By either side.
    static boolean isBeingRekeyed(SaCore sa, Established up) {
        return up.peers().orElse(null) instanceof PeersExchange.PeersIke
                || sa.currentTask().filter(Task.RekeyIke.class::isInstance).isPresent();
    }

    /// Ends the SA and sets it up again.
    public static void breakFirst(SaCore sa, Reason reason) {
        sa.replacement().reauthenticating(true);
        Redirect.postpone(sa);
        sa.replacement().reborn(children(sa));
        sa.tasks().addFirst(new Task.DeleteIke(reason, 0));
    }

    static List<Child> children(SaCore sa) {
        return sa.children().stream()
                .filter(Tasks::carries)
                .map(child -> child.installation().config())
                .distinct()
                .toList();
    }

    /// Once everything that the former IKE_SA had is up, that one goes.
    public static void finish(SaCore sa, Established up, Outbox out) {
        boolean done =
                !sa.replacement().predecessor().equals(IkeSpi.ZERO)
                        && up.isIdle()
                        && sa.currentTask().isEmpty()
                        && sa.tasks().isEmpty()
                        && sa.putOff().isEmpty();
        if (done) {
            IkeSpi former = sa.replacement().predecessor();
            if (sa.extensions().redirections().follows()) {
                sa.lookup().duplicates(sa).all().stream()
                        .map(IkeSa::core)
                        .filter(core -> core.ownSpi().equals(former))
                        .forEach(core -> Redirect.resume(core, sa, out));
            }
            out.tellSa(former, new SaInput.Terminate(Reason.Plain.REAUTHENTICATED, 0, false));
            sa.replacement().predecessor(IkeSpi.ZERO);
        }
    }

    private Reauthentication() {}
}
