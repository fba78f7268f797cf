package org.keyferry.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Configuration;

class PublisherTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Log log = new Log();
    private final AtomicInteger published = new AtomicInteger();

    private Publisher publisher(Consumer<Configuration> engines) {
        return new Publisher(new ConfigStore(), new HostNames(1), Credentials::none, engines, log);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void whoIsAnsweredFindsTheChangeInEffect() {
        try (var publisher = publisher(_ -> published.incrementAndGet())) {
            for (int change = 1; change <= 3; change++) {
                publisher.changed();
                publisher.settleIfSoon();
                assertEquals(change, published.get());
            }
        }
    }

    @Test
    void nobodyWaitsIfPublishingTakesLong() {
        var never = new CountDownLatch(1);
        Consumer<Configuration> slow =
                _ -> {
                    if (published.incrementAndGet() == 1) {
                        long end = System.nanoTime() + Duration.ofMillis(20).toNanos();
                        while (System.nanoTime() < end) {
                            Thread.onSpinWait();
                        }
                    } else {
                        try {
                            never.await();
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        try (var publisher = publisher(slow)) {
            publisher.changed();
            publisher.settle();
            publisher.changed();
            assertTimeoutPreemptively(LONG, publisher::settleIfSoon);
        }
    }
}
