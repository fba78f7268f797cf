package org.keyferry.settings.model;

/// Limits of what peers may begin, in all of the daemon.
///
/// @param initLimitHalfOpen half-open IKE_SAs from which first requests are dropped; 0 is no limit
/// @param ikesaLimit established IKE_SAs from which first requests are refused; 0 is no limit
/// @param initiatorOnly every first request is ignored
/// @param reconnectLimit IKE_SAs that one identity may set up from one address within a minute
///   before that address is held back; 0 is no limit
public record Admission(
        int initLimitHalfOpen,
        int ikesaLimit,
        boolean initiatorOnly,
        int reconnectLimit,
        Puzzles puzzles) {
    private static final int RECONNECT_LIMIT = 300;
    public static final Admission DEFAULT = new Admission(0, 0, false);

    /// With the usual limit of reconnects, and no puzzles.
    public Admission(int initLimitHalfOpen, int ikesaLimit, boolean initiatorOnly) {
        this(initLimitHalfOpen, ikesaLimit, initiatorOnly, RECONNECT_LIMIT, Puzzles.DEFAULT);
    }

    public Admission with(Puzzles other) {
        return new Admission(initLimitHalfOpen, ikesaLimit, initiatorOnly, reconnectLimit, other);
    }
}
