package org.keyferry.engine;

import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// A way to a peer: the own address that packets leave from, and the peer's address that they go
/// to.
public record Path(IpAddress local, IpAddress remote) {
    public static Path between(Endpoint local, Endpoint remote) {
        return new Path(local.address(), remote.address());
    }

    @Override
    public String toString() {
        return local + " - " + remote;
    }
}
