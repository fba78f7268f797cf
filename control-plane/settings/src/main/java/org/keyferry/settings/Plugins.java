package org.keyferry.settings;

import java.util.Arrays;
import java.util.Optional;

/// charon's plugins, as far as it matters whether charon would load them.
final class Plugins {
    /// Whether charon would have the plugin: by its own `load`, a priority being as good as `yes`,
    /// or because the list `load` names it.
    static boolean isLoaded(SettingsSection charon, String plugin) {
        String key = "plugins." + plugin + ".load";
        Optional<String> own = charon.text(key);
        if (own.isPresent()) {
            return charon.bool(key, !own.get().equals("0"));
        }
        return Arrays.stream(charon.text("load").orElse("").split("[, ]+", -1))
                .map(name -> name.endsWith("!") ? name.substring(0, name.length() - 1) : name)
                .anyMatch(plugin::equals);
    }

    private Plugins() {}
}
