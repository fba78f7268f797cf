package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmDirection;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.TrafficSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves the states, policies and routes of a CHILD_SA to other endpoints. A change of ports alone
/// is written into the states where they are; a state under another address, or one whose
/// encapsulation begins or ends, is a copy of what the kernel has, keys, sequence numbers and
/// counters included, in place of the old one. While that is made nothing is sent: a packet in
/// between would use a number, and so a nonce, that the copy uses again.
final class ChildMover {
    private static final Logger LOG = LoggerFactory.getLogger(ChildMover.class);

    private final Xfrm xfrm;
    private final Policies policies;
    private final ChildRoutes routes;

    ChildMover(Xfrm xfrm, Policies policies, ChildRoutes routes) {
        this.xfrm = xfrm;
        this.policies = policies;
        this.routes = routes;
    }

    /// States first: policies lead to them.
    ///
    /// @param before with its policies at `placement`
    /// @return fails if the kernel refused a part
    CompletableFuture<Void> move(
            ChildInstallation before, ChildInstallation after, Placement placement) {
        if (sameAddresses(before, after) && sameEncapsulation(before, after)) {
            return moveStates(before, after);
        }
        List<ChildPolicy> stops =
                ChildPolicy.of(PolicySource.of(before), placement).stream()
                        .filter(policy -> policy.id().direction() == XfrmDirection.OUT)
                        .map(ChildPolicy::blocking)
                        .toList();
        var stop = new Object();
        return Settled.of(policies.acquire(stop, stops))
                .thenCompose(_ -> moveStates(before, after))
                .handle((_, failure) -> failure)
                .thenCompose(
                        failure ->
                                movePolicies(before, after, placement, stop, stops)
                                        .thenCompose(
                                                _ ->
                                                        failure == null
                                                                ? done()
                                                                : CompletableFuture.failedFuture(
                                                                        failure)));
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    private static boolean sameAddresses(ChildInstallation before, ChildInstallation after) {
        return before.local().address().equals(after.local().address())
                && before.remote().address().equals(after.remote().address());
    }

    private static boolean sameEncapsulation(ChildInstallation before, ChildInstallation after) {
        return before.encap() == after.encap() && before.remote().tcp() == after.remote().tcp();
    }

    private CompletableFuture<Void> moveStates(ChildInstallation before, ChildInstallation after) {
        var moves = new ArrayList<CompletableFuture<Void>>();
        moves.addAll(
                moveStates(
                        before,
                        after,
                        ChildStates.outboundIds(before),
                        after.local(),
                        after.remote(),
                        selector(after, after.localTs(), after.remoteTs())));
        moves.addAll(
                moveStates(
                        before,
                        after,
                        ChildStates.inboundIds(before),
                        after.remote(),
                        after.local(),
                        selector(after, after.remoteTs(), after.localTs())));
        return CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new));
    }

    private List<CompletableFuture<Void>> moveStates(
            ChildInstallation before,
            ChildInstallation after,
            List<XfrmStateId> ids,
            Endpoint source,
            Endpoint destination,
            Optional<XfrmSelector> selector) {
        boolean copies = !sameAddresses(before, after) || !sameEncapsulation(before, after);
        return ids.stream()
                .map(
                        from ->
                                xfrm.getState(from)
                                        .thenCompose(
                                                held -> {
                                                    try (held;
                                                            XfrmState moved =
                                                                    moved(
                                                                            held,
                                                                            after,
                                                                            source,
                                                                            destination,
                                                                            selector)) {
                                                        return copies
                                                                ? replace(held, moved)
                                                                : xfrm.updateState(moved);
                                                    }
                                                }))
                .toList();
    }

    private static Optional<XfrmSelector> selector(
            ChildInstallation child, List<TrafficSelector> from, List<TrafficSelector> to) {
        return ChildStates.needsSelector(child)
                ? Optional.of(Selectors.addresses(from.getFirst(), to.getFirst()))
                : Optional.empty();
    }

    private static XfrmState moved(
            XfrmState held,
            ChildInstallation after,
            Endpoint source,
            Endpoint destination,
            Optional<XfrmSelector> selector) {
        var state =
                held.toBuilder()
                        .addresses(Inet.of(source.address()), Inet.of(destination.address()))
                        .reqid(after.reqid())
                        .usage(held.usage());
        selector.ifPresent(state::selector);
        if (after.encap() && held.id().protocol() != IpProtocols.COMP) {
            state.encap(Inet.encap(source, destination));
        } else {
            state.noEncap();
        }
        return state.build();
    }

    /// Requests reach the kernel in the order in which they are made. The copy comes last: no
    /// number may be used under both states, and where only the source is another one, the kernel
    /// takes both for the same.
    private CompletableFuture<Void> replace(XfrmState held, XfrmState moved) {
        CompletableFuture<Void> deleted = xfrm.deleteState(held.id(), held.source());
        return deleted.thenCombine(xfrm.addState(moved), (_, _) -> null);
    }

    private CompletableFuture<Void> movePolicies(
            ChildInstallation before,
            ChildInstallation after,
            Placement placement,
            Object stop,
            List<ChildPolicy> stops) {
        StateKey owner = StateKey.inbound(before);
        StateKey nextOwner = StateKey.inbound(after);
        List<ChildPolicy> wanted = ChildPolicy.of(PolicySource.of(after), placement);
        Set<XfrmPolicyId> kept = new HashSet<>();
        if (owner.equals(nextOwner)) {
            wanted.forEach(policy -> kept.add(policy.id()));
        }
        var requests = new ArrayList<>(policies.acquire(nextOwner, wanted));
        for (ChildPolicy policy : ChildPolicy.of(PolicySource.of(before), placement)) {
            if (!kept.contains(policy.id())) {
                requests.add(policies.release(owner, policy, true));
            }
        }
        stops.forEach(policy -> requests.add(policies.release(stop, policy, true)));
        requests.add(
                routes.remove(owner)
                        .exceptionally(ChildMover::wentWithTheAddress)
                        .thenCompose(_ -> routes.install(nextOwner, PolicySource.of(after))));
        return Settled.of(requests)
                .thenCompose(
                        result ->
                                result.firstFailureButGone()
                                        .<CompletableFuture<Void>>map(
                                                CompletableFuture::failedFuture)
                                        .orElseGet(ChildMover::done));
    }

    /// The kernel removes routes when their source or their way is gone.
    private static Void wentWithTheAddress(Throwable failure) {
        if (!Refusals.isGone(failure)) {
            LOG.warn("a route stays: {}", Refusals.cause(failure).getMessage());
        }
        return null;
    }
}
