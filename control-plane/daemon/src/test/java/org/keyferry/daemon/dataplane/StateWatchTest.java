package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelOp;
import org.keyferry.netlink.xfrm.XfrmEvent;
import org.keyferry.wire.ChildSpi;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.ProtocolId;

class StateWatchTest {
    private static final int USAGE_OFFSET = 160;
    private static final String INBOUND = "esp c0000001 to 192.0.2.1";
    private static final String OUTBOUND = "esp d0000001 to 192.0.2.2";

    private final FakeKernel kernel = new FakeKernel();
    private final XfrmDataplane dataplane = TestDataplane.over(kernel, new FakeKernel());
    private final TestChild child = new TestChild();
    private final List<String> told = new ArrayList<>();

    StateWatchTest() {
        dataplane.onExpired((state, hard) -> told.add(state + (hard ? " hard" : " soft")));
        child.lifetime = TestLifetimes.ofBytes(1_000_000, 2_000_000);
        dataplane.perform(child.install()).join();
        usage(INBOUND, 0, 0, Instant.now().getEpochSecond());
        usage(OUTBOUND, 0, 0, Instant.now().getEpochSecond());
    }

    @Test
    void expirationsOfOurStatesAreTold() throws Exception {
        dataplane.watch().event(expired(INBOUND, false));
        dataplane.watch().event(expired(OUTBOUND, true));
        dataplane.watch().event(expired(OUTBOUND, true));
        assertEquals(
                List.of("ESP c0000001 to 192.0.2.1 soft", "ESP d0000001 to 192.0.2.2 hard"), told);
    }

    @Test
    void expirationsOfOtherStatesAreNot() throws Exception {
        XfrmEvent foreign = expired(INBOUND, true);
        dataplane.perform(new KernelOp.RemoveChild(child.build())).join();
        dataplane.watch().event(foreign);
        assertEquals(List.of(), told);
    }

    @Test
    void afterLostEventsMissingStatesCountAsExpired() {
        kernel.states.remove(OUTBOUND);
        dataplane.watch().overrun();
        assertEquals(List.of("ESP d0000001 to 192.0.2.2 hard"), told);
        dataplane.watch().overrun();
        assertEquals(1, told.size(), "told once");
    }

    @Test
    void afterLostEventsSoftLimitsAreLookedAt() {
        usage(INBOUND, 1_000_000, 700, Instant.now().getEpochSecond());
        dataplane.watch().overrun();
        assertEquals(List.of("ESP c0000001 to 192.0.2.1 soft"), told);
        told.clear();
        usage(INBOUND, 0, 0, Instant.now().getEpochSecond() - 3_001);
        dataplane.watch().overrun();
        assertEquals(List.of("ESP c0000001 to 192.0.2.1 soft"), told);
    }

    @Test
    void whatIsRemovedDuringAComparisonIsNotMissed() {
        kernel.hold();
        dataplane.watch().overrun();
        kernel.states.clear();
        var removal = dataplane.perform(new KernelOp.RemoveChild(child.build()));
        kernel.release();
        removal.join();
        assertEquals(List.of(), told);
    }

    @Test
    void countersAreThoseOfOurStates() {
        usage(INBOUND, 840, 10, 0);
        kernel.states.put("esp 00001234 to 203.0.113.1", foreign());
        assertEquals(
                Map.of(
                        key("192.0.2.1", 0xc000_0001), new Counters(840, 10, Optional.empty()),
                        key("192.0.2.2", 0xd000_0001), new Counters(0, 0, Optional.empty())),
                dataplane.counters());
    }

    private static StateKey key(String destination, int spi) {
        return new StateKey(IpAddress.parse(destination), ProtocolId.ESP, new ChildSpi(spi));
    }

    private byte[] foreign() {
        byte[] body = kernel.states.get(INBOUND).clone();
        ByteBuffer.wrap(body).putInt(72, 0x1234); // SPI
        return body;
    }

    private XfrmEvent.StateExpired expired(String id, boolean hard) throws Exception {
        var added =
                (XfrmEvent.StateAdded) FakeKernel.decode(FakeKernel.NEWSA, kernel.states.get(id));
        return new XfrmEvent.StateExpired(added.state(), hard);
    }

    private void usage(String id, long bytes, long packets, long addedAtSeconds) {
        ByteBuffer.wrap(kernel.states.get(id))
                .order(ByteOrder.nativeOrder())
                .position(USAGE_OFFSET)
                .putLong(bytes)
                .putLong(packets)
                .putLong(addedAtSeconds);
    }
}
