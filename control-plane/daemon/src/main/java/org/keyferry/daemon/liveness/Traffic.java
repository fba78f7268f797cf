package org.keyferry.daemon.liveness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.engine.Input.InboundState;
import org.keyferry.engine.KernelOp.ChildInstallation;

/// What the inbound states of some CHILD_SAs have counted. Not for several threads.
final class Traffic {
    private static final class Watched {
        private final StateKey inbound;
        private final Duration dpdDelay;
        private long packets;

        private Watched(StateKey inbound, Duration dpdDelay) {
            this.inbound = inbound;
            this.dpdDelay = dpdDelay;
        }
    }

    private final Map<Integer, Watched> watched = new HashMap<>();

    /// A CHILD_SA that has moved keeps its count.
    void add(ChildInstallation child, Duration dpdDelay) {
        var added = new Watched(StateKey.inbound(child), dpdDelay);
        Watched before = watched.put(child.childUniqueId(), added);
        if (before != null) {
            added.packets = before.packets;
        }
    }

    void remove(ChildInstallation child) {
        watched.remove(child.childUniqueId());
    }

    /// The shortest time of silence after which a peer is asked.
    Optional<Duration> shortest() {
        return watched.values().stream().map(w -> w.dpdDelay).min(Duration::compareTo);
    }

    /// Takes what the kernel counts.
    ///
    /// @return those for which packets came since the last look
    List<InboundState> look(Map<StateKey, Counters> counters) {
        var busy = new ArrayList<InboundState>();
        for (Watched each : watched.values()) {
            Counters in = counters.get(each.inbound);
            if (in != null && in.packets() != each.packets) {
                each.packets = in.packets();
                busy.add(
                        new InboundState(
                                each.inbound.destination(),
                                each.inbound.protocolId(),
                                each.inbound.spi()));
            }
        }
        return busy;
    }
}
