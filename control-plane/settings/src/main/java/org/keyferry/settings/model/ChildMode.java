package org.keyferry.settings.model;

/// Encapsulation of a child. `PASS` and `DROP` are kernel policies without an SA, never negotiated.
public enum ChildMode {
    TUNNEL,
    TRANSPORT,
    BEET,
    PASS,
    DROP
}
