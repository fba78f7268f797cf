package org.keyferry.settings.model;

/// How much must be known about whether the certificates of a peer's path were revoked.
public enum Revocation {
    /// Each must be known to be good.
    STRICT,
    /// Each that names a source of such information must be known to be good.
    IFURI,
    /// None may be known to be revoked.
    RELAXED
}
