package org.keyferry.daemon.dataplane;

import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;

/// What tells one ESP or AH state from all others of this host. The SPI alone does not: outbound
/// ones are chosen by each peer for itself.
///
/// @param destination outer address: ours if the state is inbound
/// @param protocolId ESP or AH, see [ProtocolId]
public record StateKey(IpAddress destination, int protocolId, ChildSpi spi) {
    public static StateKey inbound(ChildInstallation child) {
        return new StateKey(child.local().address(), child.protocolId(), child.spiIn());
    }

    public static StateKey outbound(ChildInstallation child) {
        return new StateKey(child.remote().address(), child.protocolId(), child.spiOut());
    }

    /// `ESP c0ffee01 to 192.0.2.1`.
    @Override
    public String toString() {
        return ProtocolId.name(protocolId) + " " + spi + " to " + destination;
    }
}
