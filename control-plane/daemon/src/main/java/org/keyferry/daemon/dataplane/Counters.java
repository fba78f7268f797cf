package org.keyferry.daemon.dataplane;

import java.time.Instant;
import java.util.Optional;

/// What went through one state so far.
///
/// @param bytes of ESP payload as the kernel counts
/// @param lastUsed to the second; empty if never, or if the kernel does not tell
public record Counters(long bytes, long packets, Optional<Instant> lastUsed) {}
