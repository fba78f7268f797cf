package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelAnswer;
import org.keyferry.engine.KernelOp;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.route.InterfaceAddress;
import org.keyferry.netlink.route.Route;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.IpAddress;

/// A virtual IP goes where the way to the peer goes.
class VirtualIpMoveTest {
    private static final int WIRE = 3;
    private static final int PHONE = 4;
    private static final IpAddress VIRTUAL = IpAddress.parse("10.3.0.3");
    private static final Endpoint GATEWAY = new Endpoint(IpAddress.parse("192.0.2.2"), 4500);

    private final FakeKernel routes = new FakeKernel();
    private final XfrmDataplane dataplane = TestDataplane.over(new FakeKernel(), routes);

    private void leadsBy(int interfaceIndex) throws Exception {
        var all = new IpPrefix(InetAddress.getByName("0.0.0.0"), 0);
        routes.reachesAll(Route.to(all, Route.TABLE_MAIN, interfaceIndex));
    }

    private List<String> changes() {
        return routes.transcript.stream()
                .filter(text -> text.startsWith("add address") || text.startsWith("delete address"))
                .map(text -> text.split(" ", 2)[0] + " " + interfaceOf(text))
                .toList();
    }

    private int interfaceOf(String request) {
        return ByteBuffer.wrap(routes.bodyOf(request)).order(ByteOrder.nativeOrder()).getInt(4);
    }

    private void perform(KernelOp op) {
        assertEquals(new KernelAnswer.Done(), dataplane.perform(op).join());
    }

    @Test
    void toTheInterfaceThatLeadsToThePeer() throws Exception {
        leadsBy(WIRE);
        perform(new KernelOp.AddAddresses(List.of(VIRTUAL), GATEWAY, false));
        assertTrue(dataplane.isVirtual(VIRTUAL));
        assertFalse(dataplane.isVirtual(IpAddress.parse("10.3.0.4")));
        routes.forget();
        leadsBy(PHONE);
        perform(new KernelOp.MoveAddresses(List.of(VIRTUAL), GATEWAY));
        assertEquals(List.of("delete " + WIRE, "add " + PHONE), changes());
        routes.forget();
        perform(new KernelOp.RemoveAddresses(List.of(VIRTUAL)));
        assertEquals(List.of("delete " + PHONE), changes(), "from where it is now");
    }

    @Test
    void oneThatIsThereStays() throws Exception {
        leadsBy(WIRE);
        perform(new KernelOp.AddAddresses(List.of(VIRTUAL), GATEWAY, false));
        var host = new IpPrefix(InetAddress.getByName("10.3.0.3"), 32);
        routes.hasAddress(InterfaceAddress.of(WIRE, host, 0));
        routes.forget();
        perform(new KernelOp.MoveAddresses(List.of(VIRTUAL), GATEWAY));
        assertEquals(List.of(), changes());
    }

    /// What was there before us is left alone.
    @Test
    void oneThatIsNotOursStays() throws Exception {
        var host = new IpPrefix(InetAddress.getByName("10.3.0.3"), 32);
        routes.hasAddress(InterfaceAddress.of(WIRE, host, 0));
        leadsBy(WIRE);
        perform(new KernelOp.AddAddresses(List.of(VIRTUAL), GATEWAY, false));
        leadsBy(PHONE);
        perform(new KernelOp.MoveAddresses(List.of(VIRTUAL), GATEWAY));
        assertEquals(List.of(), changes());
    }
}
