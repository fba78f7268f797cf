package org.keyferry.vici;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Serves VICI clients until closed. Each client has threads of its own: requests of one run in
/// order, those of different clients in parallel, and no client delays another or the caller of
/// `raise`.
public final class ViciServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ViciServer.class.getName());
    private static final int BACKLOG = 64;
    private static final Duration PAUSE_AFTER_FAILED_ACCEPT = Duration.ofMillis(100);

    private final ServerSocketChannel listener;
    private final Optional<SocketFile> file;
    private final Map<String, ViciCommand> commands;
    private final ViciServerOptions options;
    private final Set<ServerConnection> clients = ConcurrentHashMap.newKeySet();
    private final AtomicLong clientsSeen = new AtomicLong();
    private final QueueBudget budget;

    private ViciServer(
            ServerSocketChannel listener,
            Optional<SocketFile> file,
            Map<String, ViciCommand> commands,
            ViciServerOptions options) {
        this.listener = listener;
        this.file = file;
        this.commands = Map.copyOf(commands);
        this.options = options;
        this.budget = new QueueBudget(options.maxQueuedBytesOfAll());
    }

    /// Listens and serves. A stale socket file is replaced.
    ///
    /// @throws java.net.BindException if the address is taken; a living daemon's socket is left
    ///   alone
    public static ViciServer listen(
            ViciAddress address, Map<String, ViciCommand> commands, ViciServerOptions options)
            throws IOException {
        var listener = ServerSocketChannel.open(address.family());
        try {
            var file = bind(listener, address, options);
            var server = new ViciServer(listener, file, commands, options);
            Thread.ofVirtual().name("vici accept").start(server::accept);
            return server;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private static Optional<SocketFile> bind(
            ServerSocketChannel listener, ViciAddress address, ViciServerOptions options)
            throws IOException {
        return switch (address) {
            case ViciAddress.Unix(var path) ->
                    Optional.of(SocketFile.bind(listener, path, BACKLOG, options));
            case ViciAddress.Tcp _ -> {
                listener.bind(address.toSocketAddress(), BACKLOG);
                yield Optional.empty();
            }
        };
    }

    /// Sends an event to every client that registered it. Never waits: a client whose output queue
    /// is full is disconnected.
    public void raise(String event, ViciMessage message) {
        raise(event, () -> message);
    }

    /// As `raise`, making the message only if somebody listens.
    public void raise(String event, Supplier<ViciMessage> message) {
        if (!ViciEvents.BROADCAST.contains(event)) {
            throw new IllegalArgumentException(event + " is not a broadcast event");
        }
        byte[] packet = null;
        for (ServerConnection client : clients) {
            if (!client.wants(event)) {
                continue;
            }
            if (packet == null) {
                packet = new ViciPacket.Event(event, message.get()).encode();
                if (packet.length > ViciPacket.MAX_BYTES) {
                    LOG.log(Level.WARNING, "{0} event exceeds 512 KiB, discarded", event);
                    return;
                }
            }
            client.offerEvent(event, packet);
        }
    }

    /// Whether any client registered the event.
    public boolean hasListeners(String event) {
        for (var client : clients) { // asked for every log line
            if (client.wants(event)) {
                return true;
            }
        }
        return false;
    }

    public int clientCount() {
        return clients.size();
    }

    /// Where it listens; for a TCP address with port 0 the port chosen.
    public SocketAddress localAddress() throws IOException {
        return listener.getLocalAddress();
    }

    /// Stops listening, removes the socket file if it is still ours, disconnects all clients and
    /// cancels their commands.
    @Override
    public void close() {
        try {
            if (file.isPresent()) {
                file.get().removeIfOurs();
            }
            listener.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing the VICI socket: {0}", e.getMessage());
        }
        clients.forEach(ServerConnection::close);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "accepting a VICI client: {0}", e.getMessage());
                LockSupport.parkNanos(PAUSE_AFTER_FAILED_ACCEPT.toNanos());
            }
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        if (clients.size() >= options.maxClients()) {
            LOG.log(Level.WARNING, "refusing a VICI client, {0} are connected", clients.size());
            channel.close();
            return;
        }
        var client =
                new ServerConnection(
                        "vici client " + clientsSeen.incrementAndGet(),
                        channel,
                        commands,
                        new Outbox(options.maxQueuedBytes(), budget),
                        clients::remove);
        clients.add(client);
        client.start();
        if (!listener.isOpen()) {
            client.close(); // close() may have come too early to see the client
        }
    }
}
