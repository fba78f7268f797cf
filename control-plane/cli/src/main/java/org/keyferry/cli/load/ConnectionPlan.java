package org.keyferry.cli.load;

import java.util.List;
import java.util.Map;

/// What the daemon says that a load would do to connections and their SAs.
public record ConnectionPlan(
        List<String> added,
        List<String> removed,
        List<String> unchanged,
        List<Replaced> replaced,
        List<Touched> touched) {
    /// @param changed paths of options that differ, such as `children.net.esp_proposals`
    /// @param children what becomes of each: `added`, `removed`, `changed` or `unchanged`
    public record Replaced(String name, List<String> changed, Map<String, String> children) {}

    /// An SA or a trap that would not stay as it is.
    ///
    /// @param ike name of the connection
    /// @param ikeId empty if it is about no IKE SA, but about a trap or a tunnel to come
    /// @param child empty if the whole IKE SA is meant
    /// @param action `close`, `uninstall-trap`, `install-trap` or `initiate`
    public record Touched(String ike, String ikeId, String child, String childId, String action) {}
}
