package org.keyferry.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the daemon logs to. Without any file the daemon chooses.
public record Logging(List<LogFile> files) {
    /// Subsystems with a level of their own.
    public static final Set<String> GROUPS =
            Set.of(
                    "dmn", "mgr", "ike", "chd", "job", "wch", "cfg", "knl", "net", "asn", "enc",
                    "tnc", "imc", "imv", "pts", "tls", "app", "esp", "lib");

    /// One log file with its levels: -1 silent, 0 basic, 1 control, 2 detail, 3 raw, 4 secrets.
    ///
    /// @param path a file, or `stdout` or `stderr`
    /// @param groupLevels levels of those groups that differ from `level`
    /// @param timeFormat for strftime; lines have no time without it
    /// @param timePrecision `s`, `ms` or `us`
    public record LogFile(
            String path,
            int level,
            Map<String, Integer> groupLevels,
            boolean append,
            boolean flushLine,
            boolean ikeName,
            boolean logLevel,
            boolean json,
            Optional<String> timeFormat,
            String timePrecision) {
        public LogFile {
            groupLevels = Map.copyOf(groupLevels);
        }

        /// The level of a group.
        public int levelOf(String group) {
            return groupLevels.getOrDefault(group, level);
        }
    }

    public Logging {
        files = List.copyOf(files);
    }

    static Logging of(SettingsSection charon) {
        var files = new ArrayList<LogFile>();
        charon.section("filelog")
                .ifPresent(filelog -> filelog.sections().forEach(file -> files.add(file(file))));
        return new Logging(files);
    }

    private static LogFile file(SettingsSection section) {
        int level = level(section, "default", 1);
        var groups = new LinkedHashMap<String, Integer>();
        for (String group : GROUPS) {
            int own = level(section, group, level);
            if (own != level) groups.put(group, own);
        }
        boolean milliseconds = section.bool("time_add_ms", false);
        return new LogFile(
                section.text("path").orElse(section.name()),
                level,
                groups,
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

    private static int level(SettingsSection section, String key, int otherwise) {
        int level = section.integer(key, otherwise);
        return level < -1 || level > 4 ? otherwise : level;
    }
}
