package org.keyferry.netlink;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Carries requests to one kernel subsystem, many at a time, in order. Never blocks the caller.
///
/// Futures complete on the link's own thread: what hangs on them must be short, or be moved with
/// `thenAcceptAsync`. They fail with a [NetlinkException].
public interface KernelLink extends AutoCloseable {
    /// Encodes the request before it returns, so that its key material may be wiped then (a dump
    /// may be encoded again), and sends it soon.
    ///
    /// @return the decoded messages of the answer, none for a plain acknowledgement
    <T> CompletableFuture<List<T>> send(KernelRequest<T> request);

    /// For requests with exactly one message as the answer.
    default <T> CompletableFuture<T> sendForOne(KernelRequest<T> request) {
        return send(request)
                .thenCompose(
                        answers ->
                                answers.size() == 1
                                        ? CompletableFuture.completedFuture(answers.getFirst())
                                        : CompletableFuture.failedFuture(
                                                new MalformedKernelMessage(
                                                        "answers to " + request.description(),
                                                        answers.size())));
    }

    /// For changes: only whether the kernel did it.
    default CompletableFuture<Void> sendChange(KernelRequest<?> request) {
        return send(request).thenApply(_ -> null);
    }

    /// Fails what is in flight with [KernelLinkFailure.Reason#CLOSED].
    @Override
    void close();
}
