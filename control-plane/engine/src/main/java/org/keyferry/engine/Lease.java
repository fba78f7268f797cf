package org.keyferry.engine;

import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// An address that a peer has from us for the time of its IKE_SA.
///
/// @param identity of the peer, by which it is kept for it afterwards
/// @param peer from where it was asked for; another host with the same identity gets another one
public record Lease(IpAddress address, Identification identity, Endpoint peer) {}
