package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Childless;

/// IKE_SAs that come up without a CHILD_SA (RFC 6023).
class ChildlessTest {
    private final SimWorld world = SimWorld.seeded(6023);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private Optional<Reason> comesUp(Childless own, Childless other, String child) {
        var key = SimConnection.secret("ike-1", "correct horse");
        var office =
                SimConnection.between("laptop.test", "gateway.test")
                        .esp(
                                SimConnection.espProposal(
                                        SimConnection.AES_GCM_16, SimConnection.X25519));
        laptop.configured(List.of(office.childless(own).build()), List.of(key));
        gateway.configured(List.of(office.mirrored().childless(other).build()), List.of(key));
        long request = laptop.initiates("office", child, gateway.address());
        world.run(Duration.ofSeconds(30));
        return laptop.outcome(request).orElseThrow();
    }

    private long creations() {
        return world.transcript().stream()
                .filter(line -> line.contains("laptop > gateway  CREATE_CHILD_SA request"))
                .count();
    }

    private void assertUp(long creations) {
        assertEquals(1, laptop.children("net").size());
        assertEquals(1, gateway.children("net").size());
        assertEquals(creations, creations());
        world.traffic().send();
    }

    @Test
    void theChildComesInAnExchangeOfItsOwn() {
        assertEquals(Optional.empty(), comesUp(Childless.FORCE, Childless.ALLOW, "net"));
        assertUp(1);
    }

    @Test
    void whoPrefersItDoesItWhereThePeerCan() {
        assertEquals(Optional.empty(), comesUp(Childless.PREFER, Childless.ALLOW, "net"));
        assertUp(1);
    }

    @Test
    void whoPrefersItGoesOnWithoutWhereThePeerCannot() {
        assertEquals(Optional.empty(), comesUp(Childless.PREFER, Childless.NEVER, "net"));
        assertUp(0);
    }

    @Test
    void whoOnlyAllowsItDoesNotBegin() {
        assertEquals(Optional.empty(), comesUp(Childless.ALLOW, Childless.ALLOW, "net"));
        assertUp(0);
    }

    @Test
    void whoInsistsGivesUpWhereThePeerCannot() {
        var outcome = comesUp(Childless.FORCE, Childless.NEVER, "net");
        assertTrue(outcome.orElseThrow().toString().contains("without a CHILD_SA"));
        assertEquals(0, laptop.established());
    }

    @Test
    void aResponderThatInsistsRefusesAChildInIkeAuth() {
        assertInstanceOf(
                Reason.PeerRefused.class,
                comesUp(Childless.ALLOW, Childless.FORCE, "net").orElseThrow());
        assertEquals(0, gateway.established());
    }

    @Test
    void aResponderThatDoesNotWantItRefusesAnIkeSaAlone() {
        assertInstanceOf(
                Reason.PeerRefused.class,
                comesUp(Childless.ALLOW, Childless.NEVER, null).orElseThrow());
        assertEquals(0, gateway.established());
    }
}
