package org.keyferry.daemon.dataplane;

import org.keyferry.netlink.xfrm.XfrmSelector;

/// Priorities of kernel policies: the narrower the selector, the lower the number, and the lower
/// number wins. The numbers are charon's, so that policies of both can live side by side.
enum PolicyPriority {
    /// Shunts that let traffic pass.
    PASS(200_000, 1),
    /// Of a CHILD_SA.
    INSTALLED(400_000, 1),
    /// Traps: behind the CHILD_SA with the same selectors.
    ROUTED(400_000, 0),
    /// Shunts that drop.
    DROP(600_000, 1);

    private static final int PER_PREFIX_BIT = 512;
    private static final int WITH_PROTOCOL = 256;
    private static final int PER_PORT_BIT = 4;
    private static final int WITH_INTERFACE = 2;

    private final int base;
    private final int lead;

    PolicyPriority(int base, int lead) {
        this.base = base;
        this.lead = lead;
    }

    /// 1 to 600000.
    int of(XfrmSelector selector) {
        int prefixBits = selector.source().bits() + selector.destination().bits();
        int portBits =
                Integer.bitCount(selector.sourcePorts().mask())
                        + Integer.bitCount(selector.destinationPorts().mask());
        return base
                - prefixBits * PER_PREFIX_BIT
                - (selector.protocol() != 0 ? WITH_PROTOCOL : 0)
                - portBits * PER_PORT_BIT
                - (selector.interfaceIndex() != 0 ? WITH_INTERFACE : 0)
                - lead;
    }
}
