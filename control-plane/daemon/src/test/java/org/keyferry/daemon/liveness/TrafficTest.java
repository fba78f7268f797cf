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
import org.keyferry.engine.Input.InboundState;
import org.keyferry.engine.KernelOp.ChildInstallation;

class TrafficTest {
    private final Traffic traffic = new Traffic();

    private static ChildInstallation child(int id) {
        return TestConnections.installation(id, "");
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
