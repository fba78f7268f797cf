package org.keyferry.daemon.dataplane;

import java.util.Optional;
import org.keyferry.engine.KernelOp.ChildInstallation;

/// Hears of states that are about to be removed, or move. Must not block.
public interface RemovalListener {
    /// @param last what went through; empty if the state is not there any more
    void removing(ChildInstallation child, boolean inbound, Optional<Counters> last);

    /// @param now a CHILD_SA under its new addresses; its counters go on
    void moved(ChildInstallation now);
}
