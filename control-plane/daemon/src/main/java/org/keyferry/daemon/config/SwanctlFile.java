package org.keyferry.daemon.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.Algorithms;
import org.keyferry.daemon.config.EngineLimits.Refusal;
import org.keyferry.daemon.creds.TokenSource;
import org.keyferry.daemon.dataplane.Dataplanes;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.CertificateFiles;
import org.keyferry.settings.ConnectionDefaults;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.StrongswanConf;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

/// Reads swanctl.conf for the daemon: connections that cannot be taken are logged and passed over.
public final class SwanctlFile {
    private final TokenSource tokens;
    private final Log log;

    public SwanctlFile(TokenSource tokens, Log log) {
        this.tokens = tokens;
        this.log = log;
    }

    /// What the daemon contributes to each connection.
    public static ConnectionDefaults defaults(StrongswanConf conf) {
        return new ConnectionDefaults(
                Algorithms::supports,
                SwanctlFile::espSupports,
                conf.sockets().port(),
                conf.sockets().portNatT(),
                conf.replayWindow());
    }

    /// ESP and AH may use more ciphers than IKE: the kernel computes them.
    private static boolean espSupports(Transform transform) {
        return switch (transform.type()) {
            case TransformType.ESN -> true;
            case TransformType.ENCR, TransformType.INTEG ->
                    Algorithms.isKnown(transform) && Dataplanes.canName(transform);
            default -> Algorithms.supports(transform);
        };
    }

    /// A file that does not exist is an empty one.
    ///
    /// @throws SettingsException if nothing of the file can be taken
    public LoadedConf load(Path file, StrongswanConf conf) throws SettingsException {
        if (Files.notExists(file)) {
            log.log(Group.CFG, 1, "no %s, nothing to load", file);
            return new LoadedConf(List.of(), List.of());
        }
        LoadedConf loaded =
                SwanctlConf.load(
                        file,
                        defaults(conf)
                                .with(
                                        CertificateFiles.under(file.toAbsolutePath().getParent())
                                                .with(tokens::certificate)),
                        this::refused);
        var accepted = new ArrayList<Connection>();
        var refused = new HashSet<String>(loaded.refused());
        for (Connection connection : loaded.connections()) {
            Optional<Refusal> refusal = EngineLimits.refusal(connection);
            if (refusal.isEmpty()) {
                accepted.add(connection);
            } else {
                refused.add(connection.name());
                log.log(
                        Group.CFG,
                        0,
                        "%s: connection '%s' refused: %s",
                        file,
                        connection.name(),
                        refusal.get());
            }
        }
        loaded.warnings().forEach(warning -> log.log(Group.CFG, 1, "%s", warning));
        log.log(
                Group.CFG,
                1,
                "loaded %d connections and %d secrets from %s",
                accepted.size(),
                loaded.secrets().size(),
                file);
        return new LoadedConf(
                accepted, loaded.secrets(), loaded.warnings(), refused, loaded.pools());
    }

    private void refused(SettingsException mistake) {
        log.log(Group.CFG, 0, "connection refused: %s", mistake.getMessage());
    }
}
