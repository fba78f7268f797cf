package org.keyferry.daemon.dataplane;

import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.xfrm.XfrmOffload;
import org.keyferry.settings.model.HwOffload;

/// Network devices that a CHILD_SA is bound to.
///
/// @param policyInterface index of the device that outbound policies are for, 0 for any
/// @param offload what `device` does; never [HwOffload#AUTO]
/// @param device that has the local address, 0 if it is not to do anything
/// @param deviceName for messages
record Placement(int policyInterface, HwOffload offload, int device, String deviceName) {
    static final Placement ANYWHERE = new Placement(0, HwOffload.NO, 0, "");

    Placement with(HwOffload kind) {
        return new Placement(policyInterface, kind, device, deviceName);
    }

    boolean isOffloaded() {
        return offload != HwOffload.NO;
    }

    boolean isPacketOffloaded() {
        return offload == HwOffload.PACKET;
    }

    /// @param family of the outer addresses
    XfrmOffload xfrm(AddressFamily family, boolean inbound) {
        int flags =
                (family == AddressFamily.IPV6 ? XfrmOffload.IPV6 : 0)
                        | (inbound ? XfrmOffload.INBOUND : 0)
                        | (isPacketOffloaded() ? XfrmOffload.PACKET : 0);
        return new XfrmOffload(device, flags);
    }
}
