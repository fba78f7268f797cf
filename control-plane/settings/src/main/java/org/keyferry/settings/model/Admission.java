package org.keyferry.settings.model;

/// Limits of what peers may begin, in all of the daemon.
///
/// @param initLimitHalfOpen half-open IKE_SAs from which first requests are dropped; 0 is no limit
/// @param ikesaLimit established IKE_SAs from which first requests are refused; 0 is no limit
/// @param initiatorOnly every first request is ignored
public record Admission(int initLimitHalfOpen, int ikesaLimit, boolean initiatorOnly) {
    public static final Admission DEFAULT = new Admission(0, 0, false);
}
