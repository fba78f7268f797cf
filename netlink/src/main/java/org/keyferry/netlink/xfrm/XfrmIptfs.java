package org.keyferry.netlink.xfrm;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import org.keyferry.netlink.Attributes;
import org.keyferry.netlink.MalformedKernelMessage;

/// `XFRMA_IPTFS_*` (RFC 9347, Linux 6.14 and newer): traffic flow confidentiality by aggregation.
///
/// @param dropTimeMicros inbound: how long a missing packet is waited for
/// @param reorderWindowPackets inbound, 0 to 65535
/// @param dontFragment outbound: no inner packet is split
/// @param initialDelayMicros outbound: how long the first packet waits for company
/// @param maxQueueBytes outbound
/// @param packetBytes outbound: size of outer packets, 0 for the path's MTU
public record XfrmIptfs(
        OptionalInt dropTimeMicros,
        OptionalInt reorderWindowPackets,
        boolean dontFragment,
        OptionalInt initialDelayMicros,
        OptionalInt maxQueueBytes,
        OptionalInt packetBytes) {
    public static XfrmIptfs inbound(int dropTimeMicros, int reorderWindowPackets) {
        return new XfrmIptfs(
                OptionalInt.of(dropTimeMicros),
                OptionalInt.of(reorderWindowPackets),
                false,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    public static XfrmIptfs outbound(
            boolean dontFragment, int initialDelayMicros, int maxQueueBytes, int packetBytes) {
        return new XfrmIptfs(
                OptionalInt.empty(),
                OptionalInt.empty(),
                dontFragment,
                OptionalInt.of(initialDelayMicros),
                OptionalInt.of(maxQueueBytes),
                OptionalInt.of(packetBytes));
    }

    void put(ByteBuffer out) {
        dropTimeMicros.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.IPTFS_DROP_TIME, v));
        reorderWindowPackets.ifPresent(
                v -> Attributes.putU16(out, XfrmAttribute.IPTFS_REORDER_WINDOW, v));
        if (dontFragment) Attributes.put(out, XfrmAttribute.IPTFS_DONT_FRAG, _ -> {});
        initialDelayMicros.ifPresent(
                v -> Attributes.putU32(out, XfrmAttribute.IPTFS_INIT_DELAY, v));
        maxQueueBytes.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.IPTFS_MAX_QSIZE, v));
        packetBytes.ifPresent(v -> Attributes.putU32(out, XfrmAttribute.IPTFS_PKT_SIZE, v));
    }

    static Optional<XfrmIptfs> of(Attributes attributes) throws MalformedKernelMessage {
        var iptfs =
                new XfrmIptfs(
                        attributes.u32(XfrmAttribute.IPTFS_DROP_TIME),
                        attributes.u16(XfrmAttribute.IPTFS_REORDER_WINDOW),
                        attributes.has(XfrmAttribute.IPTFS_DONT_FRAG),
                        attributes.u32(XfrmAttribute.IPTFS_INIT_DELAY),
                        attributes.u32(XfrmAttribute.IPTFS_MAX_QSIZE),
                        attributes.u32(XfrmAttribute.IPTFS_PKT_SIZE));
        boolean present =
                iptfs.dontFragment
                        || iptfs.dropTimeMicros.isPresent()
                        || iptfs.reorderWindowPackets.isPresent()
                        || iptfs.packetBytes.isPresent();
        return present ? Optional.of(iptfs) : Optional.empty();
    }
}
