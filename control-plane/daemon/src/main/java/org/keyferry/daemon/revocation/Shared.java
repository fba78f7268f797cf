package org.keyferry.daemon.revocation;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// Work that several may want at once and that is then done once. What failed is not tried again
/// for a while, so that something dead delays few.
///
/// @param <K> what tells two works apart
/// @param <V> their results
final class Shared<K, V> {
    private static final int MAX_FAILURES = 1_000;

    private final Executor threads;
    private final LongSupplier nanoTime;
    private final long pauseNanos;
    private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();
    private final Map<K, Failure> failures = new ConcurrentHashMap<>();

    private record Failure(String reason, long untilNanos) {}

    interface Work<V> {
        V run() throws FetchFailed;
    }

    /// @param pause after a failure
    Shared(Executor threads, Duration pause, LongSupplier nanoTime) {
        this.threads = threads;
        this.pauseNanos = pause.toNanos();
        this.nanoTime = nanoTime;
    }

    /// The result of the work that runs for this key, or of this one.
    ///
    /// @param patience waits no longer; the work goes on for others
    V get(K key, Work<V> work, Duration patience) throws FetchFailed {
        Failure former = failures.get(key);
        if (former != null && former.untilNanos() - nanoTime.getAsLong() > 0) {
            throw new FetchFailed(former.reason() + " (a moment ago)");
        }
        CompletableFuture<V> result = new CompletableFuture<>();
        CompletableFuture<V> other = running.putIfAbsent(key, result);
        if (other == null) {
            start(key, work, result);
        }
        return await(other == null ? result : other, patience);
    }

    private void start(K key, Work<V> work, CompletableFuture<V> result) {
        try {
            threads.execute(
                    () -> {
                        try {
                            V value = work.run();
                            failures.remove(key);
                            running.remove(key);
                            result.complete(value);
                        } catch (FetchFailed | RuntimeException | Error e) {
                            fail(key, result, e);
                        }
                    });
        } catch (RejectedExecutionException _) {
            running.remove(key);
            result.completeExceptionally(new FetchFailed("too many fetches wait"));
        }
    }

    private void fail(K key, CompletableFuture<V> result, Throwable failure) {
        long now = nanoTime.getAsLong();
        if (failures.size() >= MAX_FAILURES) {
            failures.values().removeIf(f -> f.untilNanos() - now <= 0);
        }
        if (failures.size() < MAX_FAILURES && failure instanceof FetchFailed) {
            failures.put(key, new Failure(failure.getMessage(), now + pauseNanos));
        }
        running.remove(key);
        result.completeExceptionally(failure);
    }

    private V await(CompletableFuture<V> result, Duration patience) throws FetchFailed {
        try {
            return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new FetchFailed("timeout");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FetchFailed failed
                    ? failed
                    : new FetchFailed(String.valueOf(e.getCause()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new FetchFailed("interrupted");
        }
    }

    /// Tries again at once what failed before.
    void forgetFailures() {
        failures.clear();
    }
}
