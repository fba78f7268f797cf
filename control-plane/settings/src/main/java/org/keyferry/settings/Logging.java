package org.keyferry.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the daemon logs to. Without any of these the daemon chooses.
///
/// @param journal empty if it has no section
/// @param warnings about what is configured but cannot be done
public record Logging(
        List<LogFile> files,
        List<Syslog> syslogs,
        Optional<Journal> journal,
        List<String> warnings) {
    /// Subsystems with a level of their own.
    public static final Set<String> GROUPS =
            Set.of(
                    "dmn", "mgr", "ike", "chd", "job", "wch", "cfg", "knl", "net", "asn", "enc",
                    "tnc", "imc", "imv", "pts", "tls", "app", "esp", "lib");

    /// What syslog sees as the program.
    private static final String DEFAULT_IDENTIFIER = "keyferryd";

    private static final Set<String> FACILITIES = Set.of("daemon", "auth");

    /// Level of all groups, and of those that differ: -1 silent, 0 basic, 1 control, 2 detail, 3
    /// raw, 4 secrets.
    public record Levels(int level, Map<String, Integer> groupLevels) {
        public Levels {
            groupLevels = Map.copyOf(groupLevels);
        }

        /// The level of a group.
        public int of(String group) {
            return groupLevels.getOrDefault(group, level);
        }
    }

    /// One log file.
    ///
    /// @param path a file, or `stdout` or `stderr`
    /// @param timeFormat for strftime; lines have no time without it
    /// @param timePrecision `s`, `ms` or `us`
    public record LogFile(
            String path,
            Levels levels,
            boolean append,
            boolean flushLine,
            boolean ikeName,
            boolean logLevel,
            boolean json,
            Optional<String> timeFormat,
            String timePrecision) {}

    /// One facility of the system's log.
    ///
    /// @param facility `daemon` or `auth`
    /// @param mapLevel priority of level 0, further levels following it; -1 for LOG_INFO always
    public record Syslog(
            String facility,
            String identifier,
            Levels levels,
            boolean ikeName,
            boolean logLevel,
            int mapLevel) {}

    /// systemd's journal.
    public record Journal(Levels levels) {}

    public Logging {
        files = List.copyOf(files);
        syslogs = List.copyOf(syslogs);
        warnings = List.copyOf(warnings);
    }

    static Logging of(SettingsSection charon) {
        var files = new ArrayList<LogFile>();
        var syslogs = new ArrayList<Syslog>();
        var warnings = new ArrayList<String>();
        charon.section("filelog")
                .ifPresent(filelog -> filelog.sections().forEach(file -> files.add(file(file))));
        String identifier = charon.text("syslog.identifier").orElse(DEFAULT_IDENTIFIER);
        charon.section("syslog").map(SettingsSection::sections).orElse(List.of()).stream()
                .forEach(
                        section -> {
                            if (FACILITIES.contains(section.name())) {
                                syslogs.add(syslog(section, identifier));
                            } else {
                                warnings.add(
                                        section.origin()
                                                + ": syslog."
                                                + section.name()
                                                + ": there are the facilities daemon and auth");
                            }
                        });
        return new Logging(
                files,
                syslogs,
                charon.section("journal").map(section -> new Journal(levels(section))),
                warnings);
    }

    private static LogFile file(SettingsSection section) {
        boolean milliseconds = section.bool("time_add_ms", false);
        return new LogFile(
                section.text("path").orElse(section.name()),
                levels(section),
                section.bool("append", true),
                section.bool("flush_line", false),
                section.bool("ike_name", false),
                section.bool("log_level", false),
                section.bool("json", false),
                section.text("time_format"),
                section.text("time_precision")
                        .filter(Set.of("s", "ms", "us")::contains)
                        .orElse(milliseconds ? "ms" : "s"));
    }

    private static Syslog syslog(SettingsSection section, String identifier) {
        int mapLevel = section.integer("map_level", -1);
        return new Syslog(
                section.name(),
                identifier,
                levels(section),
                section.bool("ike_name", false),
                section.bool("log_level", false),
                Math.clamp(mapLevel, -1, 7));
    }

    private static Levels levels(SettingsSection section) {
        int level = level(section, "default", 1);
        var groups = new LinkedHashMap<String, Integer>();
        for (String group : GROUPS) {
            int own = level(section, group, level);
            if (own != level) groups.put(group, own);
        }
        return new Levels(level, groups);
    }

    private static int level(SettingsSection section, String key, int otherwise) {
        int level = section.integer(key, otherwise);
        return level < -1 || level > 4 ? otherwise : level;
    }
}
