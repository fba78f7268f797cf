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
/// @param childrenLimit CHILD_SAs of one IKE_SA from which the peer gets no further ones; 0 is no
///   limit
public record ChildHandling(
        boolean reuseIkesa,
        boolean inactivityCloseIke,
        boolean closeIkeOnChildFailure,
        boolean ignoreAcquireTs,
        Duration retryInitiateInterval,
        int childrenLimit) {
    public static final int CHILDREN_LIMIT = 256;
    public static final ChildHandling DEFAULT =
            new ChildHandling(true, false, false, false, Duration.ZERO);

    /// With the usual limit.
    public ChildHandling(
            boolean reuseIkesa,
            boolean inactivityCloseIke,
            boolean closeIkeOnChildFailure,
            boolean ignoreAcquireTs,
            Duration retryInitiateInterval) {
        this(
                reuseIkesa,
                inactivityCloseIke,
                closeIkeOnChildFailure,
                ignoreAcquireTs,
                retryInitiateInterval,
                CHILDREN_LIMIT);
    }

    public ChildHandling withChildrenLimit(int other) {
        return new ChildHandling(
                reuseIkesa,
                inactivityCloseIke,
                closeIkeOnChildFailure,
                ignoreAcquireTs,
                retryInitiateInterval,
                other);
    }
}
