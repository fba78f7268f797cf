package org.keyferry.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.PoolSpec;
import org.keyferry.settings.model.SharedSecret;

/// Reads swanctl.conf: all of it or, if anything is wrong, nothing.
public final class SwanctlConf {
    private static final Set<String> TOP_LEVEL =
            Set.of("connections", "secrets", "pools", "authorities");

    private SwanctlConf() {}

    /// Reads a file and what it includes.
    ///
    /// @throws SettingsException naming file, line and reason of the first mistake
    public static LoadedConf load(Path file, ConnectionDefaults defaults) throws SettingsException {
        SettingsTree tree = SettingsParser.parse(file);
        try {
            return read(tree, defaults);
        } finally {
            tree.wipe("secrets");
        }
    }

    /// As the other, but what cannot be taken is handed to `refused` and passed over.
    ///
    /// @throws SettingsException for mistakes outside of connections, and for broken grammar
    public static LoadedConf load(
            Path file, ConnectionDefaults defaults, Consumer<SettingsException> refused)
            throws SettingsException {
        SettingsTree tree = SettingsParser.parse(file);
        try {
            return read(tree, defaults, refused::accept);
        } finally {
            tree.wipe("secrets");
        }
    }

    /// What to do about a connection that cannot be taken.
    private interface Refusal {
        void about(SettingsException mistake) throws SettingsException;
    }

    /// Gives meaning to a parsed file.
    ///
    /// @throws SettingsException naming file, line and reason of the first mistake
    public static LoadedConf read(SettingsTree tree, ConnectionDefaults defaults)
            throws SettingsException {
        return read(
                tree,
                defaults,
                mistake -> {
                    throw mistake;
                });
    }

    private static LoadedConf read(SettingsTree tree, ConnectionDefaults defaults, Refusal refusal)
            throws SettingsException {
        for (Setting setting : tree.root().settings()) throw unknown(setting);
        var warnings = new ArrayList<String>();
        var refused = new HashSet<String>();
        var connections = new ArrayList<Connection>();
        for (SettingsSection section : entries(tree, "connections")) {
            try {
                ConfigSection connection = ConfigSection.ofConnection(section);
                connections.add(ConnectionReader.read(connection, defaults, warnings::add));
            } catch (SettingsException mistake) {
                refused.add(section.name());
                refusal.about(mistake);
            }
        }
        var secrets = new ArrayList<SharedSecret>();
        for (SettingsSection section : entries(tree, "secrets")) {
            if (!IdleSections.secret(section, warnings::add))
                secrets.add(SecretReader.read(section));
        }
        var pools = new ArrayList<PoolSpec>();
        for (SettingsSection section : entries(tree, "pools"))
            pools.add(IdleSections.pool(section));
        for (SettingsSection section : entries(tree, "authorities"))
            IdleSections.authority(section);
        warnings.addAll(unusedSections(tree));
        warnings.addAll(tree.danglingReferences());
        return new LoadedConf(connections, secrets, warnings, refused, pools);
    }

    private static List<SettingsSection> entries(SettingsTree tree, String name)
            throws SettingsException {
        Optional<SettingsSection> section = tree.section(name);
        if (section.isEmpty()) return List.of();
        for (Setting setting : section.get().settings()) throw unknown(setting);
        return section.get().sections();
    }

    private static SettingsException unknown(Setting setting) {
        return new SettingsException(
                Problem.UNKNOWN_OPTION, setting.origin(), setting.key(), "unknown option");
    }

    /// Other sections are templates if something refers to them, else probably misspelt.
    public static List<String> unusedSections(SettingsTree tree) {
        Set<String> referred = tree.referredTopLevelNames();
        return tree.topLevelSections().stream()
                .filter(section -> !TOP_LEVEL.contains(section.name()))
                .filter(section -> !referred.contains(section.name()))
                .map(s -> s.origin() + ": " + s.name() + ": nothing uses this section")
                .toList();
    }
}
