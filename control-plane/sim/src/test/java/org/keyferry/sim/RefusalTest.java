package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.Event;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.ChildHandling;

/// Each refusal has its reason on both sides and leaves nothing behind.
class RefusalTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int AES_CBC = 12;

    private final SimWorld world = SimWorld.seeded(5);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1");
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2");

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private Reason refused(SimConnection own, SimConnection theirs, String key, String otherKey) {
        laptop.configured(List.of(own.build()), List.of(SimConnection.secret("ike", key)));
        gateway.configured(List.of(theirs.build()), List.of(SimConnection.secret("ike", otherKey)));
        long request = laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        return laptop.outcome(request).orElseThrow().orElseThrow();
    }

    private void assertNothingLeft() {
        assertEquals(0, laptop.kernel().objectCount());
        assertEquals(0, gateway.kernel().objectCount());
        assertEquals(0, laptop.engine().size());
        assertEquals(0, gateway.engine().size());
    }

    private static boolean logged(SimPeer peer, String text) {
        return peer.events().stream()
                .filter(Event.Logged.class::isInstance)
                .map(e -> ((Event.Logged) e).text())
                .anyMatch(line -> line.contains(text));
    }

    @Test
    void wrongPresharedKey() {
        Reason reason = refused(office(), office().mirrored(), "one", "two");
        assertEquals("peer refused IKE_AUTH with AUTHENTICATION_FAILED", reason.toString());
        assertTrue(
                logged(
                        gateway,
                        "tried 1 shared key for 'gateway.test' - 'laptop.test', but MAC"
                                + " mismatched"));
        assertNothingLeft();
    }

    @Test
    void noCommonIkeProposalNamesTheFirstMismatch() {
        var theirs =
                office().mirrored()
                        .ike(
                                SimConnection.ikeProposal(
                                        SimConnection.AES_GCM_16, SimConnection.MODP_2048));
        Reason reason = refused(office(), theirs, "k", "k");
        assertTrue(
                reason.toString().startsWith("peer refused IKE_SA_INIT with NO_PROPOSAL_CHOSEN"));
        assertTrue(
                logged(gateway, "first mismatch key exchange: peer's CURVE_25519, ours MODP_2048"));
        assertNothingLeft();
    }

    /// `close_ike_on_child_failure`, of whichever side has it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailedChildClosesTheIkeSaIfConfiguredSo(boolean ofInitiator) {
        var closing =
                EngineSettings.defaults()
                        .with(new ChildHandling(true, false, true, false, Duration.ZERO));
        SimPeer strict = world.peer("strict", "192.0.2.3", closing);
        SimPeer own = ofInitiator ? strict : laptop;
        SimPeer other = ofInitiator ? gateway : strict;
        var theirs = office().mirrored().esp(SimConnection.espProposal(AES_CBC));
        own.configured(List.of(office().build()), List.of(SimConnection.secret("ike", "k")));
        other.configured(List.of(theirs.build()), List.of(SimConnection.secret("ike", "k")));
        long request = own.initiates("office", "net", other.address());
        world.run(Duration.ofSeconds(1));
        assertTrue(own.outcome(request).orElseThrow().isPresent());
        assertTrue(logged(strict, "failed to establish CHILD_SA, closing IKE_SA"));
        world.run(LONG);
        assertEquals(0, own.engine().size() + other.engine().size());
    }

    @Test
    void noCommonEspProposalKeepsTheIkeSa() {
        var theirs = office().mirrored().esp(SimConnection.espProposal(AES_CBC));
        Reason reason = refused(office(), theirs, "k", "k");
        assertTrue(
                reason.toString()
                        .startsWith(
                                "peer refused IKE_AUTH with NO_PROPOSAL_CHOSEN (we offered [ESP:"),
                reason::toString);
        assertTrue(logged(gateway, "first mismatch encryption"));
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
    }

    @Test
    void selectorsThatDoNotMeet() {
        var theirs = office().selectors("10.3.0.0/16", "10.4.0.0/16").mirrored();
        Reason reason = refused(office(), theirs, "k", "k");
        assertEquals(
                "peer refused IKE_AUTH with TS_UNACCEPTABLE"
                        + " (we asked for [10.1.0.0/16] === [10.2.0.0/16])",
                reason.toString());
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
    }

    @Test
    void unknownIdentity() {
        var theirs = SimConnection.between("gateway.test", "somebody.test");
        Reason reason = refused(office(), theirs, "k", "k");
        assertEquals("peer refused IKE_AUTH with AUTHENTICATION_FAILED", reason.toString());
        assertTrue(logged(gateway, "no matching peer config found"));
        assertNothingLeft();
    }

    @Test
    void aKernelThatRefusesOnTheInitiatorsSide() {
        laptop.kernel().refusesNextInstall("EPROTONOSUPPORT");
        Reason reason = refused(office(), office().mirrored(), "k", "k");
        var refusal = assertInstanceOf(Reason.KernelRefused.class, reason);
        assertEquals("EPROTONOSUPPORT", refusal.errnoName());
        assertEquals(0, laptop.kernel().objectCount());
        assertEquals(0, gateway.kernel().objectCount(), "the peer was told");
        world.checkAgreement();
    }

    @Test
    void aKernelThatRefusesOnTheRespondersSide() {
        gateway.kernel().refusesNextInstall("ENOSYS");
        Reason reason = refused(office(), office().mirrored(), "k", "k");
        assertTrue(
                reason.toString()
                        .startsWith(
                                "peer refused IKE_AUTH with NO_PROPOSAL_CHOSEN (we offered [ESP:"),
                reason::toString);
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
    }

    @Test
    void selectorsAreNarrowedToWhatBothWant() {
        laptop.configured(
                List.of(office().selectors("10.1.0.0/16", "0.0.0.0/0").build()),
                List.of(SimConnection.secret("ike", "k")));
        gateway.configured(
                List.of(office().selectors("10.1.0.0/24", "10.2.0.0/16").mirrored().build()),
                List.of(SimConnection.secret("ike", "k")));
        laptop.initiates("office", "net", gateway.address());
        world.run(LONG);
        var child = laptop.views().getFirst().children().getFirst().installation();
        assertEquals("[10.1.0.0/24]", child.localTs().toString());
        assertEquals("[10.2.0.0/16]", child.remoteTs().toString());
        world.checkAgreement();
    }
}
