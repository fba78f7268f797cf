package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.DirectionKeys;
import org.keyferry.nativeshim.Errno;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.settings.model.HwOffload;
import org.keyferry.wire.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Installs and removes the states, policies and routes of CHILD_SAs.
///
/// States go first, all at once; policies, which send traffic to them, once all are there. A
/// failure takes back what was done, last things first, before it is answered, or before less is
/// asked of a network device.
final class ChildInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(ChildInstaller.class);

    /// A wrong key length, or a module that is not there.
    private static final Set<String> ALGORITHM_ERRORS =
            Set.of("ENOENT", "EINVAL", "ENOSYS", "ENOKEY", "EOPNOTSUPP");

    private final Xfrm xfrm;
    private final ChildStates states;
    private final Policies policies;
    private final ChildRoutes routes;
    private final Placements placements;

    /// Of CHILD_SAs whose policies are bound to a device.
    private final Map<StateKey, Placement> placed = new ConcurrentHashMap<>();

    ChildInstaller(
            Xfrm xfrm,
            ChildStates states,
            Policies policies,
            ChildRoutes routes,
            Placements placements) {
        this.xfrm = xfrm;
        this.states = states;
        this.policies = policies;
        this.routes = routes;
        this.placements = placements;
    }

    /// Wipes the keys once the kernel has them, or when it turns out that it will not get them.
    ///
    /// @return never fails
    CompletableFuture<KernelAnswer> install(ChildInstallation child, DirectionKeys keys) {
        record Found(Placement placement, Throwable failure) {}
        return placements
                .of(child)
                .handle(Found::new)
                .thenCompose(
                        found ->
                                found.failure() == null
                                        ? attempt(child, keys, found.placement())
                                        : settleStates(
                                                child, homeless(child, found.failure()), false))
                .exceptionally(failure -> Refusals.of("install " + name(child), failure))
                .whenComplete((_, _) -> keys.close());
    }

    private static KernelAnswer homeless(ChildInstallation child, Throwable failure) {
        Throwable cause = Refusals.cause(failure);
        String what = "install " + name(child);
        return cause instanceof Placements.NoDevice
                ? new KernelAnswer.Refused("ENODEV", what + ": " + cause.getMessage())
                : Refusals.of(what, cause);
    }

    /// With `hw_offload = auto`, each refusal asks the device for less.
    private CompletableFuture<KernelAnswer> attempt(
            ChildInstallation child, DirectionKeys keys, Placement placement) {
        Optional<HwOffload> less =
                child.config().kernel().hwOffload() != HwOffload.AUTO
                        ? Optional.empty()
                        : switch (placement.offload()) {
                            case PACKET -> Optional.of(HwOffload.CRYPTO);
                            case CRYPTO -> Optional.of(HwOffload.NO);
                            case NO, AUTO -> Optional.empty();
                        };
        return installStates(child, keys, placement)
                .thenCompose(
                        answer -> {
                            if (less.isPresent()
                                    && answer instanceof KernelAnswer.Refused refused) {
                                LOG.info("{}, trying with less", refused.text());
                                return attempt(child, keys, placement.with(less.get()));
                            }
                            return CompletableFuture.completedFuture(answer);
                        });
    }

    private CompletableFuture<KernelAnswer> installStates(
            ChildInstallation child, DirectionKeys keys, Placement placement) {
        CompletableFuture<Settled> sent;
        try {
            sent = sendStates(child, keys, placement);
        } catch (ChildStates.UnknownTransform e) {
            String text = "install " + name(child) + ": " + e.getMessage();
            return settleStates(child, new KernelAnswer.Refused("ENOSYS", text), false);
        }
        return sent.thenCompose(
                result ->
                        result.allDone()
                                ? checkOffload(child, placement)
                                : takeBackStates(child, placement, result));
    }

    /// The kernel takes a state for a device that offloads nothing without a word, and does the
    /// work itself.
    private CompletableFuture<KernelAnswer> checkOffload(
            ChildInstallation child, Placement placement) {
        if (!placement.isOffloaded()) {
            return installPolicies(child, placement);
        }
        return xfrm.getState(ChildStates.inboundIds(child).getLast())
                .handle(
                        (state, failure) ->
                                failure == null
                                        ? offloadRefusal(child, placement, state)
                                        : Optional.<KernelAnswer>of(
                                                Refusals.of(task(child, placement), failure)))
                .thenCompose(
                        refusal ->
                                refusal.isPresent()
                                        ? settleStates(child, refusal.get(), true)
                                        : installPolicies(child, placement));
    }

    private static Optional<KernelAnswer> offloadRefusal(
            ChildInstallation child, Placement placement, XfrmState state) {
        try (state) {
            if (state.options().offload().isEmpty()) {
                return Optional.of(notOffloaded(child, placement));
            }
            LOG.info(
                    "{} is offloaded to {} ({})",
                    name(child),
                    placement.deviceName(),
                    placement.offload());
            return Optional.empty();
        }
    }

    private static KernelAnswer notOffloaded(ChildInstallation child, Placement placement) {
        return new KernelAnswer.Refused(
                "EOPNOTSUPP",
                "%s: device %s offloads no IPsec"
                        .formatted(task(child, placement), placement.deviceName()));
    }

    private static String task(ChildInstallation child, Placement placement) {
        String task = "install " + name(child);
        return placement.isOffloaded()
                ? "%s with %s offload to device %s"
                        .formatted(
                                task,
                                placement.offload().name().toLowerCase(Locale.ROOT),
                                placement.deviceName())
                : task;
    }

    /// Policies first, then states, so that nothing is sent to a state that is gone.
    ///
    /// @param ours whether policies and routes were installed here
    /// @return never fails
    CompletableFuture<KernelAnswer> remove(ChildInstallation child, boolean ours) {
        var requests = takeOutOfUse(child, ours);
        requests.addAll(deleteInbound(child));
        return removed(child, requests);
    }

    /// The same, but the inbound state stays.
    CompletableFuture<KernelAnswer> retire(ChildInstallation child, boolean ours) {
        return removed(child, takeOutOfUse(child, ours));
    }

    /// What [#retire] left.
    CompletableFuture<KernelAnswer> removeInbound(ChildInstallation child) {
        return removed(child, deleteInbound(child));
    }

    /// Puts its policies before those of others.
    ///
    /// @return never fails
    CompletableFuture<KernelAnswer> prefer(ChildInstallation child) {
        StateKey owner = StateKey.inbound(child);
        Placement placement = placed.getOrDefault(owner, Placement.ANYWHERE);
        return Settled.of(
                        policies.acquire(owner, ChildPolicy.of(PolicySource.of(child), placement)))
                .thenApply(
                        result ->
                                result.firstFailure()
                                        .<KernelAnswer>map(
                                                failure ->
                                                        Refusals.of(
                                                                "prefer " + name(child), failure))
                                        .orElseGet(KernelAnswer.Done::new));
    }

    /// To other endpoints.
    ///
    /// @return never fails
    CompletableFuture<KernelAnswer> move(ChildInstallation before, ChildInstallation after) {
        Placement placement = placed.remove(StateKey.inbound(before));
        if (placement != null) {
            placed.put(StateKey.inbound(after), placement);
        }
        return new ChildMover(xfrm, policies, routes)
                .move(before, after, placement == null ? Placement.ANYWHERE : placement)
                .<KernelAnswer>thenApply(_ -> new KernelAnswer.Done())
                .exceptionally(failure -> Refusals.of("move " + name(before), failure));
    }

    private List<CompletableFuture<Void>> takeOutOfUse(ChildInstallation child, boolean ours) {
        StateKey owner = StateKey.inbound(child);
        Placement placement = placed.remove(owner);
        var requests = new ArrayList<CompletableFuture<Void>>();
        if (ours) {
            for (ChildPolicy policy :
                    ChildPolicy.of(
                            PolicySource.of(child),
                            placement == null ? Placement.ANYWHERE : placement)) {
                requests.add(policies.release(owner, policy, true));
            }
            requests.add(routes.remove(owner));
        }
        requests.addAll(deleteOutbound(child));
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

    /// Outbound states follow the inbound ones.
    private CompletableFuture<Settled> sendStates(
            ChildInstallation child, DirectionKeys keys, Placement placement)
            throws ChildStates.UnknownTransform {
        List<XfrmState> inbound = states.inbound(child, keys, placement);
        List<XfrmState> outbound;
        try {
            outbound = states.outbound(child, keys, placement);
        } catch (ChildStates.UnknownTransform e) {
            inbound.forEach(XfrmState::close);
            throw e;
        }
        var requests = new ArrayList<CompletableFuture<Void>>();
        inbound.forEach(state -> requests.add(installInbound(state)));
        for (XfrmState state : outbound) {
            try (state) {
                requests.add(xfrm.addState(state));
            }
        }
        return Settled.of(requests);
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

    private CompletableFuture<KernelAnswer> installPolicies(
            ChildInstallation child, Placement placement) {
        StateKey owner = StateKey.inbound(child);
        List<ChildPolicy> wanted = ChildPolicy.of(PolicySource.of(child), placement);
        if (placement.policyInterface() != 0) {
            placed.put(owner, placement);
        }
        return Settled.of(policies.acquire(owner, wanted))
                .thenCompose(
                        result ->
                                result.allDone()
                                        ? routes.install(owner, PolicySource.of(child))
                                                .thenApply(_ -> new KernelAnswer.Done())
                                        : takeBackPolicies(child, placement, wanted, result));
    }

    private CompletableFuture<KernelAnswer> takeBackPolicies(
            ChildInstallation child,
            Placement placement,
            List<ChildPolicy> wanted,
            Settled result) {
        StateKey owner = StateKey.inbound(child);
        placed.remove(owner);
        KernelAnswer refusal =
                Refusals.of(task(child, placement), result.firstFailure().orElseThrow());
        var requests = new ArrayList<CompletableFuture<Void>>();
        for (int i = wanted.size() - 1; i >= 0; i--) {
            requests.add(policies.release(owner, wanted.get(i), result.mayBeDone(i)));
        }
        requests.addAll(deleteOutbound(child));
        requests.addAll(deleteInbound(child));
        return afterTakingBack(child, refusal, requests);
    }

    private CompletableFuture<KernelAnswer> takeBackStates(
            ChildInstallation child, Placement placement, Settled result) {
        KernelAnswer refusal =
                Refusals.of(
                        task(child, placement),
                        result.firstFailure().orElseThrow(),
                        name -> !placement.isOffloaded() && ALGORITHM_ERRORS.contains(name),
                        "the kernel may lack an algorithm, asked were "
                                + KernelAlgorithms.describe(child.encr(), child.integ()));
        // An outbound state that was refused may be somebody else's.
        int inbound = ChildStates.inboundIds(child).size();
        var requests = new ArrayList<CompletableFuture<Void>>();
        List<XfrmStateId> outbound = ChildStates.outboundIds(child);
        for (int i = 0; i < outbound.size(); i++) {
            if (result.mayBeDone(inbound + i)) {
                requests.add(delete(outbound.get(i), child.local().address()));
            }
        }
        requests.addAll(deleteInbound(child));
        return afterTakingBack(child, refusal, requests);
    }

    /// The inbound states are deleted in any case: the larval ones are there if nothing else is.
    private CompletableFuture<KernelAnswer> settleStates(
            ChildInstallation child, KernelAnswer refusal, boolean withOutbound) {
        var requests = new ArrayList<CompletableFuture<Void>>();
        if (withOutbound) {
            requests.addAll(deleteOutbound(child));
        }
        requests.addAll(deleteInbound(child));
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

    private List<CompletableFuture<Void>> deleteOutbound(ChildInstallation child) {
        return ChildStates.outboundIds(child).stream()
                .map(id -> delete(id, child.local().address()))
                .toList();
    }

    private List<CompletableFuture<Void>> deleteInbound(ChildInstallation child) {
        return ChildStates.inboundIds(child).stream()
                .map(id -> delete(id, child.remote().address()))
                .toList();
    }

    private CompletableFuture<Void> delete(XfrmStateId id, IpAddress source) {
        return xfrm.deleteState(id, Inet.of(source));
    }
}
