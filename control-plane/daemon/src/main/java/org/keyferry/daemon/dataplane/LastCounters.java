package org.keyferry.daemon.dataplane;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.netlink.xfrm.Xfrm;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateId;

/// Reads what went through states right before they are removed, if anybody wants to know.
final class LastCounters {
    private final Xfrm xfrm;
    private volatile RemovalListener listener;

    LastCounters(Xfrm xfrm) {
        this.xfrm = xfrm;
    }

    void listener(RemovalListener wanted) {
        listener = wanted;
    }

    void moved(ChildInstallation now) {
        RemovalListener present = listener;
        if (present != null) {
            present.moved(now);
        }
    }

    /// Tells the counters of these states, then begins `removal`.
    CompletableFuture<KernelAnswer> before(
            ChildInstallation child,
            boolean inbound,
            boolean outbound,
            Supplier<CompletableFuture<KernelAnswer>> removal) {
        RemovalListener present = listener;
        if (present == null) {
            return removal.get();
        }
        return tell(present, child, true, inbound)
                .thenCombine(tell(present, child, false, outbound), (_, _) -> removal)
                .thenCompose(Supplier::get);
    }

    private CompletableFuture<Void> tell(
            RemovalListener present, ChildInstallation child, boolean inbound, boolean wanted) {
        if (!wanted) {
            return CompletableFuture.completedFuture(null);
        }
        XfrmStateId id =
                inbound
                        ? ChildStates.inboundIds(child).getLast()
                        : ChildStates.outboundIds(child).getLast();
        return xfrm.getState(id)
                .handle(
                        (state, _) -> {
                            present.removing(child, inbound, counters(state));
                            return null;
                        });
    }

    /// @param state `null` if there is none
    private static Optional<Counters> counters(XfrmState state) {
        if (state == null) {
            return Optional.empty();
        }
        try (state) {
            return Optional.of(StateWatch.counters(state));
        }
    }
}
