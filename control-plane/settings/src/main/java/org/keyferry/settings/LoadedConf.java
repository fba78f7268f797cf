package org.keyferry.settings;

import java.util.List;
import java.util.Set;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.PoolSpec;
import org.keyferry.settings.model.SharedSecret;

/// What a swanctl.conf says, all of it valid, in file order.
///
/// @param warnings what a log should mention, such as sections that nothing uses
/// @param refused names of connections that are in the file but cannot be taken
public record LoadedConf(
        List<Connection> connections,
        List<SharedSecret> secrets,
        List<String> warnings,
        Set<String> refused,
        List<PoolSpec> pools) {
    public LoadedConf {
        connections = List.copyOf(connections);
        secrets = List.copyOf(secrets);
        warnings = List.copyOf(warnings);
        refused = Set.copyOf(refused);
        pools = List.copyOf(pools);
    }

    public LoadedConf(
            List<Connection> connections, List<SharedSecret> secrets, List<String> warnings) {
        this(connections, secrets, warnings, Set.of(), List.of());
    }

    public LoadedConf(List<Connection> connections, List<SharedSecret> secrets) {
        this(connections, secrets, List.of());
    }
}
