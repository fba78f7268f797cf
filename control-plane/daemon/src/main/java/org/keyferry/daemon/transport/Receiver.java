package org.keyferry.daemon.transport;

import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;

/// Takes what arrives. Called on the transport's thread; must not block.
@FunctionalInterface
public interface Receiver {
    /// @param message the IKE message, without the non-ESP marker
    void received(Endpoint local, Endpoint remote, Bytes message);
}
