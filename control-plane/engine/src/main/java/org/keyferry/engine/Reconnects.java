package org.keyferry.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.keyferry.engine.Event.Group;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// Peers that set up one IKE_SA after the other, by mistake or on purpose: each costs a key
/// exchange and signatures. An identity that comes too often from one address is logged once, with
/// a count when it is over, and that address is served at the rate that is allowed.
final class Reconnects {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_PEERS = 4_096;

    private record Peer(Identification identity, IpAddress address) {}

    private static final class Count {
        private Instant since;
        private int setUps;
    }

    private static final class Held {
        private final Peer because;
        private final Instant since;
        private Instant until;
        private Instant next;
        private int setUps;
        private int dropped;

        private Held(Peer because, Count count, Instant now) {
            this.because = because;
            this.since = count.since;
            this.setUps = count.setUps;
            this.until = now.plus(WINDOW);
            this.next = now;
        }
    }

    /// Which forgets whom it has not seen for longest.
    private static final class Latest<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        Latest() {
            super(0, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MOST_PEERS;
        }
    }

    private final int limit;
    private final Map<Peer, Count> counts = new Latest<>();
    private final Map<IpAddress, Held> held = new Latest<>();

    /// @param limit set-ups within a minute that are nothing special; 0 for any number
    Reconnects(int limit) {
        this.limit = limit;
    }

    /// A peer has set up an IKE_SA.
    void arrived(Identification identity, IpAddress address, Instant now, Outbox out) {
        if (limit == 0) {
            return;
        }
        var peer = new Peer(identity, address);
        Count count = counts.computeIfAbsent(peer, _ -> new Count());
        if (count.since == null || !now.isBefore(count.since.plus(WINDOW))) {
            count.since = now;
            count.setUps = 0;
        }
        count.setUps++;
        Held already = held.get(address);
        if (already != null) {
            already.setUps++;
        }
        if (count.setUps <= limit) {
            return;
        }
        if (already != null) {
            already.until = now.plus(WINDOW);
            return;
        }
        held.put(address, new Held(peer, count, now));
        out.log(
                Group.IKE,
                0,
                "peer '%s' at %s has set up %d IKE_SAs within a minute, it is held back",
                identity,
                address,
                count.setUps);
    }

    /// Whether a first request from there is to be dropped.
    boolean holdsBack(IpAddress address, Instant now, Outbox out) {
        Held mark = held.get(address);
        if (mark == null) {
            return false;
        }
        if (!now.isBefore(mark.until)) {
            held.remove(address);
            out.log(
                    Group.IKE,
                    0,
                    "peer '%s' at %s is no longer held back: %d IKE_SAs since %s, %d requests"
                            + " dropped",
                    mark.because.identity(),
                    address,
                    mark.setUps,
                    mark.since,
                    mark.dropped);
            return false;
        }
        if (now.isBefore(mark.next)) {
            mark.dropped++;
            return true;
        }
        mark.next = now.plus(WINDOW.dividedBy(limit));
        return false;
    }
}
