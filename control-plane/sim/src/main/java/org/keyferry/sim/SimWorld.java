package org.keyferry.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.keyferry.engine.EngineSettings;
import org.keyferry.wire.IpAddress;

/// Peers, the network between them and the one clock that they share. Everything that happens
/// follows from the seed.
public final class SimWorld {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /// More is no life but a loop.
    private static final int MOST_IN_A_SECOND = 1_000_000;

    private record Happening(Instant at, long order, Runnable action)
            implements Comparable<Happening> {
        @Override
        public int compareTo(Happening other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final long seed;
    private final SplittableRandom random;
    private final PriorityQueue<Happening> agenda = new PriorityQueue<>();
    private final Map<String, SimPeer> peers = new LinkedHashMap<>();
    private final List<String> transcript = new ArrayList<>();
    private final Map<String, IpAddress> names = new LinkedHashMap<>();
    private Duration lookupTime = Duration.ofMillis(1);
    private final SimNetwork network;
    private final SimTraffic traffic = new SimTraffic(this);
    private final SimWatch watch = new SimWatch(this);
    private boolean recorded = true;
    private Instant now = START;
    private long order;
    private long second;
    private int inThatSecond;

    private SimWorld(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.network = new SimNetwork(this);
    }

    public static SimWorld seeded(long seed) {
        return new SimWorld(seed);
    }

    /// Adds a peer with this address and charon's default settings.
    public SimPeer peer(String name, String address) {
        return peer(name, address, EngineSettings.defaults());
    }

    public SimPeer peer(String name, String address, EngineSettings settings) {
        var peer = new SimPeer(this, name, IpAddress.parse(address), settings);
        peers.put(name, peer);
        network.attach(peer);
        return peer;
    }

    public SimNetwork network() {
        return network;
    }

    /// Packets through the tunnels.
    public SimTraffic traffic() {
        return traffic;
    }

    SimWatch watch() {
        return watch;
    }

    /// Keeps neither a transcript nor events nor log lines, and exchanges keys in small groups: for
    /// worlds that live long, of which there are many. To be called before peers come.
    SimWorld unrecorded() {
        recorded = false;
        return this;
    }

    boolean isRecorded() {
        return recorded;
    }

    /// What a resolver says.
    public Map<String, IpAddress> names() {
        return names;
    }

    /// How long a resolver takes.
    Duration lookupTime() {
        return lookupTime;
    }

    public void looksUpIn(Duration time) {
        lookupTime = time;
    }

    java.util.Collection<SimPeer> peers() {
        return peers.values();
    }

    public Instant now() {
        return now;
    }

    public long seed() {
        return seed;
    }

    /// A generator of its own for some part of the world, so that one part's draws do not shift
    /// another's.
    RandomGenerator split() {
        return random.split();
    }

    void after(Duration delay, Runnable action) {
        at(now.plus(delay), action);
    }

    void at(Instant when, Runnable action) {
        agenda.add(new Happening(when.isBefore(now) ? now : when, order++, action));
    }

    void note(String format, Object... args) {
        if (!recorded) {
            return;
        }
        Duration since = Duration.between(START, now);
        transcript.add(
                "%d.%03d %s"
                        .formatted(
                                since.toSeconds(), since.toMillisPart(), format.formatted(args)));
    }

    /// What was on the wire so far, a line each.
    public List<String> transcript() {
        return List.copyOf(transcript);
    }

    /// Runs the world for a while.
    public SimWorld run(Duration duration) {
        Instant end = now.plus(duration);
        while (!agenda.isEmpty() && !agenda.peek().at().isAfter(end)) {
            step();
        }
        now = end;
        return this;
    }

    /// Runs until nothing is due any more.
    ///
    /// @throws AssertionError if that takes longer than `limit`
    public SimWorld runUntilQuiet(Duration limit) {
        Instant end = now.plus(limit);
        while (!agenda.isEmpty()) {
            if (agenda.peek().at().isAfter(end)) {
                throw new AssertionError("seed " + seed + ": not quiet after " + limit);
            }
            step();
        }
        return this;
    }

    private void step() {
        Happening next = agenda.poll();
        now = next.at();
        if (now.getEpochSecond() != second) {
            second = now.getEpochSecond();
            inThatSecond = 0;
        } else if (++inThatSecond > MOST_IN_A_SECOND) {
            throw new AssertionError("seed " + seed + ": no rest any more at " + now);
        }
        next.action().run();
    }

    /// Both ends agree: each state of a live SA has its counterpart with the same keys, and nothing
    /// lies in a kernel that no engine knows of.
    ///
    /// @throws AssertionError naming the seed and what does not fit
    public void checkAgreement() {
        for (SimPeer peer : peers.values()) {
            peer.checkKernelMatchesEngine();
            for (SimKernel.State state : peer.kernel().states()) {
                if (!peer.kernel().isRetired(state)) {
                    checkCounterpart(peer, state);
                }
            }
        }
    }

    private void checkCounterpart(SimPeer owner, SimKernel.State state) {
        boolean outbound = state.outbound();
        long found =
                peers.values().stream()
                        .filter(peer -> peer != owner)
                        .flatMap(peer -> peer.kernel().states().stream())
                        .filter(other -> other.spi().equals(state.spi()))
                        .filter(other -> other.outbound() != outbound)
                        .filter(other -> other.sameKeys(state))
                        .count();
        if (found != 1) {
            throw new AssertionError(
                    "seed %d: state %s of %s has %d counterparts with its keys"
                            .formatted(seed, state, owner.name(), found));
        }
    }
}
