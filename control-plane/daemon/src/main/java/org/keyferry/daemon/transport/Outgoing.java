package org.keyferry.daemon.transport;

import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;

/// A datagram to be sent.
///
/// @param message empty for a NAT keepalive
/// @param marked behind a non-ESP marker
/// @param dscp differentiated services code point of its IP packet, 0 to 63
public record Outgoing(
        Endpoint local, Endpoint remote, Optional<Bytes> message, boolean marked, int dscp) {}
