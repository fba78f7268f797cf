package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keyferry.engine.Attempt;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.TcpUse;

/// Session resumption (RFC 5723) where UDP does not pass (RFC 9329).
class ResumptionByTcpTest {
    private static final SharedSecret KEY = SimConnection.secret("ike-1", "correct horse");
    private static final String GATEWAY = "192.0.2.2";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SimWorld world = SimWorld.seeded(29);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1").detectsCrashes();
    private final SimPeer gateway = world.peer("gateway", GATEWAY).detectsCrashes();

    private void up(TcpUse.When when) {
        var connection =
                SimConnection.between("laptop.test", "gateway.test")
                        .dpd(Duration.ofSeconds(30))
                        .whenDead(Action.START)
                        .keyingTries(0)
                        .tcp(when)
                        .resumption();
        laptop.configured(List.of(connection.build()), List.of(KEY));
        gateway.configured(List.of(connection.mirrored().build()), List.of(KEY));
        world.network().streams().listens(GATEWAY, TcpUse.PORT);
        laptop.initiates("office", "net", gateway.address(), Attempt.WANTED);
        world.run(Duration.ofSeconds(20));
        assertUp();
    }

    private void assertUp() {
        assertEquals(1, laptop.established());
        assertEquals(1, gateway.established());
        assertEquals(1, laptop.children("net").size());
        world.checkAgreement();
    }

    private void assertOverTcp() {
        assertTrue(laptop.views().getFirst().remote().tcp());
        assertEquals(laptop.views().getFirst().local(), gateway.views().getFirst().remote());
        assertEquals(1, world.network().streams().count());
    }

    private long sent(String what) {
        return world.transcript().stream().filter(line -> line.contains(what)).count();
    }

    /// Both began by TCP: the first set-up, and what came after the crash.
    @ParameterizedTest
    @EnumSource(names = {"YES", "FALLBACK"})
    void aTicketIsTriedOverTcp(TcpUse.When when) {
        world.network().blocksUdp(true);
        up(when);
        long full = sent("IKE_SA_INIT request");
        gateway.crashes();
        world.run(MINUTE);
        assertUp();
        assertOverTcp();
        assertEquals(1, sent("IKE_SESSION_RESUME request 0 by TCP"));
        assertEquals(1, sent("IKE_SESSION_RESUME response 0 by TCP"));
        assertEquals(full, sent("IKE_SA_INIT request"));
    }

    /// UDP passed when the session began, and does not any more.
    @Test
    void aTicketIsTriedOverTcpAfterUdp() {
        up(TcpUse.When.FALLBACK);
        gateway.crashes();
        world.network().blocksUdp(true);
        world.run(MINUTE.multipliedBy(8));
        assertUp();
        assertOverTcp();
        assertEquals(1, sent("IKE_SESSION_RESUME response 0 by TCP"));
        assertEquals(1, sent("IKE_SA_INIT request"));
    }

    /// The gateway cannot read it: a full set-up, by TCP at once.
    @Test
    void whatIsNotTakenLeadsToAFullSetUpByTcp() {
        world.network().blocksUdp(true);
        up(TcpUse.When.FALLBACK);
        long lost = sent("IKE_SA_INIT request 0 lost");
        gateway.losesTicketKeys();
        gateway.crashes();
        world.run(MINUTE);
        assertUp();
        assertOverTcp();
        assertEquals(1, sent("IKE_SESSION_RESUME response 0 by TCP"));
        assertEquals(2, sent("IKE_SA_INIT request 0 by TCP"));
        assertEquals(lost, sent("IKE_SA_INIT request 0 lost"));
    }

    /// Nobody listens for a while: the ticket is still good then.
    @Test
    void aConnectionThatIsRefusedCostsNoTicket() {
        world.network().blocksUdp(true);
        up(TcpUse.When.YES);
        gateway.crashes();
        world.network().streams().listensNoMore();
        world.run(MINUTE.multipliedBy(10));
        assertEquals(0, laptop.established());
        world.network().streams().listens(GATEWAY, TcpUse.PORT);
        world.run(MINUTE.multipliedBy(30));
        assertUp();
        assertOverTcp();
        assertEquals(1, sent("IKE_SESSION_RESUME response 0 by TCP"));
        assertEquals(1, sent("IKE_SA_INIT request"));
    }

    /// UDP is silent and TCP refused: the full set-up tries both in turn.
    @Test
    void withoutTcpTheFullSetUpFollows() {
        up(TcpUse.When.FALLBACK);
        gateway.crashes();
        world.network().streams().listensNoMore();
        world.network().blocksUdp(true);
        world.run(MINUTE.multipliedBy(4));
        assertEquals(0, laptop.established());
        assertTrue(sent("IKE_SESSION_RESUME request 0 lost") > 0);
        assertTrue(sent("IKE_SA_INIT request 0 lost") > 0);
        world.network().blocksUdp(false);
        world.run(MINUTE.multipliedBy(10));
        assertUp();
    }
}
