package org.keyferry.daemon.policies;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.keyferry.settings.ConnectionDefaults;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.Connection;

/// Connections as they are written.
public final class TestConnections {
    private TestConnections() {}

    /// A connection `gw` with a child `net`.
    public static Connection of(String ike, String child) {
        String text =
                "connections { gw { %s\n local { auth = psk }\n remote { auth = psk }\n children { net { %s\n } } } }"
                        .formatted(ike, child);
        try {
            var tree =
                    SettingsParser.parse(
                            Path.of("test"),
                            text.getBytes(StandardCharsets.UTF_8),
                            FileSource.DISK);
            return SwanctlConf.read(tree, ConnectionDefaults.supporting(_ -> true))
                    .connections()
                    .getFirst();
        } catch (SettingsException e) {
            throw new AssertionError(e);
        }
    }
}
