package org.keyferry.sim;

import java.util.ArrayList;
import java.util.List;

/// Packets through the tunnels: each peer sends one by each of its policies just before and just
/// after every change of any kernel. On the way they are neither lost nor overtaken, so what does
/// not arrive hit a gap.
public final class SimTraffic {
    private static final int MOST_REPORTED = 20;

    private final SimWorld world;
    private final List<String> lost = new ArrayList<>();
    private boolean flowing;
    private long sent;
    private int pairs;

    SimTraffic(SimWorld world) {
        this.world = world;
    }

    /// From now on each peer must have at least so many pairs of selectors to send by.
    public SimTraffic flows(int pairsOfSelectors) {
        flowing = true;
        pairs = pairsOfSelectors;
        return this;
    }

    public SimTraffic stops() {
        flowing = false;
        return this;
    }

    public long sent() {
        return sent;
    }

    /// What did not arrive, the first few.
    public List<String> lost() {
        return List.copyOf(lost);
    }

    void send() {
        if (!flowing) {
            return;
        }
        for (SimPeer from : world.peers()) {
            List<SimKernel.State> active = from.kernel().active();
            if (active.size() < pairs) {
                lose(from.name() + " has no way for " + (pairs - active.size()));
            }
            for (SimKernel.State state : active) {
                sent++;
                world.after(world.network().delay(), () -> arrive(from, state));
            }
        }
    }

    private void arrive(SimPeer from, SimKernel.State state) {
        boolean taken =
                world.peers().stream()
                        .filter(peer -> peer.holds(state.destination()))
                        .anyMatch(peer -> peer.kernel().takes(state));
        if (!taken) {
            lose("%s sent by %s, which nobody takes".formatted(from.name(), state));
        }
    }

    private void lose(String what) {
        if (lost.size() < MOST_REPORTED) {
            lost.add("%s: %s".formatted(world.now(), what));
        }
    }
}
