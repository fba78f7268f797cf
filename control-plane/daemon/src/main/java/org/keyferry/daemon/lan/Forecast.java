package org.keyferry.daemon.lan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.nft.Nft;
import org.keyferry.daemon.shard.EventSink;
import org.keyferry.engine.Event;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.settings.ForecastConf;
import org.keyferry.wire.IpAddress;

/// Passes broadcasts and multicasts on between the network behind this host and the peers whose
/// CHILD_SAs have selectors for them and marks of their own. Packets pass unchanged, hop limit
/// included, as in a bridge. The rules that lead packets to their CHILD_SAs are a table of their
/// own in nftables, which is there while a CHILD_SA needs it.
final class Forecast implements EventSink, AutoCloseable {
    /// Packets that were on their way when a CHILD_SA was replaced.
    private static final Duration LATE_PACKETS = Duration.ofSeconds(30);

    private static final Duration PATIENCE_AT_END = Duration.ofSeconds(15);

    private final ForecastConf conf;
    private final ForecastSockets sockets;
    private final Nft nft;
    private final int encapsulatedPort;
    private final Log log;
    private final ScheduledExecutorService worker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("forecast-rules").factory());

    /// By the inbound SPI; of the worker alone.
    private final Map<Integer, ForecastPeer> present = new LinkedHashMap<>();

    /// What is present is not in the kernel yet; of the worker alone.
    private boolean due;

    private volatile List<ForecastPeer> peers = List.of();
    private final PacketEar network;
    private final PacketEar tunnels;

    /// @param sockets are closed with this
    /// @param encapsulatedPort own UDP port of ESP behind NATs
    Forecast(ForecastConf conf, ForecastSockets sockets, Nft nft, int encapsulatedPort, Log log)
            throws LinuxError {
        this.conf = conf;
        this.sockets = sockets;
        this.nft = nft;
        this.encapsulatedPort = encapsulatedPort;
        this.log = log;
        this.network =
                new PacketEar(
                        "multicasts to peers",
                        sockets.fromNetwork(),
                        ForecastSockets.LONGEST_PACKET,
                        (packet, _) -> ofNetwork(packet),
                        log);
        this.tunnels =
                new PacketEar(
                        "multicasts of peers",
                        sockets.fromPeers(),
                        ForecastSockets.LONGEST_PACKET,
                        (packet, _) -> ofPeer(packet),
                        log);
    }

    @Override
    public void tell(Event event) {
        switch (event) {
            case Event.ChildUp(_, var child) -> add(child.installation());
            case Event.ChildDown(_, var child, _) -> remove(child.installation(), Duration.ZERO);
            case Event.ChildRekeyed(_, var former, var now) -> {
                add(now.installation());
                remove(former.installation(), LATE_PACKETS);
            }
            case Event.ChildMoved(_, _, var now) -> move(now.installation());
            default -> {} // nothing else changes SPIs, marks, selectors or addresses
        }
    }

    private void add(ChildInstallation child) {
        if (ForecastPeer.isOne(child)) {
            var peer = ForecastPeer.of(child);
            later(
                    () -> {
                        present.put(peer.spiIn(), peer);
                        changed();
                    },
                    Duration.ZERO);
        }
    }

    /// One that was replaced and is still there may move, too.
    private void move(ChildInstallation child) {
        if (ForecastPeer.isOne(child)) {
            var peer = ForecastPeer.of(child);
            later(
                    () -> {
                        if (present.replace(peer.spiIn(), peer) != null) {
                            changed();
                        }
                    },
                    Duration.ZERO);
        }
    }

    private void remove(ChildInstallation child, Duration after) {
        if (ForecastPeer.isOne(child)) {
            later(
                    () -> {
                        if (present.remove(child.spiIn().value()) != null) {
                            changed();
                        }
                    },
                    after);
        }
    }

    private void later(Runnable work, Duration after) {
        try {
            var _ = worker.schedule(work, after.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // the whole table goes
        }
    }

    /// Each time the whole table goes to the kernel: once for all that come or go together.
    private void changed() {
        if (!due) {
            due = true;
            later(this::apply, Duration.ZERO);
        }
    }

    private void apply() {
        due = false;
        // the last one for the same traffic is the one to use
        var byMark = new LinkedHashMap<Integer, ForecastPeer>();
        present.values().forEach(peer -> byMark.put(peer.markOut(), peer));
        peers = List.copyOf(byMark.values());
        try {
            nft.apply(ForecastRules.of(present.values(), encapsulatedPort));
        } catch (IOException e) {
            log.log(Group.NET, 0, "what peers send and get may get lost: %s", e.getMessage());
        }
        try {
            sockets.listenTo(
                    present.values().stream().map(ForecastPeer::markIn).distinct().toList());
        } catch (LinuxError | IllegalArgumentException e) {
            log.log(Group.NET, 0, "multicasts of some peers are lost: %s", e.getMessage());
        }
    }

    private void ofNetwork(ByteBuffer bytes) {
        Optional<IpPacket> packet = IpPacket.of(bytes).filter(p -> isMeant(p, bytes));
        if (packet.isPresent()) {
            packet.get().complete(bytes);
            peers.stream()
                    .filter(peer -> peer.takes(packet.get()))
                    .forEach(peer -> send(packet.get(), bytes, peer));
        }
    }

    private void ofPeer(ByteBuffer bytes) {
        Optional<IpPacket> packet = IpPacket.of(bytes).filter(p -> isMeant(p, bytes));
        Optional<ForecastPeer> from =
                packet.flatMap(p -> peers.stream().filter(peer -> peer.sends(p)).findFirst());
        if (from.isEmpty()) {
            return;
        }
        try {
            sockets.toNetwork(packet.get(), bytes);
        } catch (LinuxError e) {
            log.log(
                    Group.NET,
                    2,
                    "multicast of %s is lost: %s",
                    from.get().child(),
                    e.getMessage());
        }
        if (conf.reinject().contains(from.get().child())) {
            peers.stream()
                    .filter(peer -> !peer.equals(from.get()) && peer.takes(packet.get()))
                    .forEach(peer -> send(packet.get(), bytes, peer));
        }
    }

    /// Both ears may send, and the socket is told how before each packet.
    private synchronized void send(IpPacket packet, ByteBuffer bytes, ForecastPeer peer) {
        try {
            sockets.toPeer(packet, bytes, peer);
        } catch (LinuxError e) {
            log.log(
                    Group.NET,
                    2,
                    "multicast to %s by %s is lost: %s",
                    packet.destination(),
                    peer.child(),
                    e.getMessage());
        }
    }

    private boolean isMeant(IpPacket packet, ByteBuffer bytes) {
        return isMeant(packet, bytes, conf.groups(), sockets.broadcast());
    }

    /// Multicast groups that nobody named are somebody else's. DHCP is of one network alone: no
    /// peer is to give the hosts of another one their addresses and gateways.
    static boolean isMeant(
            IpPacket packet, ByteBuffer bytes, List<IpAddress> groups, IpAddress broadcast) {
        IpAddress to = packet.destination();
        boolean named = groups.contains(to) || to.equals(broadcast) || to.equals(IpAddress.v4(-1));
        return named && !packet.isDhcp(bytes);
    }

    /// Takes everything out of the kernel.
    @Override
    public void close() throws LinuxError {
        try {
            worker.submit(this::takeAll).get(PATIENCE_AT_END.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.log(Group.NET, 0, "table %s may stay: %s", ForecastRules.TABLE, e);
        }
        worker.shutdownNow();
        network.close();
        tunnels.close();
        sockets.close();
    }

    private void takeAll() {
        if (!present.isEmpty()) {
            present.clear();
            apply();
        }
    }
}
