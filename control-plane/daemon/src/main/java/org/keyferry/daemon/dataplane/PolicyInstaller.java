package org.keyferry.daemon.dataplane;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.KernelAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Installs and removes policies and routes that stand without a CHILD_SA: traps and shunts. They
/// share their selectors with CHILD_SAs, which come first while they are there.
final class PolicyInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyInstaller.class);

    private final Policies policies;
    private final ChildRoutes routes;
    private final Placements placements;

    /// By name, which is unique.
    private final Map<String, Installed> installed = new LinkedHashMap<>();

    /// Compared by identity: one wish.
    private static final class Installed {
        private final PolicySource source;
        private final List<ChildPolicy> policies;

        private Installed(PolicySource source, List<ChildPolicy> policies) {
            this.source = source;
            this.policies = policies;
        }
    }

    PolicyInstaller(Policies policies, ChildRoutes routes, Placements placements) {
        this.policies = policies;
        this.routes = routes;
        this.placements = placements;
    }

    /// In place of what has the same name, without a gap.
    ///
    /// @return never fails
    CompletableFuture<KernelAnswer> install(PolicySource source) {
        return placements
                .of(source)
                .thenCompose(placement -> install(source, ChildPolicy.of(source, placement)))
                .exceptionally(failure -> Refusals.of("install " + source.name(), failure));
    }

    private synchronized CompletableFuture<KernelAnswer> install(
            PolicySource source, List<ChildPolicy> wanted) {
        var next = new Installed(source, wanted);
        Installed former = installed.put(source.name(), next);
        CompletableFuture<KernelAnswer> answer =
                Settled.of(policies.acquire(next, wanted))
                        .thenCompose(
                                result ->
                                        result.allDone()
                                                ? routes.install(next, source)
                                                        .thenApply(_ -> new KernelAnswer.Done())
                                                : takeBack(next, result));
        if (former != null) {
            replace(former);
        }
        return answer;
    }

    /// What is not there counts as removed.
    ///
    /// @return never fails
    synchronized CompletableFuture<KernelAnswer> remove(PolicySource source) {
        Installed present = installed.get(source.name());
        if (present == null || !present.source.equals(source)) {
            return CompletableFuture.completedFuture(new KernelAnswer.Done());
        }
        installed.remove(source.name());
        return remove(present);
    }

    void removeAll() throws IOException {
        List<Installed> all;
        synchronized (this) {
            all = List.copyOf(installed.values());
        }
        for (Installed each : all) {
            if (XfrmDataplane.await(remove(each.source))
                    instanceof KernelAnswer.Refused(_, var text)) {
                LOG.warn("closing: {}", text);
            }
        }
    }

    private CompletableFuture<KernelAnswer> remove(Installed former) {
        var requests = new ArrayList<CompletableFuture<Void>>();
        for (ChildPolicy policy : former.policies) {
            requests.add(policies.release(former, policy, true));
        }
        requests.add(routes.remove(former));
        String what = "remove " + former.source.name();
        return Settled.of(requests)
                .thenApply(
                        result ->
                                result.firstFailureButGone()
                                        .<KernelAnswer>map(failure -> Refusals.of(what, failure))
                                        .orElseGet(KernelAnswer.Done::new));
    }

    private synchronized CompletableFuture<KernelAnswer> takeBack(Installed next, Settled result) {
        KernelAnswer refusal =
                Refusals.of("install " + next.source.name(), result.firstFailure().orElseThrow());
        if (!installed.remove(next.source.name(), next)) {
            return CompletableFuture.completedFuture(refusal);
        }
        var requests = new ArrayList<CompletableFuture<Void>>();
        for (int i = next.policies.size() - 1; i >= 0; i--) {
            requests.add(policies.release(next, next.policies.get(i), result.mayBeDone(i)));
        }
        return Settled.of(requests).thenApply(_ -> refusal);
    }

    private void replace(Installed former) {
        var _ =
                remove(former)
                        .thenAccept(
                                answer -> {
                                    if (answer instanceof KernelAnswer.Refused(_, var text)) {
                                        LOG.warn("replacing {}: {}", former.source.name(), text);
                                    }
                                });
    }
}
