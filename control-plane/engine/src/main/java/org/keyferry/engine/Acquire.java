package org.keyferry.engine;

import org.keyferry.wire.TrafficSelector;

/// The packet that met a trap: what it looked like, and the number by which the kernel knows it.
///
/// @param local one address, with protocol and ports as far as the packet has them; likewise
///   `remote`
public record Acquire(int sequence, TrafficSelector local, TrafficSelector remote) {}
