package org.keyferry.daemon.inactivity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.dataplane.Counters;
import org.keyferry.daemon.dataplane.StateKey;
import org.keyferry.daemon.policies.TestConnections;
import org.keyferry.engine.KernelOp.ChildInstallation;

class ActivityTest {
    private static final Instant START = Instant.parse("2026-11-03T12:00:00Z");

    private final Activity activity = new Activity();

    private static ChildInstallation child(int id, int inactivitySeconds) {
        return TestConnections.installation(id, "inactivity = " + inactivitySeconds + "s");
    }

    private List<ChildInstallation> look(
            ChildInstallation child, int seconds, long packetsIn, long packetsOut) {
        Map<StateKey, Counters> counters =
                Map.of(
                        StateKey.inbound(child),
                        new Counters(0, packetsIn, Optional.empty()),
                        StateKey.outbound(child),
                        new Counters(0, packetsOut, Optional.empty()));
        return List.copyOf(activity.look(counters, START.plusSeconds(seconds)).keySet());
    }

    @Test
    void packetsInEitherDirectionKeepItUp() {
        var child = child(1, 30);
        activity.add(child, child.config().inactivity(), START);
        assertEquals(List.of(), look(child, 20, 1, 0));
        assertEquals(List.of(), look(child, 40, 1, 1));
        assertEquals(List.of(), look(child, 69, 1, 1));
        assertEquals(List.of(child), look(child, 70, 1, 1));
    }

    @Test
    void oneThatWasNeverUsedIsIdleFromItsStart() {
        var child = child(1, 30);
        activity.add(child, child.config().inactivity(), START);
        assertEquals(List.of(), look(child, 29, 0, 0));
        assertEquals(List.of(child), look(child, 30, 0, 0));
    }

    /// A RADIUS server may want less than is configured.
    @Test
    void theTimeIsThatOfThePeer() {
        var child = child(1, 300);
        activity.add(child, Duration.ofSeconds(60), START);
        assertEquals(List.of(), look(child, 59, 0, 0));
        assertEquals(List.of(child), look(child, 60, 0, 0));
    }

    @Test
    void eachHasItsOwnTime() {
        var quick = child(1, 30);
        var slow = child(2, 300);
        activity.add(quick, quick.config().inactivity(), START);
        activity.add(slow, slow.config().inactivity(), START);
        assertEquals(Optional.of(Duration.ofSeconds(30)), activity.shortest());
        assertEquals(List.of(quick), look(quick, 30, 0, 0));
        activity.remove(quick);
        assertEquals(List.of(), look(slow, 299, 0, 0));
        assertEquals(Optional.of(Duration.ofMinutes(5)), activity.shortest());
    }

    @Test
    void aRekeyingIsNoTraffic() {
        var former = child(1, 30);
        var now = child(2, 30);
        activity.add(former, former.config().inactivity(), START);
        assertEquals(List.of(), look(former, 20, 0, 0));
        activity.replace(former, now);
        assertEquals(List.of(), look(now, 29, 0, 0));
        assertEquals(List.of(now), look(now, 30, 0, 0));
    }

    @Test
    void withoutAnAnswerOfTheKernelNothingIsClosed() {
        var child = child(1, 30);
        activity.add(child, child.config().inactivity(), START);
        assertEquals(Map.of(), activity.look(Map.of(), START.plusSeconds(29)));
        assertEquals(Map.of(), activity.look(Map.of(), START.plusSeconds(31)));
    }
}
