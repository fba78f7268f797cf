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
/// @param keepAliveLimit keepalives of NATs that remember us longer are not sent more often than
///   that
/// @param followRedirects redirects (RFC 5685) are announced and followed
public record PathHandling(
        Duration keepAliveDpdMargin,
        boolean dpdCountsEsp,
        boolean preferBestPath,
        boolean checkCurrentPath,
        Duration keepAliveLimit,
        boolean followRedirects) {
    public static final Duration KEEP_ALIVE_LIMIT = Duration.ofSeconds(100);

    public static final PathHandling DEFAULT =
            new PathHandling(Duration.ZERO, true, false, false, true);

    /// With the usual limit.
    public PathHandling(
            Duration keepAliveDpdMargin,
            boolean dpdCountsEsp,
            boolean preferBestPath,
            boolean checkCurrentPath,
            boolean followRedirects) {
        this(
                keepAliveDpdMargin,
                dpdCountsEsp,
                preferBestPath,
                checkCurrentPath,
                KEEP_ALIVE_LIMIT,
                followRedirects);
    }
}
