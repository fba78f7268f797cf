package org.keyferry.vici;

import static org.keyferry.vici.ViciException.Kind.LOST;
import static org.keyferry.vici.ViciException.Kind.NOT_REACHABLE;
import static org.keyferry.vici.ViciException.Kind.PROTOCOL;
import static org.keyferry.vici.ViciException.Kind.TIMEOUT;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The client's end of a connection: whole packets, each wait with a deadline, no threads. Used by
/// one thread at a time, save `close`, which ends the waits of others.
final class ClientSocket implements AutoCloseable {
    private static final Duration PAUSE_WHILE_BACKLOG_FULL = Duration.ofMillis(20);

    private final ViciAddress address;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer header = ByteBuffer.allocate(Frames.HEADER_BYTES);
    private volatile boolean closed;

    private ClientSocket(ViciAddress address, SocketChannel channel) throws IOException {
        this.address = address;
        this.channel = channel;
        this.selector = Selector.open();
        this.key = channel.register(selector, 0);
    }

    static ClientSocket connect(ViciAddress address, Duration timeout) throws ViciException {
        var deadline = Deadline.in(timeout);
        while (true) {
            var connected = tryConnect(address, deadline);
            if (connected.isPresent()) {
                return connected.get();
            }
            if (deadline.isOver()) {
                throw new ViciException(
                        NOT_REACHABLE, "the daemon at " + address + " does not accept connections");
            }
            LockSupport.parkNanos(PAUSE_WHILE_BACKLOG_FULL.toNanos());
        }
    }

    /// Empty if the daemon's backlog is full: a Unix socket then refuses for the moment.
    private static Optional<ClientSocket> tryConnect(ViciAddress address, Deadline deadline)
            throws ViciException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(address.family());
            channel.configureBlocking(false);
            boolean connected = channel.connect(address.toSocketAddress());
            var socket = new ClientSocket(address, channel);
            if (!connected) {
                socket.await(SelectionKey.OP_CONNECT, deadline);
                channel.finishConnect();
            }
            return Optional.of(socket);
        } catch (IOException | UnresolvedAddressException e) {
            closeQuietly(channel);
            if (isBacklogFull(address, e)) {
                return Optional.empty();
            }
            throw new ViciException(NOT_REACHABLE, whyNot(address, e));
        }
    }

    /// The JDK has no exception of its own for `EAGAIN`; what else can go wrong with a socket file
    /// is told from the file.
    private static boolean isBacklogFull(ViciAddress address, Exception e) {
        return address instanceof ViciAddress.Unix(Path path)
                && e instanceof SocketException
                && !(e instanceof ConnectException)
                && Files.isWritable(path);
    }

    private static String whyNot(ViciAddress address, Exception e) {
        if (address instanceof ViciAddress.Unix(Path path)) {
            if (Files.notExists(path)) {
                return "no daemon is running: " + path + " does not exist";
            }
            if (!Files.isWritable(path)) {
                return "no permission to use " + path + " (run as root or in the socket's group)";
            }
            if (e instanceof ConnectException) {
                return "no daemon is running: nobody listens on " + path;
            }
        }
        String reason = e instanceof UnresolvedAddressException ? "unknown host" : e.getMessage();
        return "no daemon answers at " + address + ": " + reason;
    }

    void send(byte[] packet, Deadline deadline) throws ViciException {
        if (packet.length > ViciPacket.MAX_BYTES) {
            throw new ViciException(
                    PROTOCOL, "the message exceeds " + ViciPacket.MAX_BYTES / 1024 + " KiB");
        }
        ByteBuffer[] frame = {Frames.header(packet), ByteBuffer.wrap(packet)};
        try {
            while (frame[1].hasRemaining()) {
                if (channel.write(frame) == 0) {
                    await(SelectionKey.OP_WRITE, deadline);
                }
            }
        } catch (ViciException e) {
            throw e;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    ViciPacket receive(Deadline deadline) throws ViciException {
        try {
            header.clear();
            fill(header, deadline);
            ByteBuffer packet = ByteBuffer.allocate(Frames.checkLength(header.getInt(0)));
            fill(packet, deadline);
            return ViciPacket.decode(packet.array());
        } catch (MalformedVici e) {
            throw new ViciException(PROTOCOL, address + " sent " + e.getMessage());
        } catch (ViciException e) {
            throw e;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private void fill(ByteBuffer buffer, Deadline deadline) throws IOException {
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer);
            if (count < 0) {
                throw new ViciException(LOST, "the daemon closed the connection");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadline);
            }
        }
    }

    private void await(int operation, Deadline deadline) throws IOException {
        try {
            key.interestOps(operation);
            selector.select(deadline.remainingMillis());
        } catch (ClosedSelectorException | CancelledKeyException _) {
            throw new ClosedChannelException();
        }
        if (closed) {
            throw new ClosedChannelException();
        }
        if (selector.selectedKeys().isEmpty() && deadline.isOver()) {
            throw new ViciException(TIMEOUT, "no answer from " + address + " in time");
        }
        selector.selectedKeys().clear();
    }

    private ViciException lost(IOException e) {
        return new ViciException(
                LOST,
                closed
                        ? "the connection was closed"
                        : "lost the connection to the daemon: " + e.getMessage());
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        closeQuietly(channel);
        closeQuietly(selector);
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (IOException _) {
            // nothing of value is lost with it
        }
    }
}
