package org.keyferry.daemon.policies;

import java.util.List;
import java.util.Optional;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;

/// Installs traps and shunts and knows those that are installed. Any thread.
public interface StandingPolicies {
    /// Where there are none yet.
    StandingPolicies UNSUPPORTED =
            new StandingPolicies() {
                @Override
                public List<PolicyView> views() {
                    return List.of();
                }

                @Override
                public Optional<String> install(Connection connection, Child child) {
                    return Optional.of("trap policies are not supported yet");
                }

                @Override
                public boolean uninstall(Optional<String> ike, String child) {
                    return false;
                }
            };

    /// What is installed, in the order of installing.
    List<PolicyView> views();

    /// Installs a trap or, as the child's mode says, a shunt; in place of one that it has.
    ///
    /// @return why it could not
    Optional<String> install(Connection connection, Child child);

    /// Removes all that a child has; running SAs stay.
    ///
    /// @param ike name of the connection; without it the first that has such a child
    /// @return whether there was any
    boolean uninstall(Optional<String> ike, String child);
}
