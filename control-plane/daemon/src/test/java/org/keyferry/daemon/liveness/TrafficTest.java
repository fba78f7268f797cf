package org.keyferry.daemon.liveness;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.Input.InboundState;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;

class TrafficTest {
    private final Traffic traffic = new Traffic();

    private static ChildInstallation child(int id) {
        var config = TestConnections.of("", "");
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
                0);
    }

    private static Map<StateKey, Counters> counted(
            ChildInstallation child, long packetsIn, long packetsOut) {
        return Map.of(
                StateKey.inbound(child),
                new Counters(0, packetsIn, Optional.empty()),
                StateKey.outbound(child),
                new Counters(0, packetsOut, Optional.empty()));
    }

    @Test
    void onlyWhatCameSinceTheLastLookCounts() {
        var child = child(1);
        var inbound = new InboundState(child.local().address(), child.protocolId(), child.spiIn());
        traffic.add(child, Duration.ofSeconds(30));
        assertEquals(List.of(), traffic.look(counted(child, 0, 5)), "what we send shows nothing");
        assertEquals(List.of(inbound), traffic.look(counted(child, 1, 5)));
        assertEquals(List.of(), traffic.look(counted(child, 1, 9)));
        assertEquals(List.of(), traffic.look(Map.of()), "gone meanwhile");
        assertEquals(List.of(inbound), traffic.look(counted(child, 2, 9)));
        traffic.remove(child);
        assertEquals(List.of(), traffic.look(counted(child, 3, 9)));
    }

    @Test
    void theShortestDelaySetsThePace() {
        assertEquals(Optional.empty(), traffic.shortest());
        traffic.add(child(1), Duration.ofSeconds(30));
        traffic.add(child(2), Duration.ofSeconds(10));
        assertEquals(Optional.of(Duration.ofSeconds(10)), traffic.shortest());
        traffic.remove(child(2));
        assertEquals(Optional.of(Duration.ofSeconds(30)), traffic.shortest());
    }
}
