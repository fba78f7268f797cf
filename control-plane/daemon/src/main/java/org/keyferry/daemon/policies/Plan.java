package org.keyferry.daemon.policies;

import java.util.List;
import java.util.Optional;
import org.keyferry.daemon.PeerAddresses;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Ids;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.engine.exchange.TrafficSelection;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

/// What a trap or a shunt will look like: addresses and selectors, as far as they can be told now.
///
/// @param local of the tunnel, may be any; likewise `remote`
/// @param anyPeer the destination of a packet becomes the peer
record Plan(
        Connection connection,
        Child child,
        IpAddress local,
        IpAddress remote,
        boolean anyPeer,
        List<TrafficSelector> localTs,
        List<TrafficSelector> remoteTs) {

    static boolean isShunt(Child child) {
        return child.mode() == ChildMode.PASS || child.mode() == ChildMode.DROP;
    }

    /// Blocks for name resolution.
    ///
    /// @throws NotInstalled if a trap's peer is not known and must be
    static Plan of(Connection connection, Child child, PeerAddresses addresses)
            throws NotInstalled {
        return isShunt(child) ? shunt(connection, child) : trap(connection, child, addresses);
    }

    private static Plan shunt(Connection connection, Child child) throws NotInstalled {
        if (isDynamic(child.localTs()) || isDynamic(child.remoteTs())) {
            throw new NotInstalled("a shunt needs local_ts and remote_ts, dynamic has no meaning");
        }
        return new Plan(
                connection,
                child,
                IpAddress.ANY_V4,
                IpAddress.ANY_V4,
                false,
                TrafficSelection.resolve(child.localTs(), List.of(IpAddress.ANY_V4)),
                TrafficSelection.resolve(child.remoteTs(), List.of(IpAddress.ANY_V4)));
    }

    private static Plan trap(Connection connection, Child child, PeerAddresses addresses)
            throws NotInstalled {
        Optional<IpAddress> peer = addresses.remote(connection);
        boolean named =
                connection.remoteAddrs().stream().anyMatch(AddressSpec.HostName.class::isInstance);
        boolean anyPeer = peer.isEmpty() && !named && child.mode() == ChildMode.TRANSPORT;
        boolean unresolved = peer.isEmpty() && named && !isDynamic(child.remoteTs());
        if (peer.isEmpty() && !anyPeer && !unresolved) {
            throw new NotInstalled("remote address unknown");
        }
        IpAddress remote = peer.orElseGet(() -> anyOf(child));
        Optional<IpAddress> own =
                peer.isPresent() ? addresses.localTowards(connection, remote) : Optional.empty();
        if (own.isEmpty() && isDynamic(child.localTs()) && !anyPeer) {
            throw new NotInstalled("own address unknown, and local_ts is dynamic");
        }
        IpAddress local = own.orElse(remote.v6() ? IpAddress.ANY_V6 : IpAddress.ANY_V4);
        return new Plan(
                connection,
                child,
                local,
                remote,
                anyPeer,
                selectors(child.localTs(), local),
                selectors(child.remoteTs(), remote));
    }

    /// `dynamic` of an end that may be anybody is everybody.
    private static List<TrafficSelector> selectors(List<TsSpec> specs, IpAddress end) {
        return end.isAny()
                ? specs.stream().map(spec -> everybody(spec, end)).toList()
                : TrafficSelection.resolve(specs, List.of(end));
    }

    private static TrafficSelector everybody(TsSpec spec, IpAddress any) {
        return switch (spec) {
            case TsSpec.Fixed(var ts) -> ts;
            case TsSpec.Dynamic(int protocol, var ports) ->
                    new TrafficSelector(
                            protocol, ports, org.keyferry.wire.AddressRange.ofPrefix(any, 0));
        };
    }

    private static boolean isDynamic(List<TsSpec> specs) {
        return specs.stream().anyMatch(TsSpec.Dynamic.class::isInstance);
    }

    /// Of the family that the selectors have.
    private static IpAddress anyOf(Child child) {
        boolean v6 =
                child.remoteTs().stream()
                        .anyMatch(
                                spec ->
                                        spec instanceof TsSpec.Fixed(var ts)
                                                && ts.addresses().v6());
        return v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4;
    }

    String name() {
        return name(connection.name(), child.name());
    }

    static String name(String connection, String child) {
        return connection + "/" + child;
    }

    Ids.Trap trap(Ids ids) {
        ChildTags tags = tags(ids);
        return new Ids.Trap(Ids.ReqidKey.of(tags, localTs, remoteTs, child.label()), tags);
    }

    ChildTags tags(Ids ids) {
        var ofConnection =
                InterfaceIds.resolve(
                        connection.ifIdIn(), connection.ifIdOut(), InterfaceIds.NONE, ids);
        return ChildTags.resolve(ofConnection, child, ids);
    }

    PolicyView view() {
        PolicyView.Mode mode =
                switch (child.mode()) {
                    case PASS -> PolicyView.Mode.PASS;
                    case DROP -> PolicyView.Mode.DROP;
                    default -> PolicyView.Mode.TRAP;
                };
        return new PolicyView(connection.name(), child, mode, localTs, remoteTs);
    }
}
