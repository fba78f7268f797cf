package org.keyferry.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.ExchangeType;
import org.keyferry.wire.IkeHeader;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PeerViolation;

/// Carries datagrams with delay, loss, duplication and reordering, and through NATs.
public final class SimNetwork {
    private static final int PORT = 500;
    private static final int IPV4_UDP_BYTES = 28;
    private static final int MARKER_BYTES = 4;

    private final SimWorld world;
    private final RandomGenerator random;
    private final List<SimPeer> peers = new ArrayList<>();
    private final Set<Set<IpAddress>> cut = new HashSet<>();
    private final Map<IpAddress, SimNat> natsByInside = new HashMap<>();
    private final Map<IpAddress, SimNat> natsByOutside = new HashMap<>();
    private Duration delay = Duration.ofMillis(20);
    private Duration jitter = Duration.ZERO;
    private double loss;
    private double duplication;
    private int loseNext;
    private int mtu = Integer.MAX_VALUE;
    private Optional<Victim> victim = Optional.empty();
    private long delivered;
    private boolean udpBlocked;
    private final SimStreams streams;
    private final Map<IpAddress, Consumer<Bytes>> listeners = new HashMap<>();
    private Optional<SimNoise> noise = Optional.empty();

    SimNetwork(SimWorld world) {
        this.world = world;
        this.random = world.split();
        this.streams = new SimStreams(world);
    }

    /// TCP connections.
    public SimStreams streams() {
        return streams;
    }

    /// No datagram arrives any more, or all do again; TCP passes.
    public SimNetwork blocksUdp(boolean blocked) {
        udpBlocked = blocked;
        return this;
    }

    SimPeer peerAt(Endpoint endpoint) {
        return at(endpoint.address());
    }

    void attach(SimPeer peer) {
        peers.add(peer);
    }

    private SimPeer at(IpAddress address) {
        return peers.stream().filter(peer -> peer.holds(address)).findFirst().orElse(null);
    }

    /// Nothing passes between these addresses any more, and nobody is told.
    public SimNetwork cuts(String one, String other) {
        cut.add(Set.of(IpAddress.parse(one), IpAddress.parse(other)));
        return this;
    }

    public SimNetwork heals(String one, String other) {
        cut.remove(Set.of(IpAddress.parse(one), IpAddress.parse(other)));
        return this;
    }

    /// Puts `peer` behind a NAT with this outside address.
    public SimNat nat(SimPeer peer, String outside) {
        return nat(peer.address().toString(), outside);
    }

    /// Puts one address of a peer behind a NAT.
    public SimNat nat(String inside, String outside) {
        var nat = new SimNat(IpAddress.parse(outside), random);
        natsByInside.put(IpAddress.parse(inside), nat);
        natsByOutside.put(nat.outside(), nat);
        return nat;
    }

    public SimNetwork oneWayDelay(Duration time) {
        delay = time;
        return this;
    }

    /// Up to this much is added to each delay at random: datagrams overtake each other.
    public SimNetwork jitter(Duration most) {
        jitter = most;
        return this;
    }

    /// @param probability 0 to 1, for each datagram on its own
    public SimNetwork loss(double probability) {
        loss = probability;
        return this;
    }

    /// @param probability 0 to 1 that a datagram arrives twice
    public SimNetwork duplication(double probability) {
        duplication = probability;
        return this;
    }

    /// The next `count` datagrams get lost, whoever sends them.
    public SimNetwork losesNext(int count) {
        loseNext = count;
        return this;
    }

    private record Victim(String text, int number) {}

    /// The `number`-th datagram from now on whose line holds `text` gets lost, counted from 1.
    public SimNetwork losesOf(String text, int number) {
        victim = Optional.of(new Victim(text, number));
        return this;
    }

    /// IPv4 packets above this many bytes do not arrive.
    public SimNetwork mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    private boolean isVictim(String line) {
        if (victim.isEmpty() || !line.contains(victim.get().text())) {
            return false;
        }
        int number = victim.get().number();
        victim =
                number == 1
                        ? Optional.empty()
                        : Optional.of(new Victim(victim.get().text(), number - 1));
        return number == 1;
    }

    private boolean isTooLarge(Bytes datagram, boolean marked) {
        return IPV4_UDP_BYTES + (marked ? MARKER_BYTES : 0) + datagram.length() > mtu;
    }

