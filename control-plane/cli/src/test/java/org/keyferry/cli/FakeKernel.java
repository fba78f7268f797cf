package org.keyferry.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keyferry.netlink.xfrm.XfrmDatabaseInfo;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.netlink.xfrm.XfrmPolicy;
import org.keyferry.netlink.xfrm.XfrmState;

/// Databases and events made up by a test.
record FakeKernel(List<XfrmState> states, List<XfrmPolicy> policies, List<XfrmEvent> events)
        implements Kernel {
    static final FakeKernel EMPTY = new FakeKernel(List.of(), List.of(), List.of());

    @Override
    public Statistics statistics() {
        var none = Optional.<XfrmDatabaseInfo.HashThreshold>empty();
        var counts = new XfrmDatabaseInfo.Policies(1, 2, 3, 4, 5, 0, 8, 1024, none, none);
        return new Statistics(
                new XfrmDatabaseInfo.States(2, 8, 1024),
                counts,
                Map.of("XfrmInNoStates", 3L, "XfrmInError", 0L));
    }

    @Override
    public void monitor(Listener listener) {
        events.forEach(listener::event);
    }
}
