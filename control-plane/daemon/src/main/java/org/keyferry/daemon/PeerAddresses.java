package org.keyferry.daemon;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keyferry.daemon.config.HostNames;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.IpAddress;

/// Finds out the addresses of both ends of a connection. Names are resolved each time; methods may
/// block for that.
public final class PeerAddresses {
    /// Both ends of an SA.
    public record Path(Endpoint local, Endpoint remote) {}

    private final HostNames hosts;
    private final Dataplane dataplane;

    public PeerAddresses(HostNames hosts, Dataplane dataplane) {
        this.hosts = hosts;
        this.dataplane = dataplane;
    }

    /// @param before how many tries there were: of several addresses the next one is taken each
    ///   time
    /// @param former the peer of a lost SA, for connections that name none
    Path path(Connection connection, int before, Optional<IpAddress> former)
            throws Initiator.NotPossible {
        List<IpAddress> candidates = all(connection.remoteAddrs());
        if (candidates.isEmpty()) {
            candidates = former.stream().toList();
        }
        if (candidates.isEmpty()) {
            throw new Initiator.NotPossible(
                    "unable to resolve " + connection.remoteAddrs() + " to a peer");
        }
        IpAddress remote = candidates.get(before % candidates.size());
        return path(connection, remote, before / candidates.size());
    }

    /// To a peer whose address is known.
    ///
    /// @param before which of several own addresses is taken
    Path path(Connection connection, IpAddress remote, int before) throws Initiator.NotPossible {
        return new Path(
                new Endpoint(local(connection, remote, before), connection.localPort()),
                new Endpoint(remote, connection.remotePort()));
    }

    /// The way to another gateway than the connection tells: to its first address that there is a
    /// route to.
    Optional<org.keyferry.engine.Path> towards(Connection connection, Gateway gateway) {
        List<IpAddress> candidates =
                switch (gateway) {
                    case Gateway.Address(IpAddress address) -> List.of(address);
                    case Gateway.Name(String name) -> hosts.lookUp(name);
                };
        return candidates.stream()
                .flatMap(
                        remote ->
                                localTowards(connection, remote)
                                        .map(own -> new org.keyferry.engine.Path(own, remote))
                                        .stream())
                .findFirst();
    }

    /// The peer's address, if the connection tells one.
    public Optional<IpAddress> remote(Connection connection) {
        return all(connection.remoteAddrs()).stream().findFirst();
    }

    /// A single address of the right family as configured, else the kernel's choice.
    private IpAddress local(Connection connection, IpAddress remote, int before)
            throws Initiator.NotPossible {
        List<IpAddress> own =
                all(connection.localAddrs()).stream().filter(a -> a.v6() == remote.v6()).toList();
        if (!own.isEmpty()) {
            return own.get(before % own.size());
        }
        try {
            return dataplane
                    .sourceAddress(remote)
                    .orElseThrow(() -> new Initiator.NotPossible("there is no route to " + remote));
        } catch (IOException e) {
            throw new Initiator.NotPossible(
                    "the route to " + remote + " is unknown: " + e.getMessage());
        }
    }

    /// Our own address towards a peer, as far as it can be told now.
    public Optional<IpAddress> localTowards(Connection connection, IpAddress remote) {
        try {
            return Optional.of(local(connection, remote, 0));
        } catch (Initiator.NotPossible _) {
            return Optional.empty();
        }
    }

    /// Single addresses, in order; patterns stand for none.
    private List<IpAddress> all(List<AddressSpec> specs) {
        return specs.stream().flatMap(this::single).distinct().toList();
    }

    private Stream<IpAddress> single(AddressSpec spec) {
        return switch (spec) {
            case AddressSpec.Any() -> Stream.empty();
            case AddressSpec.Range(AddressRange range) ->
                    Stream.of(range.first()).filter(range.last()::equals);
            case AddressSpec.HostName(String name) -> hosts.resolve(name).stream();
        };
    }
}
