package org.keyferry.daemon.log;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.keyferry.engine.Event.Group;
import org.keyferry.nativeshim.Errno;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.UnixDatagramSocket;

/// Another daemon's Unix socket, such as syslog's. Lines wait for a thread that sends them, so that
/// a log daemon that hangs delays nobody; when too many wait, or nobody receives, lines are lost,
/// and how many is told as soon as lines pass again.
public final class SocketSink implements LogSink {
    /// A line in the receiver's protocol.
    interface Protocol {
        /// The datagrams that carry the line.
        List<byte[]> encode(LogLine line, Instant at);
    }

    private static final int QUEUED_LINES = 8_192;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String address;
    private final LogLevels levels;
    private final Protocol protocol;
    private final UnixDatagramSocket socket;
    private final BlockingQueue<List<byte[]>> queue = new ArrayBlockingQueue<>(QUEUED_LINES);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    private SocketSink(
            String address, LogLevels levels, Protocol protocol, UnixDatagramSocket socket) {
        this.address = address;
        this.levels = levels;
        this.protocol = protocol;
        this.socket = socket;
        this.thread = Thread.ofPlatform().daemon().name("log " + address).unstarted(this::run);
    }

    /// @param address a path, or a name with a leading `@`; nobody needs to be there
    static SocketSink open(String address, LogLevels levels, Protocol protocol) throws LinuxError {
        var sink = new SocketSink(address, levels, protocol, UnixDatagramSocket.open(PATIENCE));
        sink.thread.start();
        return sink;
    }

    @Override
    public LogLevels levels() {
        return levels;
    }

    @Override
    public void write(LogLine line, Instant at) {
        if (!queue.offer(protocol.encode(line, at))) {
            lost.incrementAndGet();
        }
    }

    /// Lines that were lost and not told of yet.
    long lost() {
        return lost.get();
    }

    private void run() {
        try (socket) {
            for (var line = queue.take(); !line.isEmpty(); line = queue.take()) {
                if (sent(line)) {
                    tellLost();
                } else {
                    lost.incrementAndGet();
                }
                if (closing && queue.isEmpty()) {
                    return;
                }
            }
        } catch (InterruptedException | LinuxError _) {
            // closed before all was sent
        }
    }

    private boolean sent(List<byte[]> datagrams) {
        try {
            for (byte[] datagram : datagrams) {
                socket.send(datagram, address);
            }
            return true;
        } catch (LinuxError e) {
            boolean hangs = e.is(Errno.EAGAIN);
            if (closing && hangs) {
                queue.clear(); // what waits would have to wait as long again
            }
            return false;
        }
    }

    private void tellLost() {
        long count = lost.getAndSet(0);
        if (count > 0) {
            var line = new LogLine(Group.DMN, 0, 0, "", 0, count + " lines of the log were lost");
            if (!sent(protocol.encode(line, Instant.now()))) {
                lost.addAndGet(count);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        boolean _ = queue.offer(List.of()); // its end; a full queue needs none
        try {
            thread.join(PATIENCE.multipliedBy(2).toMillis());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
