package org.keyferry.vici;

import java.util.Optional;

/// Limits and access of a server.
///
/// @param maxClients connections at a time; more are closed as they come
/// @param maxQueuedBytes output that may wait for one client, 1 MiB or more
/// @param maxQueuedBytesOfAll for all clients together
/// @param user owner of the socket file, by name; absent: who runs the daemon
/// @param group group of the socket file, by name
public record ViciServerOptions(
        int maxClients,
        int maxQueuedBytes,
        long maxQueuedBytesOfAll,
        Optional<String> user,
        Optional<String> group) {
    public static final ViciServerOptions DEFAULTS =
            new ViciServerOptions(512, 16 << 20, 64 << 20, Optional.empty(), Optional.empty());

    public ViciServerOptions {
        if (maxClients < 1 || maxQueuedBytes < 1 << 20) {
            throw new IllegalArgumentException("limits too small for a VICI server");
        }
    }

    public ViciServerOptions ownedBy(Optional<String> newUser, Optional<String> newGroup) {
        return new ViciServerOptions(
                maxClients, maxQueuedBytes, maxQueuedBytesOfAll, newUser, newGroup);
    }
}
