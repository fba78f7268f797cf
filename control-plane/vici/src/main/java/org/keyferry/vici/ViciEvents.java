package org.keyferry.vici;

import java.util.Set;

/// The events a client may register for.
public final class ViciEvents {
    /// Belong to one running command; go to its connection only.
    public static final Set<String> STREAMED =
            Set.of(
                    "list-sa",
                    "list-policy",
                    "list-conn",
                    "list-cert",
                    "list-authority",
                    "control-log");

    /// Go to every connection that registered.
    public static final Set<String> BROADCAST =
            Set.of(
                    "log",
                    "ike-updown",
                    "ike-rekey",
                    "ike-update",
                    "child-updown",
                    "child-rekey",
                    "alert");

    private ViciEvents() {}

    static boolean known(String event) {
        return STREAMED.contains(event) || BROADCAST.contains(event);
    }
}
