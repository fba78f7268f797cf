package org.keyferry.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keyferry.engine.sa.ChildSa;
import org.keyferry.engine.sa.Duplicates;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.wire.TrafficSelector;

/// The established IKE_SAs between the same two identities, the oldest first. Mostly one or two;
/// where all clients of a gateway go by one identity it is all of them, and a set-up must not look
/// at each.
final class Sharers {
    /// From so many on they are found by their traffic.
    private static final int MANY = 8;

    private final class Others implements Duplicates {
        private final SaCore of;

        private Others(SaCore of) {
            this.of = of;
        }

        @Override
        public List<IkeSa> all() {
            return without(children.keySet());
        }

        @Override
        public List<IkeSa> carrying(List<TrafficSelector> remote) {
            return without(Sharers.this.carrying(remote));
        }

        @Override
        public List<IkeSa> begunByUs() {
            return without(begunByUs);
        }

        private List<IkeSa> without(Collection<IkeSa> some) {
            return some.stream().filter(sa -> sa.core() != of).toList();
        }
    }

    /// With the CHILD_SAs that each is known by here.
    private final Map<IkeSa, List<ChildSa>> children = new LinkedHashMap<>(2);

    private final Map<TrafficSelector, Set<IkeSa>> byRemoteTraffic = new HashMap<>(0);
    private final Set<IkeSa> begunByUs = new LinkedHashSet<>(0);
    private boolean many;

    void add(IkeSa sa, List<ChildSa> with) {
        children.put(sa, with);
        if (sa.core().isInitiator()) {
            begunByUs.add(sa);
        }
        if (many) {
            enter(sa, with);
        } else if (children.size() > MANY) {
            children.forEach(this::enter);
            many = true;
        }
    }

    void remove(IkeSa sa) {
        List<ChildSa> former = children.remove(sa);
        begunByUs.remove(sa);
        if (many && former != null) {
            traffic(former).forEach(ts -> leave(sa, ts));
        }
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    List<IkeSa> all() {
        return List.copyOf(children.keySet());
    }

    /// All but one of them, which need not be among them.
    Duplicates others(SaCore of) {
        return new Others(of);
    }

    private Collection<IkeSa> carrying(List<TrafficSelector> remote) {
        var found = new LinkedHashSet<IkeSa>();
        if (many) {
            remote.forEach(ts -> found.addAll(byRemoteTraffic.getOrDefault(ts, Set.of())));
        } else {
            children.forEach(
                    (sa, its) -> {
                        if (traffic(its).stream().anyMatch(remote::contains)) {
                            found.add(sa);
                        }
                    });
        }
        return found;
    }

    private void enter(IkeSa sa, List<ChildSa> its) {
        for (TrafficSelector ts : traffic(its)) {
            byRemoteTraffic.computeIfAbsent(ts, _ -> new LinkedHashSet<>(2)).add(sa);
        }
    }

    private void leave(IkeSa sa, TrafficSelector ts) {
        Set<IkeSa> there = byRemoteTraffic.getOrDefault(ts, Set.of());
        if (there.remove(sa) && there.isEmpty()) {
            byRemoteTraffic.remove(ts);
        }
    }

    private static Set<TrafficSelector> traffic(List<ChildSa> children) {
        var all = new LinkedHashSet<TrafficSelector>();
        children.forEach(child -> all.addAll(child.installation().remoteTs()));
        return all;
    }
}
