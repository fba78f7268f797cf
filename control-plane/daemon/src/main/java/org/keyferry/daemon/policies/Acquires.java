package org.keyferry.daemon.policies;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.keyferry.daemon.Initiator;
import org.keyferry.daemon.Requests;
import org.keyferry.daemon.dataplane.AcquireListener;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Acquire;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// Brings CHILD_SAs up for packets that met a trap. Of the packets that meet the same trap
/// meanwhile none counts: the kernel drops them, and tells again of those that come when the set-up
/// has failed.
public final class Acquires implements AcquireListener {
    /// [Initiator#initiate] because of a packet.
    @FunctionalInterface
    public interface Initiation {
        void initiate(
                long requestId,
                Connection connection,
                String child,
                Attempt attempt,
                Optional<IpAddress> peer)
                throws Initiator.NotPossible;
    }

    /// @param peer of a trap for any peer
    private record Pending(String trap, Optional<IpAddress> peer) {}

    private final PolicyManager traps;
    private final Initiation initiator;
    private final Requests requests;
    private final Log log;
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

    public Acquires(PolicyManager traps, Initiation initiator, Requests requests, Log log) {
        this.traps = traps;
        this.initiator = initiator;
        this.requests = requests;
        this.log = log;
    }

    @Override
    public void acquired(
            int reqid, int sequence, TrafficSelector source, TrafficSelector destination) {
        Thread.startVirtualThread(() -> acquire(reqid, sequence, source, destination));
    }

    void acquire(int reqid, int sequence, TrafficSelector source, TrafficSelector destination) {
        Optional<Plan> found = traps.trapOf(reqid);
        if (found.isEmpty()) {
            log.log(Group.CFG, 1, "trap not found, unable to acquire reqid %d", reqid);
            return;
        }
        Plan trap = found.get();
        Optional<IpAddress> peer =
                trap.anyPeer() ? Optional.of(destination.addresses().first()) : Optional.empty();
        var attempt = new Pending(trap.name(), peer);
        if (!pending.add(attempt)) {
            log.log(
                    Group.CFG,
                    1,
                    "ignoring acquire for reqid %d, connection attempt pending",
                    reqid);
            return;
        }
        log.log(
                Group.KNL,
                1,
                "creating acquire job for policy %s === %s with reqid {%d}",
                source,
                destination,
                reqid);
        var acquire = new Acquire(sequence, source, destination);
        initiate(trap, peer, Attempt.of(acquire), () -> pending.remove(attempt));
    }

    private void initiate(Plan trap, Optional<IpAddress> peer, Attempt attempt, Runnable whenDone) {
        var request = requests.open(-1, _ -> {});
        var _ =
                request.done()
                        .whenComplete(
                                (_, _) -> {
                                    request.close();
                                    whenDone.run();
                                });
        try {
            initiator.initiate(request.id(), trap.connection(), trap.child().name(), attempt, peer);
        } catch (Initiator.NotPossible e) {
            log.log(Group.CFG, 0, "unable to acquire %s: %s", trap.name(), e.getMessage());
            request.done().complete(Optional.empty());
        }
    }
}
