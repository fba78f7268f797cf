package org.keyferry.settings.model;

/// IKE_SAs that are set up without a CHILD_SA, which follows (RFC 6023). `ALLOW` lets the peer do
/// so, `PREFER` does so where the peer can, `FORCE` wants it in both roles, `NEVER` refuses it.
public enum Childless {
    ALLOW,
    PREFER,
    FORCE,
    NEVER
}
