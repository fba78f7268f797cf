package org.keyferry.settings.model;

import java.time.Duration;

/// How IKE_SAs and their CHILD_SAs hang together.
///
/// @param reuseIkesa a CHILD_SA is initiated over an IKE_SA that its connection already has
/// @param inactivityCloseIke inactivity of the only CHILD_SA closes the IKE_SA instead
/// @param closeIkeOnChildFailure an IKE_SA whose first CHILD_SA fails is closed
/// @param ignoreAcquireTs selectors of a packet that hit a trap are not put first
/// @param retryInitiateInterval until an initiation is tried again that failed for want of an
///   address or a route; zero means never
public record ChildHandling(
        boolean reuseIkesa,
        boolean inactivityCloseIke,
        boolean closeIkeOnChildFailure,
        boolean ignoreAcquireTs,
        Duration retryInitiateInterval) {
    public static final ChildHandling DEFAULT =
            new ChildHandling(true, false, false, false, Duration.ZERO);
}
