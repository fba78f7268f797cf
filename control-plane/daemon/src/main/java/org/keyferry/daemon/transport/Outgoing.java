package org.keyferry.daemon.transport;

import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Endpoint;

/// A datagram to be sent.
///
/// @param message empty for a NAT keepalive
/// @param marked behind a non-ESP marker
public record Outgoing(Endpoint local, Endpoint remote, Optional<Bytes> message, boolean marked) {}
