package org.keyferry.settings.model;

/// IKE fragmentation (RFC 7383). `ACCEPT` announces it but never sends fragments; `FORCE` differs
/// from `YES` in IKEv1 only.
public enum Fragmentation {
    YES,
    ACCEPT,
    NO,
    FORCE
}
