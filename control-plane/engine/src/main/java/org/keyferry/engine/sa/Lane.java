package org.keyferry.engine.sa;

/// Who began an exchange. One of each may be under way at once (window size 1, RFC 7296 §2.3). What
/// a set-up asks goes by [#OWN], in both roles.
public enum Lane {
    OWN,
    PEERS
}
