package org.keyferry.daemon.dataplane;

/// Learns that a state reached a limit.
@FunctionalInterface
public interface ExpiryListener {
    /// May be called twice for one limit, and for states that were just removed.
    ///
    /// @param hard the state is gone; otherwise it asks to be replaced
    void expired(StateKey state, boolean hard);
}
