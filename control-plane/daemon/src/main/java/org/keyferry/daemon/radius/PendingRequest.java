package org.keyferry.daemon.radius;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.keyferry.daemon.radius.packet.RadiusAttribute;
import org.keyferry.wire.Bytes;

/// A request to one server from when it is asked for until it is answered or given up. Guarded by
/// its server's lock.
final class PendingRequest {
    final int code;
    final List<RadiusAttribute> attributes;

    /// Another server can be asked instead.
    final boolean movable;

    final CompletableFuture<RadiusAnswer> answer = new CompletableFuture<>();

    /// Where it was sent; `null` while it waits for an identifier.
    RadiusSocket socket;

    int identifier;
    Bytes datagram;
    int transmissions;

    /// [System#nanoTime] of the first transmission.
    long firstSentNanos;

    Future<?> timer;

    PendingRequest(int code, List<RadiusAttribute> attributes, boolean movable) {
        this.code = code;
        this.attributes = List.copyOf(attributes);
        this.movable = movable;
    }
}
