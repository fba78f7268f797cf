package org.keyferry.daemon.dataplane;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmPolicyId;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;
import org.keyferry.wire.Endpoint;

/// Moves the states and policies of a CHILD_SA to other endpoints. A change of ports alone is
/// written into the states where they are; a state under another address is a copy of what the
/// kernel has, keys, sequence numbers and counters included, in place of the old one.
final class ChildMover {
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
        return moveStates(before, after)
                .thenCompose(
                        _ ->
                                sameAddresses(before, after)
                                        ? CompletableFuture.completedFuture(null)
                                        : movePolicies(before, after, placement));
    }

    private static boolean sameAddresses(ChildInstallation before, ChildInstallation after) {
        return before.local().address().equals(after.local().address())
                && before.remote().address().equals(after.remote().address());
    }

    private CompletableFuture<Void> moveStates(ChildInstallation before, ChildInstallation after) {
        var moves = new ArrayList<CompletableFuture<Void>>();
        List<XfrmStateId> in = ChildStates.inboundIds(before);
        List<XfrmStateId> inAfter = ChildStates.inboundIds(after);
        for (int i = 0; i < in.size(); i++) {
            moves.add(move(in.get(i), inAfter.get(i), after.remote(), after.local()));
        }
        List<XfrmStateId> out = ChildStates.outboundIds(before);
        List<XfrmStateId> outAfter = ChildStates.outboundIds(after);
        for (int i = 0; i < out.size(); i++) {
            moves.add(move(out.get(i), outAfter.get(i), after.local(), after.remote()));
        }
        return CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> move(
            XfrmStateId from, XfrmStateId to, Endpoint source, Endpoint destination) {
        return xfrm.getState(from)
                .thenCompose(
                        held -> {
                            try (held;
                                    XfrmState moved = moved(held, source, destination)) {
                                return replace(held, from, moved, to);
                            }
                        });
    }

    private static XfrmState moved(XfrmState held, Endpoint source, Endpoint destination) {
        var state =
                held.toBuilder()
                        .addresses(Inet.of(source.address()), Inet.of(destination.address()))
                        .usage(held.usage());
        if (held.options().encap().isPresent()) {
            state.encap(XfrmEncap.udp(source.port(), destination.port()));
        }
        return state.build();
    }

    /// Requests reach the kernel in the order in which they are made.
    private CompletableFuture<Void> replace(
            XfrmState held, XfrmStateId from, XfrmState moved, XfrmStateId to) {
        if (!from.equals(to)) {
            CompletableFuture<Void> added = xfrm.addState(moved);
            return added.thenCombine(xfrm.deleteState(from, held.source()), (_, _) -> null);
        }
        if (held.source().equals(moved.source())) {
            return xfrm.updateState(moved);
        }
        CompletableFuture<Void> deleted = xfrm.deleteState(from, held.source());
        return deleted.thenCombine(xfrm.addState(moved), (_, _) -> null);
    }

    private CompletableFuture<Void> movePolicies(
            ChildInstallation before, ChildInstallation after, Placement placement) {
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
        requests.add(
                routes.remove(owner)
                        .thenCompose(_ -> routes.install(nextOwner, PolicySource.of(after))));
        return CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new));
    }
}
