package org.keyferry.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// A section with values and lists told apart, as a load request carries it. It comes from a file
/// or from a VICI message; the readers of connections take either.
public record ConfigSection(
        String name, Origin origin, List<Item> items, List<ConfigSection> sections) {
    /// One option. What is no list has exactly one value.
    public record Item(String key, boolean list, List<String> values, Origin origin) {
        public Item {
            values = List.copyOf(values);
            if (!list && values.size() != 1)
                throw new IllegalArgumentException(key + " has " + values.size() + " values");
        }
    }

    /// Options of connections that are lists; in a file their entries are separated by commas.
    private static final Set<String> LISTS =
            Set.of(
                    "local_addrs",
                    "remote_addrs",
                    "proposals",
                    "vips",
                    "pools",
                    "groups",
                    "cert_policy",
                    "certs",
                    "cacerts",
                    "pubkeys",
                    "ah_proposals",
                    "esp_proposals",
                    "local_ts",
                    "remote_ts");

    /// Connection, `children`, child: what lies deeper is never an option. Sections that inherit
    /// from what they stand in have no bottom.
    private static final int MAX_DEPTH = 4;

    public ConfigSection {
        items = List.copyOf(items);
        sections = List.copyOf(sections);
    }

    /// A section of `connections` in a file.
    ///
    /// @throws SettingsException if a value is not UTF-8
    public static ConfigSection ofConnection(SettingsSection section) throws SettingsException {
        return of(section, 1);
    }

    private static ConfigSection of(SettingsSection section, int depth) throws SettingsException {
        var items = new ArrayList<Item>();
        for (Setting setting : section.settings()) items.add(item(setting));
        var sections = new ArrayList<ConfigSection>();
        if (depth < MAX_DEPTH) {
            for (SettingsSection inner : section.sections()) sections.add(of(inner, depth + 1));
        }
        return new ConfigSection(section.name(), section.origin(), items, sections);
    }

    private static Item item(Setting setting) throws SettingsException {
        boolean list = LISTS.contains(setting.key());
        String text = setting.strictText();
        List<String> values = list ? split(text) : List.of(text);
        return new Item(setting.key(), list, values, setting.origin());
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }
}
