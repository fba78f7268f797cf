package org.keyferry.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

/// How often NATs must be reminded of us, by the network of the peer: grows while a binding
/// outlives the silence, and shrinks when one was lost. Of the longest unused network nothing is
/// remembered when there are too many.
public final class KeepaliveIntervals {
    private static final int MOST_NETWORKS = 1_024;
    private static final Duration LEAST = Duration.ofSeconds(10);
    private static final int PREFIX_BYTES_V4 = 3;
    private static final int PREFIX_BYTES_V6 = 6;

    /// One of our addresses, and a /24 or /48 of the peer's.
    private record Network(IpAddress local, Bytes peer) {
        static Network of(IpAddress local, IpAddress peer) {
            int prefixBytes = peer.v6() ? PREFIX_BYTES_V6 : PREFIX_BYTES_V4;
            return new Network(local, Bytes.wrapOwned(peer.toBytes()).slice(0, prefixBytes));
        }
    }

    /// @param good after which a binding is still there, as far as is known
    /// @param proved it was seen to be
    /// @param lost the shortest silence after which a binding was gone
    private record Learned(Duration good, boolean proved, Optional<Duration> lost) {}

    private final Duration start;
    private final Duration limit;
    private final Map<Network, Learned> learned =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Network, Learned> eldest) {
                    return size() > MOST_NETWORKS;
                }
            };

    /// @param start with which a network begins
    /// @param limit it does not grow beyond; nothing is learned unless it is above `start`
    public KeepaliveIntervals(Duration start, Duration limit) {
        this.start = start;
        this.limit = limit;
    }

    /// After so much silence something must be sent.
    public Duration interval(IpAddress local, IpAddress peer) {
        return of(local, peer).good();
    }

    /// Whether intervals follow the networks at all.
    public boolean adapts() {
        return limit.compareTo(start) > 0;
    }

    /// The silence that is to be tried; empty if enough is known.
    public Optional<Duration> trial(IpAddress local, IpAddress peer) {
        Learned present = of(local, peer);
        boolean learns =
                adapts() && (!present.proved() || longer(present).compareTo(present.good()) > 0);
        return learns ? Optional.of(trial(present)) : Optional.empty();
    }

    private Duration trial(Learned present) {
        return present.proved() ? longer(present) : present.good();
    }

    private Learned of(IpAddress local, IpAddress peer) {
        Learned known = learned.get(Network.of(local, peer));
        return known == null ? new Learned(start, false, Optional.empty()) : known;
    }

    /// What comes after what is good; the same if it is known to be too long, or nearly so.
    private Duration longer(Learned present) {
        Duration next = present.good().multipliedBy(3).dividedBy(2);
        next = next.compareTo(limit) > 0 ? limit : next;
        Duration tried = next;
        boolean risky =
                present.lost()
                        .filter(l -> tried.multipliedBy(10).compareTo(l.multipliedBy(9)) >= 0)
                        .isPresent();
        return risky || next.compareTo(present.good()) < 0 ? present.good() : next;
    }

    /// A binding has outlived so much silence.
    public void held(IpAddress local, IpAddress peer, Duration silence) {
        Learned present = of(local, peer);
        Duration tried = trial(present);
        if (silence.compareTo(tried) >= 0) {
            learned.put(Network.of(local, peer), new Learned(tried, true, present.lost()));
        }
    }

    /// A binding was gone after so much silence.
    public void lost(IpAddress local, IpAddress peer, Duration silence) {
        Learned present = of(local, peer);
        Duration shortest = present.lost().filter(l -> l.compareTo(silence) < 0).orElse(silence);
        Duration least = start.compareTo(LEAST) < 0 ? start : LEAST;
        Duration good = present.good();
        boolean proved = present.proved();
        if (silence.compareTo(good) <= 0 || !proved) {
            Duration half = silence.dividedBy(2);
            half = half.compareTo(good) > 0 ? good : half;
            proved = good.equals(least); // nothing shorter is tried
            good = half.compareTo(least) < 0 ? least : half;
        }
        learned.put(Network.of(local, peer), new Learned(good, proved, Optional.of(shortest)));
    }
}
