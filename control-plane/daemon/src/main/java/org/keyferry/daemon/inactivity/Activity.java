package org.keyferry.daemon.inactivity;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.engine.KernelOp.ChildInstallation;

/// When each of some CHILD_SAs was last used in either direction: growing counters tell it, as
/// exactly as the looks at them are frequent. Unlike the kernel's times of last use, these do not
/// jump with the clock. Not for several threads.
final class Activity {
    private static final class Watched {
        private final ChildInstallation child;
        private final Duration limit;
        private Instant lastUse;
        private long packets;

        private Watched(ChildInstallation child, Duration limit, Instant now) {
            this.child = child;
            this.limit = limit;
            this.lastUse = now;
        }
    }

    private final Map<Integer, Watched> watched = new HashMap<>();

    /// @param limit the longest time without traffic
    void add(ChildInstallation child, Duration limit, Instant now) {
        watched.put(child.childUniqueId(), new Watched(child, limit, now));
    }

    void remove(ChildInstallation child) {
        watched.remove(child.childUniqueId());
    }

    /// The time without traffic goes on over a rekeying.
    void replace(ChildInstallation former, ChildInstallation now) {
        Watched before = watched.remove(former.childUniqueId());
        if (before != null) {
            watched.put(now.childUniqueId(), new Watched(now, before.limit, before.lastUse));
        }
    }

    /// It has other addresses, the same counters.
    void move(ChildInstallation child) {
        Watched before = watched.get(child.childUniqueId());
        if (before != null) {
            var moved = new Watched(child, before.limit, before.lastUse);
            moved.packets = before.packets;
            watched.put(child.childUniqueId(), moved);
        }
    }

    /// The shortest time without traffic after which one of them is closed.
    Optional<Duration> shortest() {
        return watched.values().stream().map(w -> w.limit).min(Duration::compareTo);
    }

    /// Takes what the kernel counts, and tells which have not been used for as long as configured.
    ///
    /// @return with the time after which each was
    Map<ChildInstallation, Duration> look(Map<StateKey, Counters> counters, Instant now) {
        var idle = new LinkedHashMap<ChildInstallation, Duration>();
        for (Watched each : watched.values()) {
            if (look(each, counters, now) && !each.lastUse.plus(each.limit).isAfter(now)) {
                idle.put(each.child, each.limit);
            }
        }
        return idle;
    }

    /// @return whether the kernel told of it: else it is gone meanwhile, or nothing is known
    private static boolean look(Watched each, Map<StateKey, Counters> counters, Instant now) {
        Counters in = counters.get(StateKey.inbound(each.child));
        Counters out = counters.get(StateKey.outbound(each.child));
        if (in == null || out == null) {
            return false;
        }
        long packets = in.packets() + out.packets();
        if (packets != each.packets) {
            each.packets = packets;
            each.lastUse = now;
        }
        return true;
    }
}
