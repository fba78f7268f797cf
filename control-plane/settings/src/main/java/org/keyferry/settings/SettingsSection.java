package org.keyferry.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// A section with everything it inherits. Own settings and sections come first, in the order of the
/// file, then inherited ones that were not seen yet.
///
/// Paths are names joined by dots. The typed getters give the caller's default for a value that is
/// absent, empty or unreadable.
public final class SettingsSection {
    private final SettingsTree tree;
    private final String name;
    private final Origin origin;
    private final List<RawSection> chain;

    SettingsSection(SettingsTree tree, String name, Origin origin, List<RawSection> chain) {
        this.tree = tree;
        this.name = name;
        this.origin = origin;
        this.chain = chain;
    }

    public String name() {
        return name;
    }

    /// Where the section was opened first; of an inherited one, where it was written.
    public Origin origin() {
        return origin;
    }

    List<RawSection> chain() {
        return chain;
    }

    /// Settings that have a value.
    public List<Setting> settings() {
        var keys = new LinkedHashSet<String>();
        for (RawSection section : chain) keys.addAll(section.settings().keySet());
        var settings = new ArrayList<Setting>();
        for (String key : keys) own(key).ifPresent(settings::add);
        return List.copyOf(settings);
    }

    public List<SettingsSection> sections() {
        var names = new LinkedHashSet<String>();
        for (RawSection section : chain) names.addAll(section.sections().keySet());
        return names.stream().map(this::inner).flatMap(Optional::stream).toList();
    }

    public Optional<SettingsSection> section(String path) {
        Optional<SettingsSection> found = Optional.of(this);
        for (String part : path.split("\\.", -1)) found = found.flatMap(at -> at.inner(part));
        return found;
    }

    /// The setting at a path, if it has a value.
    public Optional<Setting> setting(String path) {
        int dot = path.lastIndexOf('.');
        if (dot < 0) return own(path);
        return section(path.substring(0, dot)).flatMap(at -> at.own(path.substring(dot + 1)));
    }

    public Optional<String> text(String path) {
        return setting(path).map(Setting::text);
    }

    public boolean bool(String path, boolean otherwise) {
        return text(path).flatMap(ConfValues::bool).orElse(otherwise);
    }

    public int integer(String path, int otherwise) {
        return text(path).flatMap(ConfValues::integer).orElse(otherwise);
    }

    /// 64 bits, decimal or `0x` hexadecimal.
    public long bits(String path, long otherwise) {
        return text(path).flatMap(ConfValues::bits).orElse(otherwise);
    }

    public double number(String path, double otherwise) {
        return text(path).flatMap(ConfValues::number).orElse(otherwise);
    }

    public Duration time(String path, Duration otherwise) {
        return text(path).flatMap(ConfValues::time).orElse(otherwise);
    }

    /// The first section of the chain that knows the key decides, even if it says that there is no
    /// value.
    private Optional<Setting> own(String key) {
        for (RawSection section : chain) {
            Setting setting = section.settings().get(key);
            if (setting != null) return Optional.of(setting).filter(Setting::isPresent);
        }
        return Optional.empty();
    }

    private Optional<SettingsSection> inner(String child) {
        List<RawSection> found = tree.childrenOf(chain, child);
        if (found.isEmpty()) return Optional.empty();
        return Optional.of(new SettingsSection(tree, child, found.getFirst().origin(), found));
    }
}
