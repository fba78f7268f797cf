package org.keyferry.netlink.xfrm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.Captured;
import org.keyferry.netlink.KernelRequest;
import org.keyferry.netlink.MalformedKernelMessage;

class XfrmRequestsTest {
    private static final XfrmStateId ID =
            new XfrmStateId(
                    address("192.0.2.2"), new Spi(0xc0ffee01), 50, new XfrmMark(0x2a, 0xff));

    @Test
    void anSpiIsAskedForAsIproute2Does() throws Exception {
        var larval =
                XfrmState.builder(
                                new XfrmStateId(address("192.0.2.1"), Spi.NONE, 50),
                                address("192.0.2.9"),
                                XfrmMode.TUNNEL)
                        .reqid(3)
                        .lifetime(new XfrmLifetime(0, 0, 0, 0, 0, 0, 0, 0))
                        .build();
        var request = XfrmRequests.allocateSpi(larval, new Spi(0xc0000000), new Spi(0xc00000ff));
        same("allocspi.request.1", XfrmState.BYTES + 8, request);
        XfrmState answer = request.answer().decode(Captured.message("allocspi.answer.1"));
        assertEquals(new Spi(0xc00000ff), answer.id().spi());
    }

    @Test
    void statesAreNamedAsIproute2NamesThem() throws Exception {
        var source = Optional.of(address("192.0.2.1"));
        same("del.request.1", XfrmStateId.BYTES, XfrmRequests.deleteState(ID, source));
        var answer =
                XfrmRequests.getState(ID).answer().decode(Captured.message("get_gcm.answer.1"));
        assertEquals(ID, answer.id());
    }

    @Test
    void sizesAndFlushesAreAskedForAsIproute2Does() throws Exception {
        same("count.request.1", 4, XfrmRequests.stateInfo());
        same("pcount.request.1", 4, XfrmRequests.policyInfo());
        same("flush.request.1", 1, XfrmRequests.flushStates(0));
        same("pflush.request.1", 0, XfrmRequests.flushPolicies());
    }

    @Test
    void dumpsAskForAllAndChangesForAnAcknowledgement() {
        assertTrue(XfrmRequests.dumpStates().isDump());
        assertTrue(XfrmRequests.dumpPolicies().isDump());
        assertFalse(XfrmRequests.getState(ID).isDump());
        assertEquals(
                "delete state " + ID, XfrmRequests.deleteState(ID, Optional.empty()).description());
    }

    @Test
    void aChangeHasNoAnswerButTheAcknowledgement() {
        var request = XfrmRequests.flushPolicies();
        assertThrows(
                MalformedKernelMessage.class,
                () -> request.answer().decode(Captured.message("get_gcm.answer.1")));
    }

    @Test
    void droppedPacketsAreCountedByReason() {
        var lines = List.of("XfrmInError             \t0", "XfrmInNoStates          \t3", "junk");
        var statistics = XfrmStatistics.parse(lines);
        assertEquals(3L, statistics.counters().get("XfrmInNoStates"));
        assertEquals(
                List.of("XfrmInError", "XfrmInNoStates"),
                List.copyOf(statistics.counters().keySet()));
    }

    private static void same(String name, int fixedBytes, KernelRequest<?> request)
            throws MalformedKernelMessage {
        assertEquals(Captured.message(name).type(), request.type());
        assertEquals(Captured.parts(name, fixedBytes), Captured.parts(request.body(), fixedBytes));
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }
}
