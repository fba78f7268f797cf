package org.keyferry.cli;

import java.util.List;
import java.util.Map;
import org.keyferry.netlink.xfrm.XfrmDatabaseInfo;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmState;

/// What the commands read of the kernel's IPsec databases.
interface Kernel {
    /// All states, their keys wiped.
    List<XfrmState> states() throws KernelUnavailable;

    List<XfrmPolicy> policies() throws KernelUnavailable;

    Statistics statistics() throws KernelUnavailable;

    /// Hands events to `listener`, keys wiped, until the thread is interrupted or the kernel fails.
    void monitor(Listener listener) throws KernelUnavailable;

    /// How full the databases are.
    ///
    /// @param drops packets dropped, by reason, in the kernel's order; empty if it does not count
    record Statistics(
            XfrmDatabaseInfo.States states,
            XfrmDatabaseInfo.Policies policies,
            Map<String, Long> drops) {}

    /// Called by one thread at a time.
    interface Listener {
        void event(XfrmEvent event);

        /// Events were lost because they came too fast.
        void lost();
    }
}
