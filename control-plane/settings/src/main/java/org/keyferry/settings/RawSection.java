package org.keyferry.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A section as written, its parts in the order of their first occurrence. Only the parser changes
/// it.
final class RawSection {
    /// Absolute path of a section to inherit from.
    record Reference(List<String> path) {}

    private final String name;
    private final Origin origin;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Map<String, RawSection> sections = new LinkedHashMap<>();
    private final List<Reference> references = new ArrayList<>();

    RawSection(String name, Origin origin) {
        this.name = name;
        this.origin = origin;
    }

    String name() {
        return name;
    }

    Origin origin() {
        return origin;
    }

    Map<String, Setting> settings() {
        return settings;
    }

    Map<String, RawSection> sections() {
        return sections;
    }

    List<Reference> references() {
        return references;
    }

    /// The section of that name, new or already there: writing one twice merges.
    RawSection open(String childName, Origin at) {
        return sections.computeIfAbsent(childName, _ -> new RawSection(childName, at));
    }

    /// The last value wins, at the place of the first.
    void set(Setting setting) {
        settings.put(setting.key(), setting);
    }
}
