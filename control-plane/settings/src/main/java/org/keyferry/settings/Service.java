package org.keyferry.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the daemon does as a service of the host.
///
/// @param startScripts run in this order once VICI clients are served
/// @param stopScripts run in this order before anything is taken down
/// @param user by name, empty for none
/// @param group by name, empty for none
/// @param crashDetection tokens of RFC 6290 are given and taken
/// @param stateDir what must outlive the daemon
public record Service(
        List<Script> startScripts,
        List<Script> stopScripts,
        Optional<String> user,
        Optional<String> group,
        boolean crashDetection,
        Path stateDir) {

    /// A command for the shell.
    public record Script(String name, String command) {}

    public Service {
        startScripts = List.copyOf(startScripts);
        stopScripts = List.copyOf(stopScripts);
    }

    static Service of(SettingsSection charon) {
        return new Service(
                scripts(charon, "start-scripts"),
                scripts(charon, "stop-scripts"),
                charon.text("user"),
                charon.text("group"),
                charon.bool("keyferry.crash_detection", true),
                Path.of(charon.text("keyferry.state_dir").orElse("/var/lib/keyferry")));
    }

    private static List<Script> scripts(SettingsSection charon, String section) {
        return charon.section(section).map(SettingsSection::settings).orElse(List.of()).stream()
                .map(setting -> new Script(setting.key(), setting.text()))
                .filter(script -> !script.command().isBlank())
                .toList();
    }
}
