package org.keyferry.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.RawSection.Reference;

/// A whole configuration as parsed. References between sections are resolved when something is
/// looked up, so it does not matter which of two sections comes first.
public final class SettingsTree {
    /// Sections that inherit from one another in a row; references further along are ignored like
    /// loops.
    private static final int MAX_INHERITANCE = 256;

    private final RawSection root;
    private final IdentityHashMap<RawSection, List<RawSection>> inherited = new IdentityHashMap<>();
    private final Set<RawSection> followed = Collections.newSetFromMap(new IdentityHashMap<>());

    SettingsTree(RawSection root) {
        this.root = root;
    }

    public SettingsSection root() {
        return new SettingsSection(this, "", root.origin(), List.of(root));
    }

    /// The section at a path of names joined by dots.
    public Optional<SettingsSection> section(String path) {
        return root().section(path);
    }

    /// Several sections seen as one, the first that has a key giving its value: what
    /// `charon-systemd` does not say, `charon` may. Sections that do not exist are passed over.
    public SettingsSection firstOf(String... paths) {
        var chain = new ArrayList<RawSection>();
        for (String path : paths) section(path).ifPresent(section -> chain.addAll(section.chain()));
        return new SettingsSection(this, paths[0], root.origin(), List.copyOf(chain));
    }

    /// Sections as written, without what they inherit.
    List<RawSection> topLevelSections() {
        return List.copyOf(root.sections().values());
    }

    /// First names of all the paths that some section refers to.
    Set<String> referredTopLevelNames() {
        var names = new HashSet<String>();
        collectReferences(root, names);
        return names;
    }

    private static void collectReferences(RawSection section, Set<String> names) {
        for (Reference reference : section.references()) names.add(reference.path().getFirst());
        for (RawSection inner : section.sections().values()) collectReferences(inner, names);
    }

    /// A sentence, with its place, for each reference to a section that does not exist.
    List<String> danglingReferences() {
        var found = new ArrayList<String>();
        collectDangling(root, found);
        return found;
    }

    private void collectDangling(RawSection section, List<String> found) {
        for (Reference reference : section.references()) {
            List<RawSection> target = List.of(root);
            for (String name : reference.path()) target = childrenOf(target, name);
            if (target.isEmpty())
                found.add(
                        "%s: %s: there is no section '%s' to inherit from"
                                .formatted(
                                        section.origin(),
                                        section.name(),
                                        String.join(".", reference.path())));
        }
        for (RawSection inner : section.sections().values()) collectDangling(inner, found);
    }

    /// Overwrites all values of a section with zeros. The tree must not be used afterwards.
    public void wipe(String topLevelName) {
        RawSection section = root.sections().get(topLevelName);
        if (section != null) wipe(section);
    }

    private static void wipe(RawSection section) {
        section.settings().values().forEach(Setting::wipe);
        section.sections().values().forEach(SettingsTree::wipe);
    }

    /// Sections of that name within a chain, each followed by those it inherits from.
    List<RawSection> childrenOf(List<RawSection> chain, String name) {
        var found = new LinkedHashSet<RawSection>();
        for (RawSection parent : chain) {
            RawSection child = parent.sections().get(name);
            if (child != null) found.addAll(withInherited(child));
        }
        return List.copyOf(found);
    }

    /// The section and those it inherits from, left to right, each once. A reference that leads
    /// back to a section whose references are just being followed is ignored.
    private synchronized List<RawSection> withInherited(RawSection section) {
        List<RawSection> known = inherited.get(section);
        if (known != null) return known;
        if (followed.size() > MAX_INHERITANCE || !followed.add(section)) return List.of(section);
        var chain = new LinkedHashSet<RawSection>();
        chain.add(section);
        for (Reference reference : section.references()) {
            List<RawSection> target = List.of(root);
            for (String name : reference.path()) target = childrenOf(target, name);
            chain.addAll(target);
        }
        followed.remove(section);
        inherited.put(section, List.copyOf(chain));
        return inherited.get(section);
    }
}
