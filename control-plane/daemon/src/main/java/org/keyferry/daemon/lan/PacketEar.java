package org.keyferry.daemon.lan;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.PacketSocket;
import org.keyferry.nativeshim.WakeablePoll;

/// Listens to a packet socket on a thread of its own.
final class PacketEar implements AutoCloseable {
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /// What is done with packets.
    @FunctionalInterface
    interface Hearer {
        /// @param packet whole, unless it is longer than the ear takes; valid during the call
        void hear(ByteBuffer packet, int interfaceIndex) throws LinuxError;
    }

    private final String what;
    private final PacketSocket socket;
    private final int mostBytes;
    private final WakeablePoll poll;
    private final Hearer hearer;
    private final Log log;
    private final Thread thread;
    private volatile boolean closed;

    /// @param what it does, for the log
    /// @param socket is closed with this
    PacketEar(String what, PacketSocket socket, int mostBytes, Hearer hearer, Log log)
            throws LinuxError {
        this.what = what;
        this.socket = socket;
        this.mostBytes = mostBytes;
        this.poll = new WakeablePoll(socket.fd());
        this.hearer = hearer;
        this.log = log;
        this.thread = Thread.ofPlatform().daemon().name(what).start(this::run);
    }

    private void run() {
        ByteBuffer packet = ByteBuffer.allocateDirect(mostBytes);
        while (!closed) {
            try {
                poll.await(-1);
                Optional<PacketSocket.Arrival> arrival = socket.receive(packet);
                while (arrival.isPresent()) {
                    int bytes = Math.min(arrival.get().bytes(), packet.capacity());
                    hearer.hear(packet.slice(0, bytes), arrival.get().interfaceIndex());
                    arrival = socket.receive(packet);
                }
            } catch (LinuxError e) {
                log.log(Group.NET, 1, "%s failed: %s", what, e.getMessage());
                rest();
            } catch (RuntimeException e) {
                log.mistake(Group.NET, what, e);
            }
        }
    }

    private static void rest() {
        try {
            Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws LinuxError {
        closed = true;
        poll.wake();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        poll.close();
        socket.close();
    }
}
