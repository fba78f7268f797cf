package org.keyferry.settings;

import java.util.List;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;

/// What a swanctl.conf says, all of it valid, in file order.
///
/// @param warnings what a log should mention, such as sections that nothing uses
public record LoadedConf(
        List<Connection> connections, List<SharedSecret> secrets, List<String> warnings) {
    public LoadedConf {
        connections = List.copyOf(connections);
        secrets = List.copyOf(secrets);
        warnings = List.copyOf(warnings);
    }

    public LoadedConf(List<Connection> connections, List<SharedSecret> secrets) {
        this(connections, secrets, List.of());
    }
}
