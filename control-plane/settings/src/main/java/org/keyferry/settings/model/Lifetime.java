package org.keyferry.settings.model;

import java.time.Duration;

/// Soft (`rekey`) and hard (`life`) limits of a CHILD_SA; zero is no limit. `rand` is the largest
/// random part that is taken off the soft limit. Bytes and packets are never negative.
public record Lifetime(
        Duration rekeyTime,
        Duration lifeTime,
        Duration randTime,
        long rekeyBytes,
        long lifeBytes,
        long randBytes,
        long rekeyPackets,
        long lifePackets,
        long randPackets) {}
