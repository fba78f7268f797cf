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

    /// What loading a connection would change; one that is equal stays the same object.
    public synchronized ConnectionChange changeBy(Connection connection) {
        return new ConnectionChange(
                Optional.ofNullable(connections.get(connection.name())), Optional.of(connection));
    }

    /// What [#replaceFile] would change.
    public synchronized List<ConnectionChange> changesBy(LoadedConf file) {
        var changes = new ArrayList<ConnectionChange>();
        var names = new HashSet<String>();
        for (Connection connection : file.connections()) {
            names.add(connection.name());
            changes.add(changeBy(connection));
        }
        for (String name : connectionsOfFile) {
            if (!names.contains(name) && !file.refused().contains(name)) {
                changes.add(
                        new ConnectionChange(Optional.of(connections.get(name)), Optional.empty()));
            }
        }
        return changes;
    }

    /// Takes the content of swanctl.conf in place of what came from it before. What VICI clients
    /// loaded stays, unless the file has the same name; a connection that is in the file but cannot
    /// be taken stays as it was.
    public synchronized void replaceFile(LoadedConf file) {
        for (ConnectionChange change : changesBy(file)) {
            change.now().ifPresentOrElse(this::put, () -> connections.remove(change.name()));
        }
        connectionsOfFile.retainAll(file.refused());
        file.connections().forEach(connection -> connectionsOfFile.add(connection.name()));
        secretsOfFile.forEach(secrets::remove);
        secretsOfFile.clear();
        for (SharedSecret secret : file.secrets()) {
            secrets.put(secret.id(), secret);
            secretsOfFile.add(secret.id());
        }
    }

    /// Takes a connection of a client; one of the same name keeps its place in the order.
    public synchronized void load(Connection connection) {
        if (put(connection)) {
            connectionsOfFile.remove(connection.name());
        }
    }

    /// SAs compare connections: an equal one stays the object that it was.
    ///
    /// @return whether it differs
    private boolean put(Connection connection) {
        boolean differs = !connection.equals(connections.get(connection.name()));
        if (differs) {
            connections.put(connection.name(), connection);
        }
        return differs;
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
