package org.keyferry.cli.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.keyferry.settings.Setting;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SettingsSection;
import org.keyferry.settings.SettingsTree;
import org.keyferry.settings.SwanctlConf;

/// All that a configuration says, read and ready to be sent.
///
/// @param parts those that were asked for; the others are empty
/// @param names of connections, pools and authorities that are written down, readable or not: what
///   is there but broken must not be removed from the daemon
/// @param failures what could not be read
/// @param warnings what probably was not meant
public record Wanted(
        Set<Part> parts,
        Credentials credentials,
        List<Entry> authorities,
        List<Entry> pools,
        List<Entry> connections,
        Names names,
        List<LoadFailure> failures,
        List<String> warnings) {
    record Names(Set<String> authorities, Set<String> pools, Set<String> connections) {}

    /// Reads a file, and the directories that it may name files of.
    ///
    /// @throws SettingsException if the file's grammar is broken: then nothing of it is loaded
    public static Wanted read(Path file, Path swanctlDirectory, Set<Part> parts)
            throws SettingsException {
        SettingsTree tree = SettingsParser.parse(file);
        var reader = new Reader(tree, new SwanctlDirectory(swanctlDirectory));
        var warnings = new ArrayList<>(SwanctlConf.unusedSections(tree));
        for (Setting setting : tree.root().settings()) {
            warnings.add(setting.origin() + ": " + setting.key() + ": nothing uses this option");
        }
        return reader.read(EnumSet.copyOf(parts), warnings);
    }

    boolean has(Part part) {
        return parts.contains(part);
    }

    private static final class Reader {
        private final SettingsTree tree;
        private final SwanctlDirectory directory;
        private final EntryReader entries;
        private final List<LoadFailure> failures = new ArrayList<>();

        private Reader(SettingsTree tree, SwanctlDirectory directory) {
            this.tree = tree;
            this.directory = directory;
            this.entries = new EntryReader(directory);
        }

        private Wanted read(Set<Part> parts, List<String> warnings) {
            var names =
                    new Names(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
            Credentials credentials =
                    parts.contains(Part.CREDS)
                            ? new CredentialReader(directory, failures::add)
                                    .read(sections("secrets"))
                            : Credentials.NONE;
            List<Entry> authorities =
                    parts.contains(Part.AUTHORITIES)
                            ? read("authorities", entries::authority, names.authorities())
                            : List.of();
            List<Entry> pools =
                    parts.contains(Part.POOLS)
                            ? read("pools", entries::pool, names.pools())
                            : List.of();
            List<Entry> connections =
                    parts.contains(Part.CONNS)
                            ? read("connections", entries::connection, names.connections())
                            : List.of();
            return new Wanted(
                    parts, credentials, authorities, pools, connections, names, failures, warnings);
        }

        private interface Reading {
            Entry read(SettingsSection section) throws LoadFailure;
        }

        private List<Entry> read(String top, Reading reading, Set<String> names) {
            var found = new ArrayList<Entry>();
            for (SettingsSection section : sections(top)) {
                names.add(section.name());
                try {
                    found.add(reading.read(section));
                } catch (LoadFailure failure) {
                    failures.add(failure);
                }
            }
            return found;
        }

        private List<SettingsSection> sections(String top) {
            return tree.section(top).map(SettingsSection::sections).orElse(List.of());
        }
    }
}
