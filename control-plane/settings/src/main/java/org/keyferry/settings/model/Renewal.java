package org.keyferry.settings.model;

import java.time.Duration;

/// How SAs are replaced.
///
/// @param makeBeforeBreak reauthentication sets the new IKE_SA up before it deletes the old one
/// @param deleteRekeyedDelay how long a rekeyed CHILD_SA still takes late packets; zero means until
///   its lifetime ends
/// @param preferPreviousDhGroup rekeying proposes the key exchange method used before first
public record Renewal(
        boolean makeBeforeBreak, Duration deleteRekeyedDelay, boolean preferPreviousDhGroup) {
    public static final Renewal DEFAULT = new Renewal(true, Duration.ofSeconds(5), true);
}
