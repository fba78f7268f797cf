package org.keyferry.daemon.token;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.keyferry.nativeshim.cryptoki.CryptokiError;

/// The one thread that calls a module. A call into native code cannot be broken off: who waited for
/// it long enough goes on without, and until it returns everybody else is refused at once.
final class Lane implements AutoCloseable {
    /// What a module is asked to do.
    interface Work<T> {
        T run() throws CryptokiError, TokenFailure;
    }

    private static final int MOST_WAITING = 256;

    private final String name;
    private final Duration patience;
    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final ThreadPoolExecutor thread;
    private volatile boolean stuck;

    /// @param name for people
    /// @param patience of those who wait
    Lane(String name, Duration patience) {
        this.name = name;
        this.patience = patience;
        this.thread =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.MINUTES,
                        waiting,
                        Thread.ofPlatform().daemon().name("token").factory());
        thread.allowCoreThreadTimeOut(true);
    }

    /// Waits for the work, but not for ever.
    ///
    /// @throws TokenFailure also if the module does not answer
    <T> T call(Work<T> work) throws TokenFailure {
        if (stuck) {
            throw new TokenFailure(
                    name + " is still busy with a question that it has not answered in time");
        }
        if (waiting.size() >= MOST_WAITING) {
            throw new TokenFailure("too many wait for " + name);
        }
        var task = new Task<>(work);
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            throw new TokenFailure(name + " is not used any more");
        }
        return await(task);
    }

    private final class Task<T> extends FutureTask<T> {
        private volatile boolean begun;
        private volatile boolean ended;

        Task(Work<T> work) {
            super(work::run);
        }

        @Override
        public void run() {
            begun = true;
            super.run();
            ended = true;
            stuck = false;
        }

        /// Nobody waits for it any more; if it has not begun, it never will.
        void giveUp() {
            cancel(false);
            if (begun) {
                stuck = true;
            }
            if (ended) {
                stuck = false; // the answer came just now
            }
        }
    }

    private <T> T await(Task<T> task) throws TokenFailure {
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case TokenFailure failure -> throw failure;
                case CryptokiError error ->
                        throw new TokenFailure(name + ": " + error.getMessage());
                case RuntimeException mistake -> throw mistake;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (TimeoutException e) {
            task.giveUp();
            throw new TokenFailure(
                    "%s has not answered within %d s".formatted(name, patience.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenFailure("nobody waits for " + name + " any more");
        }
    }

    /// Does it when the module has time; nobody waits.
    void later(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            // the daemon ends, and has closed everything
        }
    }

    /// Ends after what was asked for; a module that hangs is left alone.
    @Override
    public void close() {
        thread.shutdown();
        try {
            var _ = thread.awaitTermination(stuck ? 0 : 1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
