package org.keyferry.daemon.radius;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.sa.IkeView;

/// One session as accounting sees it: an IKE_SA, with those that replaced it by rekeying, and all
/// that went through its CHILD_SAs. Not for several threads.
final class AccountedSession {
    /// Octets and packets from and to the peer.
    record Totals(long octetsIn, long packetsIn, long octetsOut, long packetsOut) {
        static final Totals NONE = new Totals(0, 0, 0, 0);

        Totals plus(Counters in, Counters out) {
            return new Totals(
                    octetsIn + in.bytes(),
                    packetsIn + in.packets(),
                    octetsOut + out.bytes(),
                    packetsOut + out.packets());
        }
    }

    private static final Counters NOTHING = new Counters(0, 0, Optional.empty());

    private static final class Child {
        private ChildInstallation installation;
        private Counters in = NOTHING;
        private Counters out = NOTHING;
        private boolean inFinal;
        private boolean outFinal;

        private Child(ChildInstallation installation) {
            this.installation = installation;
        }
    }

    private final String id;
    private final Instant started;
    private final Duration interval;
    private final Map<Integer, Child> children = new HashMap<>();
    private Totals settled = Totals.NONE;
    private IkeView ike;
    private Instant nextInterim;
    private Optional<TerminateCause> ended = Optional.empty();

    /// @param interval zero for no interim records
    AccountedSession(String id, IkeView ike, Duration interval, Instant now) {
        this.id = id;
        this.ike = ike;
        this.started = now;
        this.interval = interval;
        this.nextInterim = interval.isZero() ? Instant.MAX : now.plus(interval);
    }

    String id() {
        return id;
    }

    IkeView ike() {
        return ike;
    }

    void follow(IkeView now) {
        ike = now;
    }

    Duration lasted(Instant now) {
        return Duration.between(started, now);
    }

    Instant nextInterim() {
        return nextInterim;
    }

    void interimSent(Instant now) {
        nextInterim = now.plus(interval);
    }

    void add(ChildInstallation child) {
        children.putIfAbsent(child.childUniqueId(), new Child(child));
    }

    /// What the kernel counts at present. A state that it does not tell of keeps its last value.
    void look(Map<StateKey, Counters> counters) {
        for (Child child : children.values()) {
            if (!child.inFinal) {
                child.in = counters.getOrDefault(StateKey.inbound(child.installation), child.in);
            }
            if (!child.outFinal) {
                child.out = counters.getOrDefault(StateKey.outbound(child.installation), child.out);
            }
        }
    }

    /// A state is removed.
    ///
    /// @param last if known
    /// @return whether this was the last of that CHILD_SA
    boolean settle(ChildInstallation removed, boolean inbound, Optional<Counters> last) {
        Child child = children.get(removed.childUniqueId());
        if (child == null) {
            return true;
        }
        if (inbound) {
            child.in = last.orElse(child.in);
            child.inFinal = true;
        } else {
            child.out = last.orElse(child.out);
            child.outFinal = true;
        }
        boolean whole = child.inFinal && child.outFinal;
        if (whole) {
            children.remove(removed.childUniqueId());
            settled = settled.plus(child.in, child.out);
        }
        return whole;
    }

    /// Unique ids of CHILD_SAs whose last counters are not known.
    Set<Integer> unsettled() {
        return Set.copyOf(children.keySet());
    }

    /// A CHILD_SA that moved is found by its new addresses.
    void moved(ChildInstallation now) {
        Child child = children.get(now.childUniqueId());
        if (child != null) {
            child.installation = now;
        }
    }

    Totals totals() {
        Totals totals = settled;
        for (Child child : children.values()) {
            totals = totals.plus(child.in, child.out);
        }
        return totals;
    }

    void end(TerminateCause cause) {
        ended = ended.or(() -> Optional.of(cause));
    }

    Optional<TerminateCause> ended() {
        return ended;
    }

    /// Nothing more will be counted.
    boolean isComplete() {
        return children.isEmpty();
    }
}
