package org.keyferry.settings.model;

import java.time.Duration;

/// How an IKE_SA looks after its path to the peer.
///
/// @param keepAliveDpdMargin how late a keepalive must be for a liveness check to take its place;
///   zero means never
/// @param dpdCountsEsp any genuine ESP shows that the peer is there; otherwise only what comes in
///   UDP
/// @param preferBestPath a better path is looked for whenever routes change
/// @param checkCurrentPath a change of routes has the path checked even if it still looks valid
/// @param followRedirects redirects (RFC 5685) are announced and followed
public record PathHandling(
        Duration keepAliveDpdMargin,
        boolean dpdCountsEsp,
        boolean preferBestPath,
        boolean checkCurrentPath,
        boolean followRedirects) {
    public static final PathHandling DEFAULT =
            new PathHandling(Duration.ZERO, true, false, false, true);
}
