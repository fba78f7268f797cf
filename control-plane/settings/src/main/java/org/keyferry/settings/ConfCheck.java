package org.keyferry.settings;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keyferry.settings.CharonOptions.Row;

/// What a log should say about a strongswan.conf, a sentence with its place for each option that
/// does not do what it says.
///
/// @param warnings about options that are unknown, unreadable or without effect
/// @param notes about options of charon that mean nothing here
public record ConfCheck(List<String> warnings, List<String> notes) {
    /// Sections that are read as charon's, and the one of the tool.
    private static final List<String> DAEMON = List.of("charon-systemd", "charon", "libstrongswan");

    private static final Set<String> TOOL_OPTIONS = Set.of("load", "socket", "options");

    /// As deep as options lie, and some more; inheritance may have no bottom.
    private static final int MAX_DEPTH = 8;

    public ConfCheck {
        warnings = List.copyOf(warnings);
        notes = List.copyOf(notes);
    }

    /// Checks the sections that the daemon and `swanctl` read; those of other programs are theirs.
    public static ConfCheck of(SettingsTree tree) {
        var found = new Found();
        for (String name : DAEMON)
            tree.section(name).ifPresent(section -> found.walk(name, List.of(), section));
        tree.section("swanctl").ifPresent(found::tool);
        found.spis(tree.firstOf(DAEMON.toArray(String[]::new)));
        found.warnings.addAll(tree.danglingReferences());
        return new ConfCheck(List.copyOf(found.warnings), List.copyOf(found.notes));
    }

    private static final class Found {
        private final Set<String> warnings = new LinkedHashSet<>();
        private final Set<String> notes = new LinkedHashSet<>();

        private void walk(String top, List<String> path, SettingsSection section) {
            for (Setting setting : section.settings())
                judge(top, appended(path, setting.key()), setting);
            if (path.size() >= MAX_DEPTH) return;
            for (SettingsSection inner : section.sections())
                walk(top, appended(path, inner.name()), inner);
        }

        private void judge(String top, List<String> path, Setting setting) {
            String where = setting.origin() + ": " + top + "." + String.join(".", path) + ": ";
            Optional<Row> known = CharonOptions.find(path);
            if (known.isEmpty()) {
                warnings.add(where + "unknown option");
                return;
            }
            Row row = known.get();
            switch (row.use()) {
                case IDLE -> notes.add(where + "means nothing here");
                case WITHOUT_EFFECT -> {
                    if (!row.isDefault(setting.text()))
                        warnings.add(where + "has no effect: " + row.reason());
                }
                case HONOURED -> {
                    if (!row.takes(setting.text())) warnings.add(where + unreadable(row, setting));
                }
            }
        }

        private static String unreadable(Row row, Setting setting) {
            String instead =
                    row.byDefault().isEmpty() ? "the default" : "the default " + row.byDefault();
            return "'" + setting.text() + "' cannot be taken, " + instead + " holds";
        }

        /// Two options that must fit each other.
        private void spis(SettingsSection charon) {
            if (KernelConf.spisFit(charon)) return;
            charon.setting("spi_min")
                    .or(() -> charon.setting("spi_max"))
                    .ifPresent(
                            setting ->
                                    warnings.add(
                                            setting.origin()
                                                    + ": "
                                                    + setting.key()
                                                    + ": spi_min is reserved or above spi_max, the"
                                                    + " default range holds"));
        }

        private void tool(SettingsSection section) {
            for (Setting setting : section.settings()) {
                if (!TOOL_OPTIONS.contains(setting.key()))
                    warnings.add(
                            setting.origin() + ": swanctl." + setting.key() + ": unknown option");
            }
        }

        private static List<String> appended(List<String> path, String name) {
            var longer = new ArrayList<String>(path);
            longer.add(name);
            return longer;
        }
    }
}
