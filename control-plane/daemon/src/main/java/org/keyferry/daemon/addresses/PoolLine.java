package org.keyferry.daemon.addresses;

import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// One line of a listing: a lease.
///
/// @param online in use, else only kept for its identity
public record PoolLine(IpAddress address, Identification identity, boolean online) {}
