package org.keyferry.daemon;

import java.io.IOException;
import java.util.Optional;
import org.keyferry.daemon.config.HostNames;
import org.keyferry.daemon.config.Publisher;
import org.keyferry.daemon.dataplane.Dataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.shard.Shards;
import org.keyferry.engine.Event.Group;
import org.keyferry.engine.Input;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// Starts SAs: finds out the addresses of both ends and gives the request to a shard. Methods may
/// block for name resolution.
public final class Initiator {
    /// The ends of an SA cannot be told.
    public static final class NotPossible extends Exception {
        private static final long serialVersionUID = 1;

        NotPossible(String message) {
            super(message);
        }
    }

    private final Shards shards;
    private final Dataplane dataplane;
    private final HostNames hosts;
    private final Publisher publisher;
    private final Log log;

    Initiator(Shards shards, Dataplane dataplane, HostNames hosts, Publisher publisher, Log log) {
        this.shards = shards;
        this.dataplane = dataplane;
        this.hosts = hosts;
        this.publisher = publisher;
        this.log = log;
    }

    /// @param requestId 0 if nobody waits for the outcome
    /// @param child empty for an IKE_SA alone
    public void initiate(long requestId, Connection connection, Optional<String> child)
            throws NotPossible {
        IpAddress remote = remoteAddress(connection);
        IpAddress local = localAddress(connection, remote);
        publisher.settle();
        shards.give(
                shards.shardOfPeer(remote),
                new Input.Initiate(
                        requestId,
                        connection,
                        child,
                        new Endpoint(local, connection.localPort()),
                        new Endpoint(remote, connection.remotePort())));
    }

    /// Initiates a child that nobody waits for; a failure is logged.
    void start(Connection connection, String child) {
        try {
            initiate(0, connection, Optional.of(child));
        } catch (NotPossible e) {
            log.log(
                    Group.CFG,
                    0,
                    "unable to start CHILD_SA %s of %s: %s",
                    child,
                    connection.name(),
                    e.getMessage());
        }
    }

    private IpAddress remoteAddress(Connection connection) throws NotPossible {
        for (AddressSpec spec : connection.remoteAddrs()) {
            Optional<IpAddress> address = single(spec);
            if (address.isPresent()) {
                return address.get();
            }
        }
        throw new NotPossible("unable to resolve " + connection.remoteAddrs() + " to a peer");
    }

    private Optional<IpAddress> single(AddressSpec spec) {
        return switch (spec) {
            case AddressSpec.Any() -> Optional.empty();
            case AddressSpec.Range(AddressRange range) ->
                    Optional.of(range.first()).filter(range.last()::equals);
            case AddressSpec.HostName(String name) -> hosts.resolve(name).stream().findFirst();
        };
    }

    /// A single address of the right family as configured, else the kernel's choice.
    private IpAddress localAddress(Connection connection, IpAddress remote) throws NotPossible {
        for (AddressSpec spec : connection.localAddrs()) {
            Optional<IpAddress> address = single(spec).filter(own -> own.v6() == remote.v6());
            if (address.isPresent()) {
                return address.get();
            }
        }
        try {
            return dataplane
                    .sourceAddress(remote)
                    .orElseThrow(() -> new NotPossible("there is no route to " + remote));
        } catch (IOException e) {
            throw new NotPossible("the route to " + remote + " is unknown: " + e.getMessage());
        }
    }
}
