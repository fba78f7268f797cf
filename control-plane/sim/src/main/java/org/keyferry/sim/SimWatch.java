package org.keyferry.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.engine.Event;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.engine.KernelOp.ChildInstallation;

/// What holds at every change of a kernel, however bad the network is: both ends install the same
/// keys, and where one peer could send to the other, rekeying takes that from it at no moment.
final class SimWatch {
    /// A way by which a peer sends, as long as the other one takes it.
    private record Way(SimPeer from, SimKernel.PolicyKey policy) {}

    private record Child(SimPeer owner, int childUniqueId) {}

    private final SimWorld world;

    /// By which CHILD_SA another one is replaced.
    private final Map<Child, Integer> successors = new HashMap<>();

    /// What an installation took, should it turn out to be a rekeying, by the CHILD_SA installed.
    private final Map<Child, String> suspicions = new HashMap<>();

    private final List<Removal> removals = new ArrayList<>();

    private record Removal(SimPeer peer, int successor, List<Way> before, KernelOp op) {}

    SimWatch(SimWorld world) {
        this.world = world;
    }

    void heard(SimPeer peer, Event event) {
        if (event instanceof Event.ChildRekeyed(_, var former, var now)) {
            String suspicion =
                    suspicions.remove(new Child(peer, now.installation().childUniqueId()));
            if (suspicion != null) {
                throw new AssertionError(suspicion);
            }
            successors.put(
                    new Child(peer, former.installation().childUniqueId()),
                    now.installation().childUniqueId());
        }
    }

    /// A process that starts anew counts from 1 again.
    void crashed(SimPeer peer) {
        successors.keySet().removeIf(child -> child.owner() == peer);
        suspicions.keySet().removeIf(child -> child.owner() == peer);
    }

    KernelAnswer perform(SimPeer peer, KernelOp op) {
        return switch (op) {
            case KernelOp.InstallChild(var child, _) -> {
                // after a restart numbers come again
                suspicions.remove(new Child(peer, child.childUniqueId()));
                List<Way> before = usable();
                KernelAnswer answer = peer.kernel().perform(op);
                checkKeys(peer, child);
                lost(before, peer, op)
                        .ifPresent(
                                what ->
                                        suspicions.put(
                                                new Child(peer, child.childUniqueId()), what));
                yield answer;
            }
            case KernelOp.RetireChild(var child) -> {
                Integer successor = successors.remove(new Child(peer, child.childUniqueId()));
                yield successor != null && peer.kernel().hasChild(successor)
                        ? performWithoutLoss(peer, op)
                        : peer.kernel().perform(op);
            }
            case KernelOp.RemoveChild(var child) -> {
                suspicions.remove(new Child(peer, child.childUniqueId()));
                Integer successor = successors.remove(new Child(peer, child.childUniqueId()));
                if (successor != null) {
                    removals.add(new Removal(peer, successor, usable(), op));
                }
                yield peer.kernel().perform(op);
            }
            default -> peer.kernel().perform(op);
        };
    }

    /// The peer has done all that an input asked for. What was removed together with its successor
    /// was not removed by rekeying.
    void settled(SimPeer peer) {
        if (removals.isEmpty()) {
            return;
        }
        for (Removal removal : removals) {
            if (peer.kernel().hasChild(removal.successor())) {
                checkStillUsable(removal.before(), removal.peer(), removal.op());
            }
        }
        removals.clear();
    }

    private KernelAnswer performWithoutLoss(SimPeer peer, KernelOp op) {
        List<Way> before = usable();
        KernelAnswer answer = peer.kernel().perform(op);
        checkStillUsable(before, peer, op);
        return answer;
    }

    private void checkKeys(SimPeer owner, ChildInstallation child) {
        for (SimPeer other : world.peers()) {
            if (other != owner && !other.kernel().agreesOnKeys(owner.kernel(), child)) {
                throw new AssertionError(
                        "seed %d at %s: %s and %s have other keys for %s/%s"
                                .formatted(
                                        world.seed(),
                                        world.now(),
                                        owner.name(),
                                        other.name(),
                                        child.spiIn(),
                                        child.spiOut()));
            }
        }
    }

    private List<Way> usable() {
        var ways = new ArrayList<Way>();
        for (SimPeer from : world.peers()) {
            from.kernel()
                    .forEachActive(
                            (policy, state) -> {
                                if (isTaken(from, state)) {
                                    ways.add(new Way(from, policy));
                                }
                            });
        }
        return ways;
    }

    /// Wherever NATs have it arrive.
    private boolean isTaken(SimPeer from, SimKernel.State state) {
        for (SimPeer to : world.peers()) {
            if (to != from && to.kernel().hasInboundOf(state)) {
                return true;
            }
        }
        return false;
    }

    private void checkStillUsable(List<Way> before, SimPeer by, KernelOp op) {
        lost(before, by, op)
                .ifPresent(
                        what -> {
                            throw new AssertionError(what);
                        });
    }

    private Optional<String> lost(List<Way> before, SimPeer by, KernelOp op) {
        for (Way way : before) {
            SimKernel.State state = way.from().kernel().active(way.policy());
            if (state == null || !isTaken(way.from(), state)) {
                return Optional.of(
                        "seed %d at %s: %s can send no more by %s since %s did %s"
                                .formatted(
                                        world.seed(),
                                        world.now(),
                                        way.from().name(),
                                        way.policy(),
                                        by.name(),
                                        op.getClass().getSimpleName()));
            }
        }
        return Optional.empty();
    }
}
