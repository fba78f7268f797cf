package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.List;
import org.keyferry.engine.Event;
import org.keyferry.engine.Outbox;
import org.keyferry.engine.TimerQueue;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;

/// IKE_SAs that come in the place of others.
public final class Successor {

    /// The one that rekeying puts there.
    ///
    /// @param asInitiator whether this side began the rekeying
    public static SaCore rekeyed(SaCore sa, boolean asInitiator, IkeSpi spi) {
        var next =
                SaCore.fresh(
                        sa.context, asInitiator, spi, sa.connection(), sa.local(), sa.remote());
        if (sa.peerNatT()) {
            next.peerDoesNatT();
        }
        if (sa.fragments().isPresent()) {
            next.fragmentationAgreed();
        }
        if (sa.isPeerStrongSwan()) {
            next.peerIsStrongSwan();
        }
        next.interfaceIds(sa.interfaceIds());
        next.peerSupport(sa.peerSupport());
        next.extensions().ppkUsed(sa.extensions().ppkUsed());
        next.extensions().redirections().inherit(sa.extensions().redirections());
        next.extensions().udp().inherit(sa.extensions().udp());
        Mobility.Whereabouts.of(sa).applyTo(next);
        next.identities(sa.localId(), sa.remoteId());
        next.addressBlocks(sa.addressBlocks());
        next.attempt(sa.attempt());
        next.wantedChild(sa.wantedChild());
        next.replacement().reauthAt(sa.replacement().reauthBy());
        next.replacement().cameByRekeying();
        next.login(sa.login());
        return next;
    }

    /// The one that is begun with another gateway before this one was up: it takes over what was
    /// wanted, and who waits for it.
    public static SaCore elsewhere(SaCore sa, Endpoint local, Endpoint remote, Outbox out) {
        var next =
                SaCore.fresh(
                        sa.context, true, sa.lookup().newSpi(), sa.connection(), local, remote);
        next.now(sa.now());
        next.wantedChild(sa.wantedChild());
        next.attempt(sa.attempt());
        next.extensions().redirections().inherit(sa.extensions().redirections());
        next.extensions().resumability().tried(true);
        next.replacement().predecessor(sa.replacement().predecessor());
        next.replacement().formerAddresses(sa.replacement().formerAddresses());
        sa.replacement().predecessor(IkeSpi.ZERO);
        next.tasks().addAll(sa.tasks());
        sa.tasks().clear();
        sa.wishes().all().forEach(next.wishes()::add);
        List.copyOf(sa.wishes().all().keySet()).forEach(sa.wishes()::forget);
        for (long requestId : sa.waitingRequests()) {
            next.waitingRequests().add(requestId);
            out.tell(new Event.RequestBegan(requestId, next.uniqueId()));
        }
        sa.waitingRequests().clear();
        return next;
    }

    /// Takes over what the former IKE_SA had and was to do.
    static void inherit(SaCore sa, SaInput.Heritage heritage, Outbox out) {
        sa.replacement().inherit(heritage.reauthAt());
        sa.replacement().predecessor(heritage.predecessor());
        sa.children().addAll(heritage.children());
        sa.tasks().addAll(heritage.tasks());
        sa.postponed().addAll(heritage.postponed());
        heritage.whereabouts().applyTo(sa);
        sa.virtualIps(heritage.virtualIps());
        sa.extensions().resumability().facts(heritage.resumability());
        heritage.wishes().forEach(sa.wishes()::add);
        if (!heritage.supersededBy().equals(Instant.MAX)) {
            sa.replacement().supersededBy(heritage.supersededBy());
            out.timer(sa.ownSpi(), TimerQueue.Kind.REPLACED, sa.now());
        }
    }

    private Successor() {}
}
