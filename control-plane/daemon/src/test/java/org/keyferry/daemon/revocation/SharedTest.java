package org.keyferry.daemon.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger works = new AtomicInteger();
    private final Shared<String, String> shared = new Shared<>(threads, PAUSE, clock::get);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void manyThatWantTheSameCauseOneWork() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        Shared.Work<String> work =
                () -> {
                    works.incrementAndGet();
                    begun.countDown();
                    await(goOn);
                    return "list";
                };
        List<CompletableFuture<String>> all =
                IntStream.range(0, 20)
                        .mapToObj(_ -> CompletableFuture.supplyAsync(() -> get("a", work), threads))
                        .toList();
        await(begun);
        assertEquals("other", shared.get("b", () -> "other", LONG), "nobody else is held up");
        goOn.countDown();
        for (var each : all) {
            assertEquals("list", each.get());
        }
        assertEquals("list", shared.get("a", work, LONG), "what is done is not kept here");
    }

    private String get(String key, Shared.Work<String> work) {
        try {
            return shared.get(key, work, LONG);
        } catch (FetchFailed e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatFailedIsNotTriedAgainForAWhile() {
        Shared.Work<String> work =
                () -> {
                    works.incrementAndGet();
                    throw new FetchFailed("down");
                };
        assertEquals("down", failure(work));
        assertEquals("down (a moment ago)", failure(work));
        assertEquals(1, works.get());
        clock.addAndGet(PAUSE.toNanos());
        assertEquals("down", failure(work));
        shared.forgetFailures();
        assertEquals("down", failure(work));
        assertEquals(3, works.get());
    }

    private String failure(Shared.Work<String> work) {
        return assertThrows(FetchFailed.class, () -> shared.get("a", work, LONG)).getMessage();
    }

    @Test
    void whoIsOutOfPatienceGoesAndTheWorkGoesOn() throws Exception {
        var goOn = new CountDownLatch(1);
        Shared.Work<String> work =
                () -> {
                    works.incrementAndGet();
                    await(goOn);
                    return "list";
                };
        assertEquals(
                "timeout",
                assertThrows(FetchFailed.class, () -> shared.get("a", work, Duration.ofMillis(1)))
                        .getMessage());
        var second = CompletableFuture.supplyAsync(() -> get("a", work), threads);
        goOn.countDown();
        assertEquals("list", second.get());
    }

    @Test
    void ifNoThreadIsLeft() {
        Shared<String, String> full =
                new Shared<>(
                        _ -> {
                            throw new RejectedExecutionException();
                        },
                        PAUSE,
                        clock::get);
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    "too many fetches wait",
                    assertThrows(FetchFailed.class, () -> full.get("a", () -> "", LONG))
                            .getMessage());
        }
    }
}
