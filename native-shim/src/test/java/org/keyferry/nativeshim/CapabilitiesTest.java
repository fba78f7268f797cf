package org.keyferry.nativeshim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    /// Each task gets a thread of its own, which takes what it gave up with it.
    private static final Executor THREADS = task -> Thread.ofPlatform().start(task);

    private record Seen(long told, String permitted, String effective) {}

    private static Seen seen() {
        try {
            var status = Files.readAllLines(Path.of("/proc/thread-self/status"));
            return new Seen(
                    Capabilities.permitted(), value(status, "CapPrm:"), value(status, "CapEff:"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String value(java.util.List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aThreadKeepsWhatItWantsAndPassesOnNoMore() {
        Seen before = seen();
        assertEquals(before.permitted(), "%016x".formatted(before.told()));
        long kept = before.told() & (Capabilities.NET_ADMIN | Capabilities.NET_BIND_SERVICE);
        Seen after =
                CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        Capabilities.keepOnly(kept);
                                    } catch (LinuxError e) {
                                        throw new java.io.UncheckedIOException(e);
                                    }
                                    return CompletableFuture.supplyAsync(
                                                    CapabilitiesTest::seen, THREADS)
                                            .join();
                                },
                                THREADS)
                        .join();
        String inHex = "%016x".formatted(kept);
        assertEquals(new Seen(kept, inHex, inHex), after);
        assertEquals(before, seen(), "other threads keep theirs");
    }
}
