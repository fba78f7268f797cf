package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.Reason;
import org.keyferry.engine.sa.ChildView;

/// Security labels tell children apart (RFC 9478).
class LabelTest {
    private final SimWorld world = SimWorld.seeded(21);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    /// Two children with the same selectors, `net` listed first.
    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test")
                .selectors("10.1.0.0/16", "10.2.0.0/16")
                .child("voice", "10.1.0.0/16", "10.2.0.0/16");
    }

    private void configured(SimConnection own, SimConnection other) {
        var secrets = List.of(SimConnection.secret("ike", "known to both"));
        laptop.configured(List.of(own.build()), secrets);
        gateway.configured(List.of(other.build()), secrets);
    }

    private Optional<Reason> brings(String child) {
        long request = laptop.initiates("office", child, gateway.address());
        world.run(Duration.ofSeconds(20));
        return laptop.outcome(request).orElseThrow();
    }

    private static List<String> names(SimPeer peer) {
        return children(peer).stream().map(c -> c.config().name()).toList();
    }

    private static List<ChildInstallation> children(SimPeer peer) {
        return peer.views().getFirst().children().stream().map(ChildView::installation).toList();
    }

    @Test
    void theResponderTakesTheChildWithTheLabelThatIsAskedFor() {
        var labelled = office().label("net", "best-effort").label("voice", "expedited");
        configured(labelled, labelled.mirrored());
        assertEquals(Optional.empty(), brings("voice"));
        assertEquals(Optional.empty(), brings("net"));
        assertEquals(List.of("voice", "net"), names(laptop));
        assertEquals(List.of("voice", "net"), names(gateway));
        assertNotEquals(children(gateway).getFirst().reqid(), children(gateway).getLast().reqid());
    }

    @Test
    void anotherLabelOrNoneIsUnacceptable() {
        configured(
                office().label("net", "red").label("voice", "blue"),
                office().mirrored().label("net", "green"));
        assertTrue(brings("net").orElseThrow().toString().contains("TS_UNACCEPTABLE"));
        assertTrue(brings("voice").orElseThrow().toString().contains("TS_UNACCEPTABLE"));
    }

    @Test
    void aChildWithALabelIsNotForAPeerWithoutOne() {
        configured(office(), office().mirrored().label("net", "red"));
        assertEquals(Optional.empty(), brings("net"));
        assertEquals(List.of("voice"), names(gateway));
    }
}
