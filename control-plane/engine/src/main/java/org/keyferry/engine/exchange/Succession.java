package org.keyferry.engine.exchange;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.Reason;
import org.keyferry.engine.TimerQueue;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.IkeViews;
import org.keyferry.engine.sa.Lifetimes;
import org.keyferry.engine.sa.Mobility;
import org.keyferry.engine.sa.OwnExchange.IkeReady;
import org.keyferry.engine.sa.Resumability;
import org.keyferry.engine.sa.Rival;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.engine.sa.SaInput;
import org.keyferry.engine.sa.State;
import org.keyferry.engine.sa.State.Established;
import org.keyferry.engine.sa.Task;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.wire.IkeSpi;

/// How one IKE_SA takes the place of another: it inherits the CHILD_SAs and what is still to be
/// said; the side that began deletes the former one. If both began, the exchange with the lowest of
/// the four nonces made the redundant one (RFC 7296 §2.8.2).
public final class Succession {
    /// How long the peer has to delete a rekeyed IKE_SA.
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /// Our exchange is complete.
    static State settle(SaCore sa, Established up, IkeReady own, Instant now, Outbox out) {
        sa.currentTask(null);
        Informational.done(own.draft().requestId(), Optional.empty(), out);
        IkeSpi successor = own.successor().ownSpi();
        out.adopt(begin(own.successor(), now, out));
        Optional<Rival> rival = up.rival();
        if (rival.isEmpty()) {
            return replaced(sa, up, successor, out);
        }
        if (rival.get().winsOver(own.draft().nonce(), own.nonceR())) {
            out.log(sa, Group.IKE, 1, "IKE_SA rekey collision lost, deleting redundant IKE_SA");
            own.successor().extensions().stream().handOver();
            out.tellSa(successor, new SaInput.Terminate(Reason.Plain.REKEYED, 0, false));
            return yieldToRival(sa, up.withoutOwn(), rival.get(), now, out);
        }
        out.log(sa, Group.IKE, 1, "IKE_SA rekey collision won, waiting for the peer's delete");
        out.tellSa(((Rival.OfIke) rival.get()).successor(), new SaInput.Superseded());
        return replaced(sa, up, successor, out);
    }

    private static State replaced(SaCore sa, Established up, IkeSpi successor, Outbox out) {
        bequeath(sa, up, successor, out);
        sa.tasks().add(new Task.DeleteIke(Reason.Plain.REKEYED, 0));
        return up.withoutOwn();
    }

    /// The new IKE_SA is up, without children.
    static IkeSa begin(SaCore successor, Instant now, Outbox out) {
        successor.established(now);
        successor.heard(now);
        Lifetimes.schedule(successor, now, out);
        SetUp.startTimers(successor, now, out);
        return IkeSa.successor(successor);
    }

    static void bequeath(SaCore sa, State state, IkeSpi successor, Outbox out) {
        sa.extensions().stream().handOver();
        Redirect.comeAgain(sa);
        var heritage =
                new SaInput.Heritage(
                        sa.children(),
                        new ArrayList<>(sa.tasks()),
                        sa.postponed(),
                        sa.wishes().all(),
                        sa.virtualIps(),
                        Mobility.Whereabouts.of(sa),
                        sa.extensions().resumability().facts(),
                        sa.replacement().reauthBy(),
                        sa.replacement().supersededBy(),
                        sa.replacement().predecessor(),
                        IkeViews.of(sa, state));
        sa.children().clear();
        sa.tasks().clear();
        sa.postponed().clear();
        sa.virtualIps(VirtualIps.NONE);
        sa.replacement().predecessor(IkeSpi.ZERO);
        sa.extensions().resumability().facts(Resumability.Facts.NONE);
        List.copyOf(sa.wishes().all().keySet()).forEach(sa.wishes()::forget);
        out.tellSa(successor, new SaInput.Inherit(heritage));
    }

    /// The peer's IKE_SA takes over, and the peer deletes this one.
    public static State yieldToRival(
            SaCore sa, Established up, Rival rival, Instant now, Outbox out) {
        bequeath(sa, up, ((Rival.OfIke) rival).successor(), out);
        return rekeyed(sa, now, out);
    }

    /// Waits for the peer's DELETE.
    public static State rekeyed(SaCore sa, Instant now, Outbox out) {
        Instant until = now.plus(PATIENCE);
        out.timer(sa.ownSpi(), TimerQueue.Kind.REPLACED, until);
        return new State.Rekeyed(until);
    }

    private Succession() {}
}
