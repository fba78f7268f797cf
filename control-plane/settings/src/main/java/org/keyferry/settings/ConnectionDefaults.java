package org.keyferry.settings;

import java.util.function.Predicate;
import org.keyferry.wire.Transform;

/// What the daemon contributes to each connection.
///
/// @param ikeSupported transforms that IKE proposals may hold
/// @param espSupported transforms that ESP proposals may hold
/// @param localPort the daemon's own IKE port
/// @param replayWindow `charon.replay_window`
public record ConnectionDefaults(
        Predicate<Transform> ikeSupported,
        Predicate<Transform> espSupported,
        int localPort,
        int replayWindow) {
    /// Port 500 and a replay window of 32 packets.
    public static ConnectionDefaults supporting(Predicate<Transform> supported) {
        return new ConnectionDefaults(supported, supported, 500, 32);
    }
}