    /// Datagrams are spoilt, repeated and thrown back from now on.
    ///
    /// @param probability 0 to 1, for each datagram on its own
    public SimNetwork noise(double probability) {
        noise =
                probability == 0
                        ? Optional.empty()
                        : Optional.of(new SimNoise(world.split(), probability));
        return this;
    }

    /// A host without an engine: gets what is sent to this address.
    public void listens(IpAddress address, Consumer<Bytes> listener) {
        listeners.put(address, listener);
    }

    /// Sends a datagram in somebody's name, past loss and noise.
    public void injects(Endpoint source, Endpoint target, Bytes datagram) {
        world.after(delay, () -> arrive(source, target, datagram, target.port() != PORT));
    }

    Duration delay() {
        return delay;
    }

    public long delivered() {
        return delivered;
    }

    void send(SimPeer from, Endpoint source, Endpoint target, Bytes datagram, boolean marked) {
        boolean described = world.isRecorded() || victim.isPresent();
        String line = described ? describe(from, target, datagram) : "";
        if (target.tcp()) {
            boolean sent = streams.send(source, target, datagram);
            world.note("%s by TCP%s", line, sent ? "" : " lost");
            return;
        }
        boolean lost =
                loseNext > 0
                        || udpBlocked
                        || isVictim(line)
                        || isTooLarge(datagram, marked)
                        || !from.holds(source.address())
                        || source.address().v6() != target.address().v6()
                        || cut.contains(Set.of(source.address(), target.address()))
                        || random.nextDouble() < loss;
        if (loseNext > 0) {
            loseNext--;
        }
        world.note("%s%s", line, lost ? " lost" : "");
        if (lost) {
            return;
        }
        SimNat outgoing = natsByInside.get(source.address());
        Endpoint seenSource =
                outgoing == null ? source : outgoing.outward(source, target, world.now());
        if (noise.isPresent()) {
            noise.get()
                    .around(new SimNoise.Flight(seenSource, target, datagram, marked))
                    .forEach(
                            f ->
                                    world.after(
                                            delay,
                                            () ->
                                                    arrive(
                                                            f.source(),
                                                            f.target(),
                                                            f.datagram(),
                                                            f.marked())));
            return;
        }
        int copies = random.nextDouble() < duplication ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            Duration extra =
                    jitter.isZero()
                            ? Duration.ZERO
                            : Duration.ofNanos(random.nextLong(jitter.toNanos()));
            world.after(delay.plus(extra), () -> arrive(seenSource, target, datagram, marked));
        }
    }

    /// What becomes of the origin of a TCP connection on the way.
    Endpoint seenFrom(Endpoint origin, Endpoint target) {
        SimNat outgoing = natsByInside.get(origin.address());
        if (outgoing == null) {
            return origin;
        }
        Endpoint seen = outgoing.outward(origin, target, world.now());
        return Endpoint.ofTcp(seen.address(), seen.port());
    }

    /// A NAT keepalive: what the NAT in front of the sender makes of it is all that matters.
    void keepsAlive(Endpoint source, Endpoint target) {
        SimNat outgoing = natsByInside.get(source.address());
        if (outgoing != null) {
            outgoing.outward(source, target, world.now());
        }
    }

    private void arrive(Endpoint source, Endpoint target, Bytes datagram, boolean marked) {
        SimNat incoming = natsByOutside.get(target.address());
        Optional<Endpoint> inside =
                incoming == null
                        ? Optional.of(target)
                        : incoming.inward(source, target, world.now());
        if (inside.isEmpty()) {
            return;
        }
        if (listeners.containsKey(target.address())) {
            listeners.get(target.address()).accept(datagram);
        }
        SimPeer to = at(inside.get().address());
        if (to != null && marked == (inside.get().port() != to.settings().port())) {
            delivered++;
            to.receive(inside.get(), source, datagram);
        }
    }

    private String describe(SimPeer from, Endpoint target, Bytes datagram) {
        try {
            IkeHeader header = IkeHeader.decode(datagram.asBuffer());
            SimPeer to = at(target.address());
            return "%s > %s  %s %s %d"
                    .formatted(
                            from.name(),
                            to == null ? target.address() : to.name(),
                            ExchangeType.name(header.exchangeType()),
                            header.response() ? "response" : "request",
                            header.messageId());
        } catch (PeerViolation e) {
            return "%s > %s  junk of %d bytes"
                    .formatted(from.name(), target.address(), datagram.length());
        }
    }
}
