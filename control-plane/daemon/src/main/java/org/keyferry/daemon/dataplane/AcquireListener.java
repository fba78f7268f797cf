package org.keyferry.daemon.dataplane;

import org.keyferry.wire.TrafficSelector;

/// Hears of packets that met a trap.
@FunctionalInterface
public interface AcquireListener {
    /// @param reqid of the trap
    /// @param sequence by which the kernel knows the acquire
    /// @param source what the packet looked like; likewise `destination`
    void acquired(int reqid, int sequence, TrafficSelector source, TrafficSelector destination);
}
