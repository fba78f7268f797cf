package org.keyferry.daemon;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.log.LogLine;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Reason;

/// What users asked the engines for and have no answer to yet, and the log lines they follow
/// meanwhile. Any thread.
public final class Requests implements Log.Listener {
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Request> open = new ConcurrentHashMap<>();
    private final Map<Integer, List<Request>> byIkeSa = new ConcurrentHashMap<>();

    /// One request, followed until it is closed, also beyond its end.
    public final class Request implements AutoCloseable {
        private final long id = lastId.incrementAndGet();
        private final int logLevel;
        private final Consumer<LogLine> lines;
        private final CompletableFuture<Optional<Reason>> done = new CompletableFuture<>();
        private final List<Integer> ikeSas = new CopyOnWriteArrayList<>();

        private Request(int logLevel, Consumer<LogLine> lines) {
            this.logLevel = logLevel;
            this.lines = lines;
        }

        public long id() {
            return id;
        }

        /// Completes with why it failed, or with nothing if it did not.
        public CompletableFuture<Optional<Reason>> done() {
            return done;
        }

        @Override
        public void close() {
            open.remove(id);
            for (int ikeUniqueId : ikeSas) {
                byIkeSa.computeIfPresent(
                        ikeUniqueId,
                        (_, followers) -> {
                            followers.remove(this);
                            return followers.isEmpty() ? null : followers;
                        });
            }
        }
    }

    /// @param logLevel up to which log lines of the SAs concerned go to `lines`; -1 for none
    /// @param lines called on any thread, must not block
    public Request open(int logLevel, Consumer<LogLine> lines) {
        var request = new Request(logLevel, lines);
        open.put(request.id, request);
        return request;
    }

    /// The engine works on a request with this IKE_SA.
    public void began(long requestId, int ikeUniqueId) {
        Request request = open.get(requestId);
        if (request != null && request.logLevel >= 0) {
            request.ikeSas.add(ikeUniqueId);
            byIkeSa.compute(
                    ikeUniqueId,
                    (_, followers) -> {
                        var all =
                                followers == null ? new CopyOnWriteArrayList<Request>() : followers;
                        all.add(request);
                        return all;
                    });
        }
    }

    public void done(long requestId, Optional<Reason> failure) {
        Request request = open.get(requestId);
        if (request != null) {
            request.done.complete(failure);
        }
    }

    @Override
    public boolean wants(Group group, int level, int ikeUniqueId) {
        if (ikeUniqueId == 0 || byIkeSa.isEmpty()) {
            return false;
        }
        for (Request request : byIkeSa.getOrDefault(ikeUniqueId, List.of())) {
            if (level <= request.logLevel) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void line(LogLine line) {
        for (Request request : byIkeSa.getOrDefault(line.ikeUniqueId(), List.of())) {
            if (line.level() <= request.logLevel) {
                request.lines.accept(line);
            }
        }
    }
}
