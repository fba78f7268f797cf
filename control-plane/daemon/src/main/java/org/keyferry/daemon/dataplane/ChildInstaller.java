package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Installs and removes the states, policies and routes of CHILD_SAs.
///
/// States go first, both at once; policies, which send traffic to them, once both are there. A
/// failure takes back what was done, last things first, before it is answered.
final class ChildInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ChildInstaller.class);

    /// A wrong key length, or a module that is not there.
    private static final Set<String> ALGORITHM_ERRORS =
            Set.of("ENOENT", "EINVAL", "ENOSYS", "ENOKEY", "EOPNOTSUPP");

    private final Xfrm xfrm;
    private final ChildStates states;
    private final Policies policies;
    private final ChildRoutes routes;

    ChildInstaller(Xfrm xfrm, ChildStates states, Policies policies, ChildRoutes routes) {
        this.xfrm = xfrm;
        this.states = states;
        this.policies = policies;
        this.routes = routes;
    }

    /// Wipes the keys once the kernel has them, or when it turns out that it will not get them.
    ///
    /// @return never fails
    CompletableFuture<KernelAnswer> install(ChildInstallation child, DirectionKeys keys) {
        CompletableFuture<Settled> sent;
        try (keys) {
            sent = sendStates(child, keys);
        } catch (ChildStates.UnknownTransform e) {
            String text = "install " + name(child) + ": " + e.getMessage();
            return settleStates(child, new KernelAnswer.Refused("ENOSYS", text), false);
        }
        return sent.thenCompose(
                        result ->
                                result.allDone()
                                        ? installPolicies(child)
                                        : takeBackStates(child, result))
                .exceptionally(failure -> Refusals.of("install " + name(child), failure));
    }

    /// Policies first, then states, so that nothing is sent to a state that is gone.
    ///
    /// @param ours whether policies and routes were installed here
    /// @return never fails
    CompletableFuture<KernelAnswer> remove(ChildInstallation child, boolean ours) {
        var requests = takeOutOfUse(child, ours);
        requests.add(deleteInbound(child));
        return removed(child, requests);
    }

    /// The same, but the inbound state stays.
    CompletableFuture<KernelAnswer> retire(ChildInstallation child, boolean ours) {
        return removed(child, takeOutOfUse(child, ours));
    }

    /// What [#retire] left.
    CompletableFuture<KernelAnswer> removeInbound(ChildInstallation child) {
        return removed(child, List.of(deleteInbound(child)));
    }

    private List<CompletableFuture<Void>> takeOutOfUse(ChildInstallation child, boolean ours) {
        StateKey owner = StateKey.inbound(child);
        var requests = new ArrayList<CompletableFuture<Void>>();
        if (ours) {
            for (ChildPolicy policy : ChildPolicy.of(child)) {
                requests.add(policies.release(owner, policy, true));
            }
            requests.add(routes.remove(owner));
        }
        requests.add(deleteOutbound(child));
        return requests;
    }

    private static CompletableFuture<KernelAnswer> removed(
            ChildInstallation child, List<CompletableFuture<Void>> requests) {
        return Settled.of(requests)
                .thenApply(
                        result ->
                                result.firstFailureButGone()
                                        .<KernelAnswer>map(
                                                failure ->
                                                        Refusals.of(
                                                                "remove " + name(child), failure))
                                        .orElseGet(KernelAnswer.Done::new));
    }

    /// `net{3} of IKE_SA gw[1]`.
    static String name(ChildInstallation child) {
        return "CHILD_SA %s{%d} of IKE_SA %s[%d]"
                .formatted(
                        child.config().name(),
                        child.childUniqueId(),
                        child.ikeName(),
                        child.ikeUniqueId());
    }

    private CompletableFuture<Settled> sendStates(ChildInstallation child, DirectionKeys keys)
            throws ChildStates.UnknownTransform {
        XfrmState inbound = states.inbound(child, keys);
        try (XfrmState outbound = states.outbound(child, keys)) {
            CompletableFuture<Void> in = installInbound(inbound);
            return Settled.of(List.of(in, xfrm.addState(outbound)));
        } catch (ChildStates.UnknownTransform e) {
            inbound.close();
            throw e;
        }
    }

    /// Completes the larval state; the kernel drops that when an exchange takes too long.
    private CompletableFuture<Void> installInbound(XfrmState state) {
        return xfrm.updateState(state)
                .exceptionallyCompose(
                        failure ->
                                Refusals.is(failure, Errno.ESRCH)
                                        ? xfrm.addState(state)
                                        : CompletableFuture.failedFuture(failure))
                .whenComplete((_, _) -> state.close());
    }

    private CompletableFuture<KernelAnswer> installPolicies(ChildInstallation child) {
        StateKey owner = StateKey.inbound(child);
        List<ChildPolicy> wanted = ChildPolicy.of(child);
        return Settled.of(policies.acquire(owner, wanted))
                .thenCompose(
                        result ->
                                result.allDone()
                                        ? routes.install(owner, child)
                                                .thenApply(_ -> new KernelAnswer.Done())
                                        : takeBackPolicies(child, wanted, result));
    }

    private CompletableFuture<KernelAnswer> takeBackPolicies(
            ChildInstallation child, List<ChildPolicy> wanted, Settled result) {
        StateKey owner = StateKey.inbound(child);
        KernelAnswer refusal =
                Refusals.of("install " + name(child), result.firstFailure().orElseThrow());
        var requests = new ArrayList<CompletableFuture<Void>>();
        for (int i = wanted.size() - 1; i >= 0; i--) {
            requests.add(policies.release(owner, wanted.get(i), result.mayBeDone(i)));
        }
        requests.add(deleteOutbound(child));
        requests.add(deleteInbound(child));
        return afterTakingBack(child, refusal, requests);
    }

    private CompletableFuture<KernelAnswer> takeBackStates(
            ChildInstallation child, Settled result) {
        KernelAnswer refusal =
                Refusals.of(
                        "install " + name(child),
                        result.firstFailure().orElseThrow(),
                        ALGORITHM_ERRORS::contains,
                        "the kernel may lack an algorithm, asked were "
                                + KernelAlgorithms.describe(child.encr(), child.integ()));
        return settleStates(child, refusal, result.mayBeDone(1));
    }

    /// The inbound state is deleted in any case: the larval one is there if nothing else is.
    private CompletableFuture<KernelAnswer> settleStates(
            ChildInstallation child, KernelAnswer refusal, boolean withOutbound) {
        var requests = new ArrayList<CompletableFuture<Void>>();
        if (withOutbound) {
            requests.add(deleteOutbound(child));
        }
        requests.add(deleteInbound(child));
        return afterTakingBack(child, refusal, requests);
    }

    private static CompletableFuture<KernelAnswer> afterTakingBack(
            ChildInstallation child, KernelAnswer refusal, List<CompletableFuture<Void>> requests) {
        return Settled.of(requests)
                .thenApply(
                        result -> {
                            result.firstFailureButGone()
                                    .ifPresent(
                                            failure ->
                                                    LOG.warn(
                                                            "{} may have left something in the"
                                                                    + " kernel: {}",
                                                            name(child),
                                                            failure.getMessage()));
                            return refusal;
                        });
    }

    private CompletableFuture<Void> deleteOutbound(ChildInstallation child) {
        return xfrm.deleteState(ChildStates.outboundId(child), Inet.of(child.local().address()));
    }

    private CompletableFuture<Void> deleteInbound(ChildInstallation child) {
        return xfrm.deleteState(ChildStates.inboundId(child), Inet.of(child.remote().address()));
    }
}
