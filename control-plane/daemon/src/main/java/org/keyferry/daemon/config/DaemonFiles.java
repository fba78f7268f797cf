package org.keyferry.daemon.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a daemon finds its files.
///
/// @param strongswanConf empty for the default one, which need not exist
/// @param swanctlDir directory of `swanctl.conf`, which need not exist
/// @param dataplane name of the dataplane, overriding strongswan.conf
public record DaemonFiles(
        Optional<Path> strongswanConf, Path swanctlDir, Optional<String> dataplane) {
    private static final Path DEFAULT_STRONGSWAN_CONF = Path.of("/etc/strongswan.conf");
    private static final Path DEFAULT_SWANCTL_DIR = Path.of("/etc/swanctl");

    /// As `STRONGSWAN_CONF`, `SWANCTL_DIR` and the system property `keyferry.dataplane` tell.
    public static DaemonFiles of(Map<String, String> environment) {
        return new DaemonFiles(
                path(environment, "STRONGSWAN_CONF"),
                path(environment, "SWANCTL_DIR").orElse(DEFAULT_SWANCTL_DIR),
                Optional.ofNullable(System.getProperty("keyferry.dataplane")));
    }

    private static Optional<Path> path(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }

    /// The file to read; empty if the default one does not exist.
    public Optional<Path> existingStrongswanConf() {
        return strongswanConf.or(() -> Optional.of(DEFAULT_STRONGSWAN_CONF).filter(Files::exists));
    }

    public Path swanctlConf() {
        return swanctlDir.resolve("swanctl.conf");
    }
}
