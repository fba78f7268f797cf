package org.keyferry.cli.load;

/// What can be loaded on its own, in the order in which it must be: a connection may need any of
/// those before it.
public enum Part {
    CREDS,
    AUTHORITIES,
    POOLS,
    CONNS
}
