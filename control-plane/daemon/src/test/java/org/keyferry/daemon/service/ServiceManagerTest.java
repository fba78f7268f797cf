package org.keyferry.daemon.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.daemon.DatagramReceiver;

class ServiceManagerTest {
    @TempDir private Path directory;

    private static ServiceManager at(String address) {
        return ServiceManager.of(Map.of("NOTIFY_SOCKET", address));
    }

    @Test
    void eachStateIsADatagram() throws Exception {
        String address = directory.resolve("notify").toString();
        try (var receiver = DatagramReceiver.bind(address);
                var manager = at(address)) {
            manager.status("two\nlines");
            assertEquals("STATUS=two lines", receiver.next());
            manager.ready();
            assertEquals("READY=1", receiver.next());
            manager.alive();
            assertEquals("WATCHDOG=1", receiver.next());
            manager.stopping();
            assertEquals("STOPPING=1", receiver.next());
        }
    }

    @Test
    void aReloadTellsTheTimeOfTheMonotonicClock() throws Exception {
        String address = "@keyferry-notify-" + ProcessHandle.current().pid();
        try (var receiver = DatagramReceiver.bind(address);
                var manager = at(address)) {
            double before = uptimeSeconds();
            manager.reloading();
            double after = uptimeSeconds();
            String[] lines = receiver.next().split("\n", -1);
            assertEquals("RELOADING=1", lines[0]);
            double told = Long.parseLong(lines[1].substring("MONOTONIC_USEC=".length())) / 1e6;
            assertTrue(before - 1 <= told && told <= after + 1, before + " " + told);
        }
    }

    private static double uptimeSeconds() throws Exception {
        return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
    }

    @Test
    void nobodyThereIsNoFailure() {
        try (var none = ServiceManager.of(Map.of());
                var gone = at(directory.resolve("gone").toString());
                var odd = at("vsock:2:1234")) {
            none.ready();
            gone.ready();
            odd.ready();
        }
    }

    @Test
    void theWatchdogIsForTheProcessThatItNames() {
        String own = "" + ProcessHandle.current().pid();
        assertEquals(
                Optional.of(Duration.ofSeconds(30)), interval(Map.of("WATCHDOG_USEC", "30000000")));
        assertEquals(
                Optional.of(Duration.ofSeconds(30)),
                interval(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", own)));
        assertEquals(
                Optional.empty(),
                interval(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "1")));
        assertEquals(Optional.empty(), interval(Map.of("WATCHDOG_USEC", "0")));
        assertEquals(Optional.empty(), interval(Map.of()));
    }

    private static Optional<Duration> interval(Map<String, String> environment) {
        try (var manager = ServiceManager.of(environment)) {
            return manager.watchdogInterval();
        }
    }
}
