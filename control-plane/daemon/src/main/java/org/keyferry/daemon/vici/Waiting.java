package org.keyferry.daemon.vici;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.keyferry.vici.ViciRequest;

/// Waits for what engines do, as long as the client is there and its patience lasts.
final class Waiting {
    private static final class ClientGone extends RuntimeException {
        private static final long serialVersionUID = 1;

        ClientGone() {
            super(null, null, false, false);
        }
    }

    /// The value; empty if the time was over or the client left first.
    ///
    /// @param timeout zero to wait for ever
    static <T> Optional<T> await(
            CompletableFuture<T> future, Duration timeout, ViciRequest request) {
        CompletableFuture<T> watched = future.thenApply(value -> value);
        request.onCancel(() -> watched.completeExceptionally(new ClientGone()));
        try {
            return Optional.of(
                    timeout.isZero()
                            ? watched.get()
                            : watched.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClientGone) {
                return Optional.empty();
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Waiting() {}
}
