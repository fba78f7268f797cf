package org.keyferry.daemon.service;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.keyferry.nativeshim.LinuxError;
import org.keyferry.nativeshim.UnixDatagramSocket;

/// systemd, or whoever started the daemon with `NOTIFY_SOCKET`, told of how it is (sd_notify). Does
/// nothing without one. Any thread.
public final class ServiceManager implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String address;
    private final Optional<Duration> watchdogInterval;
    private final Optional<UnixDatagramSocket> socket;

    private ServiceManager(
            String address,
            Optional<Duration> watchdogInterval,
            Optional<UnixDatagramSocket> socket) {
        this.address = address;
        this.watchdogInterval = watchdogInterval;
        this.socket = socket;
    }

    /// As `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` tell.
    public static ServiceManager of(Map<String, String> environment) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        return new ServiceManager(address, watchdogInterval(environment), open(address));
    }

    private static Optional<UnixDatagramSocket> open(String address) {
        if (address.isEmpty()) {
            return Optional.empty();
        }
        if (!address.startsWith("/") && !address.startsWith("@")) {
            complain(address, "neither a path nor an abstract name");
            return Optional.empty();
        }
        try {
            return Optional.of(UnixDatagramSocket.open(PATIENCE));
        } catch (LinuxError e) {
            complain(address, e.getMessage());
            return Optional.empty();
        }
    }

    /// Only if it is meant for this process, which a program that started it may have been instead.
    private static Optional<Duration> watchdogInterval(Map<String, String> environment) {
        String own = "" + ProcessHandle.current().pid();
        return Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                .filter(_ -> environment.getOrDefault("WATCHDOG_PID", own).equals(own))
                .filter(micros -> micros.matches("[1-9][0-9]{0,15}"))
                .map(micros -> Duration.ofNanos(Long.parseLong(micros) * 1_000));
    }

    /// Within which [#alive] is to be called, if at all.
    public Optional<Duration> watchdogInterval() {
        return watchdogInterval;
    }

    /// One line for `systemctl status`.
    public void status(String text) {
        tell("STATUS=" + text.replace('\n', ' '));
    }

    /// Started, or done with a reload.
    public void ready() {
        tell("READY=1");
    }

    /// A reload begins; [#ready] ends it. The time is of CLOCK_MONOTONIC, which the JDK's is.
    public void reloading() {
        tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000);
    }

    public void stopping() {
        tell("STOPPING=1");
    }

    public void alive() {
        tell("WATCHDOG=1");
    }

    private synchronized void tell(String assignments) {
        if (socket.isPresent()) {
            try {
                socket.get().send(assignments.getBytes(StandardCharsets.UTF_8), address);
            } catch (LinuxError | IllegalArgumentException e) {
                complain(address, e.getMessage());
            }
        }
    }

    private static void complain(String address, String why) {
        System.err.println("keyferryd: NOTIFY_SOCKET " + address + ": " + why);
    }

    @Override
    public synchronized void close() {
        try {
            if (socket.isPresent()) {
                socket.get().close();
            }
        } catch (LinuxError _) {
            // nothing more is sent
        }
    }
}
