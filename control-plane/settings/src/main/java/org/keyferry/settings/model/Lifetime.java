package org.keyferry.settings.model;

import java.time.Duration;

/// Soft (`rekey`) and hard (`life`) limits of a CHILD_SA; zero is no limit. `rand` is the largest
/// random part that is taken off the soft limit. Bytes and packets are never negative.
///
/// @param keyRenewal which rekeyings have a key exchange
public record Lifetime(
        Duration rekeyTime,
        Duration lifeTime,
        Duration randTime,
        long rekeyBytes,
        long lifeBytes,
        long randBytes,
        long rekeyPackets,
        long lifePackets,
        long randPackets,
        KeyRenewal keyRenewal) {
    /// All of whose rekeyings have a key exchange.
    public Lifetime(
            Duration rekeyTime,
            Duration lifeTime,
            Duration randTime,
            long rekeyBytes,
            long lifeBytes,
            long randBytes,
            long rekeyPackets,
            long lifePackets,
            long randPackets) {
        this(
                rekeyTime,
                lifeTime,
                randTime,
                rekeyBytes,
                lifeBytes,
                randBytes,
                rekeyPackets,
                lifePackets,
                randPackets,
                KeyRenewal.ALWAYS);
    }
}
