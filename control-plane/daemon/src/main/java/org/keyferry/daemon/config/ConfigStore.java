package org.keyferry.daemon.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SharedSecret;

/// All connections and secrets that are loaded, in the order of loading. Any thread.
public final class ConfigStore {
    private final Map<String, Connection> connections = new LinkedHashMap<>();
    private final Map<String, SharedSecret> secrets = new LinkedHashMap<>();

    /// Names that came from swanctl.conf; those that VICI clients loaded outlive its reload.
    private final Set<String> connectionsOfFile = new HashSet<>();

    private final Set<String> secretsOfFile = new HashSet<>();
    private int unnamedSecrets;

    /// What a load changed.
    ///
    /// @param before empty if the connection is new
    public record Change(Optional<Connection> before, Connection now) {
        public boolean isNothing() {
            return before.isPresent() && before.get().equals(now);
        }
    }

    /// Takes the content of swanctl.conf in place of what came from it before. A connection that is
    /// in the file but cannot be taken stays as it was.
    ///
    /// @return connections that are new or differ
    public synchronized List<Change> replaceFile(LoadedConf file) {
        var changes = new ArrayList<Change>();
        var names = new HashSet<String>();
        for (Connection connection : file.connections()) {
            names.add(connection.name());
            changes.add(new Change(put(connection), connection));
        }
        changes.removeIf(Change::isNothing);
        for (String name : connectionsOfFile) {
            if (file.refused().contains(name)) {
                names.add(name);
            } else if (!names.contains(name)) {
                connections.remove(name);
            }
        }
        connectionsOfFile.clear();
        connectionsOfFile.addAll(names);
        secretsOfFile.forEach(secrets::remove);
        secretsOfFile.clear();
        for (SharedSecret secret : file.secrets()) {
            secrets.put(secret.id(), secret);
            secretsOfFile.add(secret.id());
        }
        return changes;
    }

    /// Takes a connection of a client; one of the same name keeps its place in the order.
    public synchronized Change load(Connection connection) {
        var change = new Change(put(connection), connection);
        if (!change.isNothing()) {
            connectionsOfFile.remove(connection.name());
        }
        return change;
    }

    private Optional<Connection> put(Connection connection) {
        return Optional.ofNullable(connections.put(connection.name(), connection));
    }

    /// @return whether there was one
    public synchronized boolean unload(String name) {
        connectionsOfFile.remove(name);
        return connections.remove(name) != null;
    }

    public synchronized Optional<Connection> connection(String name) {
        return Optional.ofNullable(connections.get(name));
    }

    /// The connection that is meant by the name of a child alone: the first that has it.
    public synchronized Optional<Connection> connectionWithChild(String child) {
        return connections.values().stream()
                .filter(connection -> connection.child(child).isPresent())
                .findFirst();
    }

    public synchronized List<Connection> connections() {
        return List.copyOf(connections.values());
    }

    public synchronized void loadSecret(SharedSecret secret) {
        secretsOfFile.remove(secret.id());
        secrets.remove(secret.id()); // of equally good secrets the one loaded last counts
        secrets.put(secret.id(), secret);
    }

    /// An id for a secret that was loaded without one. It holds a character that no section name
    /// may have.
    public synchronized String idForUnnamedSecret() {
        return "#" + ++unnamedSecrets;
    }

    public synchronized void unloadSecret(String id) {
        secretsOfFile.remove(id);
        secrets.remove(id);
    }

    public synchronized void clearSecrets() {
        secretsOfFile.clear();
        secrets.clear();
    }

    public synchronized List<SharedSecret> secrets() {
        return List.copyOf(secrets.values());
    }

    /// Ids of the secrets that were loaded with one.
    public synchronized List<String> secretIds() {
        return secrets.keySet().stream().filter(id -> !id.startsWith("#")).toList();
    }
}
