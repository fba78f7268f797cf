package org.keyferry.daemon.policies;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.settings.ConnectionDefaults;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.SettingsException;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

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

    /// The child `net` of such a connection, installed under SPIs that are its own.
    ///
    /// @param id unique, small
    public static ChildInstallation installation(int id, String childOptions) {
        Connection config = of("", childOptions);
        return new ChildInstallation(
                "gw",
                1,
                id,
                config.child("net").orElseThrow(),
                ChildMode.TUNNEL,
                ProtocolId.ESP,
                Optional.empty(),
                false,
                ChildTags.NONE,
                1,
                new ChildSpi(0xc0000000 + id),
                new ChildSpi(0xd0000000 + id),
                new Endpoint(IpAddress.parse("192.0.2.1"), 500),
                new Endpoint(IpAddress.parse("192.0.2.2"), 500),
                false,
                new Transform(1, 20, 128),
                null,
                false,
                List.of(),
                List.of(),
                0,
                0,
                false,
                0,
                List.of());
    }
}
