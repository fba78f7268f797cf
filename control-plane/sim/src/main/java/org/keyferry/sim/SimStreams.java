package org.keyferry.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.engine.Input;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;

/// TCP connections: what goes in comes out in order, or the connection breaks.
public final class SimStreams {
    private static final int FIRST_PORT = 40_000;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    private final SimWorld world;
    private final Set<Endpoint> listeners = new HashSet<>();
    private final List<Stream> streams = new ArrayList<>();
    private int nextPort = FIRST_PORT;
    private boolean mute;
    private int opened;
    private int kept;

    /// @param origin of the peer that opened it
    /// @param seen what the other one takes for that; the same unless there is a NAT
    private record Stream(SimPeer opener, Endpoint origin, Endpoint seen, Endpoint target) {
        boolean isBetween(Endpoint local, Endpoint remote) {
            return (local.equals(origin) && remote.equals(target))
                    || (local.equals(target) && remote.equals(seen));
        }
    }

    SimStreams(SimWorld world) {
        this.world = world;
    }

    /// Takes connections there from now on.
    public SimStreams listens(String address, int port) {
        listeners.add(Endpoint.ofTcp(IpAddress.parse(address), port));
        return this;
    }

    /// New connections are refused.
    public SimStreams listensNoMore() {
        listeners.clear();
        return this;
    }

    /// All connections are reset, with what is under way.
    public void breakAll() {
        world.note("TCP connections break");
        List<Stream> broken = List.copyOf(streams);
        streams.clear();
        broken.forEach(this::tellOpener);
    }

    /// The connections there are now swallow everything, and nobody is told.
    public void swallowAll() {
        world.note("TCP connections are black holes");
        streams.clear();
    }

    /// Nothing passes at all, and no new connection comes up.
    public void mute(boolean now) {
        mute = now;
    }

    /// Connections that are there.
    public int count() {
        return streams.size();
    }

    /// Connections that came up so far.
    public int opened() {
        return opened;
    }

    /// How often one was vouched for.
    public int kept() {
        return kept;
    }

    void keeps() {
        kept++;
    }

    void open(SimPeer from, IkeSpi sa, IpAddress local, Endpoint remote) {
        Duration roundTrip = world.network().delay().multipliedBy(2);
        Instant asked = world.now();
        boolean silent = mute || !from.holds(local) || world.network().peerAt(remote) == null;
        if (silent) {
            world.after(
                    CONNECT_LIMIT, () -> from.give(new Input.StreamRefused(sa, remote, "timeout")));
            return;
        }
        world.after(
                roundTrip,
                () -> {
                    if (!listeners.contains(remote)) {
                        from.give(new Input.StreamRefused(sa, remote, "refused"));
                        return;
                    }
                    var origin = Endpoint.ofTcp(local, nextPort++);
                    world.note(
                            "%s opens a TCP connection, asked for %d ms ago",
                            from.name(), Duration.between(asked, world.now()).toMillis());
                    Endpoint seen = world.network().seenFrom(origin, remote);
                    streams.add(new Stream(from, origin, seen, remote));
                    opened++;
                    from.give(new Input.StreamOpened(sa, origin, remote));
                });
    }

    void close(SimPeer closer, Endpoint local, Endpoint remote) {
        Optional<Stream> stream = find(local, remote);
        streams.removeIf(s -> s.isBetween(local, remote));
        stream.filter(s -> s.opener() != closer).ifPresent(this::tellOpener);
    }

    private Optional<Stream> find(Endpoint local, Endpoint remote) {
        return streams.stream().filter(s -> s.isBetween(local, remote)).findFirst();
    }

    private void tellOpener(Stream stream) {
        world.after(
                world.network().delay(),
                () -> stream.opener().give(new Input.StreamLost(stream.origin(), stream.target())));
    }

    /// @return whether it goes on its way
    boolean send(Endpoint local, Endpoint remote, Bytes message) {
        Optional<Stream> stream = find(local, remote);
        if (mute || stream.isEmpty()) {
            return false;
        }
        boolean outward = local.equals(stream.get().origin());
        Endpoint at = outward ? remote : stream.get().origin();
        Endpoint from = outward ? stream.get().seen() : local;
        world.after(
                world.network().delay(),
                () -> {
                    SimPeer to = world.network().peerAt(at);
                    if (find(local, remote).isPresent() && to != null) {
                        to.receive(/* local= */ at, /* remote= */ from, message);
                    }
                });
        return true;
    }
}
