package org.keyferry.daemon.dataplane;

import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IpAddress;

/// Learns that a state reached a limit.
@FunctionalInterface
public interface ExpiryListener {
    /// May be called twice for one limit, and for states that were just removed.
    ///
    /// @param destination the state's outer destination: ours if it is inbound
    /// @param hard the state is gone; otherwise it asks to be replaced
    void expired(IpAddress destination, ChildSpi spi, boolean hard);
}
