package org.keyferry.daemon.policies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.PeerAddresses;
import org.keyferry.daemon.Requests;
import org.keyferry.daemon.config.HostNames;
import org.keyferry.daemon.dataplane.NullDataplane;
import org.keyferry.daemon.log.Log;
import org.keyferry.engine.Acquire;
import org.keyferry.engine.Attempt;
import org.keyferry.engine.Ids;
import org.keyferry.engine.Reason;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.TrafficSelector;

class AcquiresTest {
    private record Initiated(
            long requestId, String child, Attempt attempt, Optional<IpAddress> peer) {}

    private static final TrafficSelector SOURCE = TrafficSelector.parse("10.1.0.5/32[udp/4000]");
    private static final TrafficSelector DESTINATION = TrafficSelector.parse("10.2.0.5/32[udp/53]");

    private final Ids ids = new Ids();
    private final Log log = new Log();
    private final Requests requests = new Requests();
    private final NullDataplane dataplane = new NullDataplane();
    private final PolicyManager traps =
            new PolicyManager(new PeerAddresses(new HostNames(1), dataplane), dataplane, ids, log);
    private final List<Initiated> initiated = new ArrayList<>();
    private final Acquires acquires =
            new Acquires(
                    traps,
                    (id, _, child, attempt, peer) ->
                            initiated.add(new Initiated(id, child, attempt, peer)),
                    requests,
                    log);

    private static Connection gateway() {
        return TestConnections.of(
                "local_addrs = 192.0.2.1\n remote_addrs = 192.0.2.2",
                "local_ts = 10.1.0.0/16\n remote_ts = 10.2.0.0/16\n start_action = trap");
    }

    private static Child net(Connection connection) {
        return connection.child("net").orElseThrow();
    }

    @Test
    void severalPacketsMakeOneInitiation() {
        ids.reqid(new Ids.ReqidKey(List.of(), List.of(), List.of()));
        assertEquals(Optional.empty(), traps.install(gateway(), net(gateway())));
        acquires.acquire(2, 41, SOURCE, DESTINATION);
        acquires.acquire(2, 42, SOURCE, DESTINATION);
        assertEquals(1, initiated.size());
        assertEquals(
                Optional.of(new Acquire(41, SOURCE, DESTINATION)),
                initiated.getFirst().attempt().acquire());
        assertEquals(Optional.empty(), initiated.getFirst().peer());
        requests.done(initiated.getFirst().requestId(), Optional.of(Reason.Plain.SHUTDOWN));
        acquires.acquire(2, 43, SOURCE, DESTINATION);
        assertEquals(2, initiated.size(), "free again after the failure");
    }

    @Test
    void aPacketOfAnotherProgramsPolicyIsNotOurs() {
        acquires.acquire(9, 41, SOURCE, DESTINATION);
        assertEquals(List.of(), initiated);
    }

    @Test
    void theChildSaTakesTheTrapsReqid() {
        assertEquals(Optional.empty(), traps.install(gateway(), net(gateway())));
        var trap = ids.trap("gw", "net").orElseThrow();
        assertEquals(1, ids.reqid(trap.key()), "the same number");
        ids.releaseReqid(trap.key());
        assertTrue(traps.uninstall(Optional.of("gw"), "net"));
        assertEquals(Optional.empty(), ids.trap("gw", "net"));
        assertEquals(0, ids.reqidsInUse());
    }

    @Test
    void aTrapNeedsAPeer() {
        var anybody = TestConnections.of("", "remote_ts = 10.2.0.0/16");
        assertEquals(Optional.of("remote address unknown"), traps.install(anybody, net(anybody)));
    }

    @Test
    void withTransportModeThePacketsDestinationIsThePeer() {
        var anybody = TestConnections.of("", "mode = transport\n remote_ts = 192.0.2.0/24");
        assertEquals(Optional.empty(), traps.install(anybody, net(anybody)));
        var first = TrafficSelector.parse("192.0.2.7/32[tcp/22]");
        var second = TrafficSelector.parse("192.0.2.8/32[tcp/22]");
        acquires.acquire(1, 41, SOURCE, first);
        acquires.acquire(1, 42, SOURCE, second);
        acquires.acquire(1, 43, SOURCE, first);
        assertEquals(
                List.of(
                        Optional.of(IpAddress.parse("192.0.2.7")),
                        Optional.of(IpAddress.parse("192.0.2.8"))),
                initiated.stream().map(Initiated::peer).toList());
    }

    @Test
    void aShuntIsNoTrap() {
        var connection =
                TestConnections.of(
                        "", "mode = pass\n local_ts = 10.1.0.0/16\n remote_ts = 10.9.0.0/16");
        assertEquals(Optional.empty(), traps.install(connection, net(connection)));
        acquires.acquire(0, 41, SOURCE, DESTINATION);
        assertEquals(List.of(), initiated);
        PolicyView view = traps.views().getFirst();
        assertEquals("gw", view.ike());
        assertEquals(PolicyView.Mode.PASS, view.mode());
        assertEquals(List.of(TrafficSelector.parse("10.9.0.0/16")), view.remoteTs());
    }

    @Test
    void aTrapIsReplacedByWhatIsConfiguredNow() {
        assertEquals(Optional.empty(), traps.install(gateway(), net(gateway())));
        var wider =
                TestConnections.of(
                        "local_addrs = 192.0.2.1\n remote_addrs = 192.0.2.2",
                        "local_ts = 10.1.0.0/16\n remote_ts = 10.0.0.0/8");
        assertEquals(Optional.empty(), traps.install(wider, net(wider)));
        assertEquals(
                List.of(TrafficSelector.parse("10.0.0.0/8")), traps.views().getFirst().remoteTs());
        assertEquals(1, traps.views().size());
        assertEquals(1, ids.reqidsInUse());
    }
}
