package org.keyferry.daemon.dataplane;

import org.keyferry.wire.Endpoint;

/// Learns that a peer's NAT gave it another address or port.
@FunctionalInterface
public interface MappingListener {
    /// @param inbound the state that took a genuine packet from there
    void seen(StateKey inbound, Endpoint remote);
}
