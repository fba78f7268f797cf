package org.keyferry.daemon.radius;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.InterfaceIds;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Lease;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.engine.sa.ChildView;
import org.keyferry.engine.sa.IkeTasks;
import org.keyferry.engine.sa.IkeView;
import org.keyferry.engine.sa.Login;
import org.keyferry.engine.sa.VirtualIps;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IkeSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.TrafficSelector;
import org.keyferry.wire.Transform;

/// SAs as the engine shows them.
public final class TestViews {
    private static Connection connection() {
        return TestConnections.of("remote_addrs = 192.0.2.2", "");
    }

    static ChildView child(int uniqueId) {
        return child(uniqueId, "10.2.0.0/16");
    }

    /// From 10.1.0.0/16.
    public static ChildView child(int uniqueId, String remoteTs) {
        var installation =
                new ChildInstallation(
                        "gw",
                        3,
                        uniqueId,
                        connection().child("net").orElseThrow(),
                        ChildMode.TUNNEL,
                        ProtocolId.ESP,
                        Optional.empty(),
                        false,
                        ChildTags.NONE,
                        5,
                        new ChildSpi(0xc0ff0000 + uniqueId),
                        new ChildSpi(0xcafe0000 + uniqueId),
                        endpoint("192.0.2.1"),
                        endpoint("192.0.2.2"),
                        false,
                        new Transform(1, 20, 128),
                        null,
                        false,
                        List.of(TrafficSelector.parse("10.1.0.0/16")),
                        List.of(TrafficSelector.parse(remoteTs)),
                        0,
                        0,
                        false,
                        0,
                        List.of());
        return new ChildView(installation, "INSTALLED", Instant.EPOCH);
    }

    private static Endpoint endpoint(String address) {
        return new Endpoint(IpAddress.parse(address), 4500);
    }

    static IkeView ike(int uniqueId, String user, String peer, EapFacts facts) {
        return ike(uniqueId, user, peer, facts, VirtualIps.NONE);
    }

    public static VirtualIps leased(String address) {
        var lease =
                new Lease(
                        IpAddress.parse(address),
                        Identification.parse("dave"),
                        endpoint("192.0.2.3"));
        return new VirtualIps(List.of(), List.of(lease), List.of());
    }

    public static IkeView ike(
            int uniqueId, String user, String peer, EapFacts facts, VirtualIps addresses) {
        return new IkeView(
                uniqueId,
                connection(),
                "ESTABLISHED",
                endpoint("192.0.2.1"),
                Identification.parse("moon.example.org"),
                endpoint(peer),
                Identification.parse(peer),
                false,
                new IkeSpi(1),
                new IkeSpi(2),
                false,
                false,
                false,
                InterfaceIds.NONE,
                null,
                false,
                Instant.EPOCH,
                Instant.MAX,
                Instant.MAX,
                addresses,
                List.of(),
                IkeTasks.NONE,
                new Login(Optional.of(Identification.parse(user)), facts));
    }

    private TestViews() {}
}
