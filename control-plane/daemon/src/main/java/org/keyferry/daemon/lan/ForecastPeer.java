package org.keyferry.daemon.lan;

import java.util.List;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// A CHILD_SA that broadcasts and multicasts go through. It has marks of its own: they tell what
/// came by it, and lead to it what many CHILD_SAs have selectors for.
///
/// @param local address of ours that ESP leaves from
record ForecastPeer(
        String child,
        int spiIn,
        int markIn,
        int markOut,
        IpAddress local,
        List<AddressRange> ownNetworks,
        List<AddressRange> peersNetworks) {
    private static final int WHOLE = -1;

    static boolean isOne(ChildInstallation child) {
        var kernel = child.config().kernel();
        return child.mode() == ChildMode.TUNNEL
                && isOwn(kernel.markIn())
                && isOwn(kernel.markOut());
    }

    static ForecastPeer of(ChildInstallation child) {
        return new ForecastPeer(
                child.config().name(),
                child.spiIn().value(),
                child.tags().markIn().value(),
                child.tags().markOut().value(),
                child.local().address(),
                networks(child.localTs()),
                networks(child.remoteTs()));
    }

    /// Whether the CHILD_SA has selectors for it on its way to the peer.
    boolean takes(IpPacket packet) {
        return covers(ownNetworks, packet.source()) && covers(peersNetworks, packet.destination());
    }

    /// Whether it may have come from the peer.
    boolean sends(IpPacket packet) {
        return covers(peersNetworks, packet.source()) && covers(ownNetworks, packet.destination());
    }

    private static boolean covers(List<AddressRange> networks, IpAddress address) {
        return networks.stream().anyMatch(range -> range.contains(address));
    }

    private static List<AddressRange> networks(List<TrafficSelector> selectors) {
        return selectors.stream().map(TrafficSelector::addresses).distinct().toList();
    }

    private static boolean isOwn(Mark mark) {
        return mark.mask() == WHOLE
                && (mark.kind() == Mark.Kind.UNIQUE || mark.kind() == Mark.Kind.UNIQUE_DIR);
    }
}
