package org.keyferry.settings;

import java.util.ArrayList;
import java.util.List;

/// What strongswan.conf says of tokens.
///
/// @param modules in the order of the file
/// @param reloadCerts certificates on tokens are read again when settings are
public record Pkcs11Conf(List<Module> modules, boolean reloadCerts) {
    /// A PKCS#11 module.
    ///
    /// @param path of the library, or its name where the loader finds it
    /// @param loadCerts certificates on its tokens are loaded without being named
    /// @param osLocking it may be called by several threads at a time
    public record Module(String name, String path, boolean loadCerts, boolean osLocking) {}

    public Pkcs11Conf {
        modules = List.copyOf(modules);
    }

    static Pkcs11Conf of(SettingsSection charon) {
        var modules = new ArrayList<Module>();
        charon.section("plugins.pkcs11.modules")
                .ifPresent(
                        all -> {
                            for (SettingsSection each : all.sections())
                                each.text("path")
                                        .filter(path -> !path.isBlank())
                                        .ifPresent(path -> modules.add(module(each, path)));
                        });
        return new Pkcs11Conf(modules, charon.bool("plugins.pkcs11.reload_certs", false));
    }

    private static Module module(SettingsSection section, String path) {
        return new Module(
                section.name(),
                path,
                section.bool("load_certs", true),
                section.bool("os_locking", false));
    }
}
