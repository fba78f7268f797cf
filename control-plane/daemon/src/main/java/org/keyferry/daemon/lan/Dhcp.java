package org.keyferry.daemon.lan;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.keyferry.daemon.addresses.AddressProvider;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.settings.LanConf;

/// A [DhcpClient] at work: its sockets, and the thread that waits for answers and for the time.
final class Dhcp implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final DhcpSockets sockets;
    private final DhcpClient client;
    private final Supplier<Instant> clock;
    private final Log log;
    private final Thread thread;
    private volatile boolean closed;

    /// @param sockets are closed with this
    Dhcp(LanConf.Dhcp conf, DhcpSockets sockets, Supplier<Instant> clock, Log log) {
        this.sockets = sockets;
        this.clock = clock;
        this.log = log;
        this.client = new DhcpClient(conf, sockets, new SecureRandom(), clock, log);
        this.thread = Thread.ofPlatform().daemon().name("dhcp").start(this::run);
    }

    AddressProvider addresses() {
        return client;
    }

    private void run() {
        while (!closed) {
            try {
                sockets.await(millisUntil(client.tick()));
                Optional<DhcpMessage> message = receive();
                while (message.isPresent()) {
                    client.received(message.get());
                    message = receive();
                }
            } catch (LinuxError e) {
                log.log(Group.NET, 0, "receiving from DHCP servers failed: %s", e.getMessage());
                if (!rested()) {
                    return;
                }
            } catch (RuntimeException e) {
                log.mistake(Group.CFG, "talking to DHCP servers", e);
            }
        }
    }

    /// The next one that is well-formed.
    private Optional<DhcpMessage> receive() throws LinuxError {
        while (true) {
            try {
                return sockets.receive();
            } catch (Malformed e) {
                log.log(Group.NET, 2, "received an invalid packet: %s", e.getMessage());
            }
        }
    }

    private int millisUntil(Instant due) {
        if (due.equals(Instant.MAX)) {
            return -1;
        }
        Duration left = Duration.between(clock.get(), due);
        Duration wait = left.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : left;
        return wait.isNegative() ? 0 : (int) wait.toMillis() + 1;
    }

    private static boolean rested() {
        try {
            Thread.sleep(AFTER_FAILURE);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    @Override
    public void close() throws LinuxError {
        client.end();
        closed = true;
        sockets.wake();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        sockets.close();
    }
}
