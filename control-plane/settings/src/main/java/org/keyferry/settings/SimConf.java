package org.keyferry.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where credentials of SIM cards come from.
///
/// @param subscribers a file of Milenage's keys
/// @param triplets a file as charon's plugin eap-sim-file reads it; need not be there
/// @param script a command for the shell that is asked
/// @param scriptTimeout for one question
/// @param scriptLimit questions at a time
public record SimConf(
        Optional<Path> subscribers,
        Path triplets,
        Optional<String> script,
        Duration scriptTimeout,
        int scriptLimit) {
    static SimConf of(SettingsSection charon) {
        return new SimConf(
                charon.text("keyferry.sim.subscribers").filter(p -> !p.isBlank()).map(Path::of),
                Path.of(charon.text("keyferry.sim.triplets").orElse("/etc/ipsec.d/triplets.dat")),
                charon.text("keyferry.sim.script").filter(command -> !command.isBlank()),
                charon.time("keyferry.sim.script_timeout", Duration.ofSeconds(5)),
                StrongswanConf.within(charon, "keyferry.sim.script_limit", 8, 1, 64));
    }
}
