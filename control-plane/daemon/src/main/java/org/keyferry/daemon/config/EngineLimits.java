package org.keyferry.daemon.config;

import java.util.Optional;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;

/// What a valid connection may ask for that the daemon cannot do yet. Such a connection is refused
/// when it is loaded rather than half obeyed.
public final class EngineLimits {
    /// @param option its path within the connection
    public record Refusal(String option, String reason) {
        @Override
        public String toString() {
            return option + ": " + reason;
        }
    }

    private EngineLimits() {}

    /// The first thing that cannot be done; empty if all can.
    public static Optional<Refusal> refusal(Connection connection) {
        return connection.children().stream()
                .map(EngineLimits::ofChild)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Refusal> ofChild(Child child) {
        String path = "children." + child.name() + ".";
        return child.mode() == ChildMode.BEET && child.ipcomp()
                ? refuse(path + "ipcomp", "the kernel has no IPComp in BEET mode")
                : Optional.empty();
    }

    private static Optional<Refusal> refuse(String option, String reason) {
        return Optional.of(new Refusal(option, reason));
    }
}
