package org.keyferry.daemon.policies;

import java.util.List;
import org.keyferry.settings.model.Child;
import org.keyferry.wire.TrafficSelector;

/// A policy that stands without an SA.
///
/// @param ike name of the connection
/// @param localTs as installed
public record PolicyView(
        String ike,
        Child child,
        Mode mode,
        List<TrafficSelector> localTs,
        List<TrafficSelector> remoteTs) {
    /// What happens to packets that fit.
    public enum Mode {
        /// They bring a CHILD_SA up.
        TRAP,
        PASS,
        DROP
    }

    public PolicyView {
        localTs = List.copyOf(localTs);
        remoteTs = List.copyOf(remoteTs);
    }
}
