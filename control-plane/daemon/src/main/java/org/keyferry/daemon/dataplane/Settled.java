package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// How several requests that went out together ended: empty for success, in the order of asking.
record Settled(List<Optional<Throwable>> outcomes) {
    Settled {
        outcomes = List.copyOf(outcomes);
    }

    /// Waits for all of them; does not fail.
    static CompletableFuture<Settled> of(List<CompletableFuture<Void>> requests) {
        return CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new))
                .handle(
                        (_, _) -> {
                            var outcomes = new ArrayList<Optional<Throwable>>(requests.size());
                            for (CompletableFuture<Void> request : requests) {
                                outcomes.add(
                                        request.isCompletedExceptionally()
                                                ? Optional.of(
                                                        Refusals.cause(request.exceptionNow()))
                                                : Optional.empty());
                            }
                            return new Settled(outcomes);
                        });
    }

    boolean allDone() {
        return outcomes.stream().allMatch(Optional::isEmpty);
    }

    /// The kernel has it, or may have it.
    boolean mayBeDone(int index) {
        return outcomes.get(index).map(failure -> !Refusals.isCertain(failure)).orElse(true);
    }

    Optional<Throwable> firstFailure() {
        return outcomes.stream().flatMap(Optional::stream).findFirst();
    }

    /// For removals: what was gone already does not count.
    Optional<Throwable> firstFailureButGone() {
        return outcomes.stream()
                .flatMap(Optional::stream)
                .filter(failure -> !Refusals.isGone(failure))
                .findFirst();
    }
}
