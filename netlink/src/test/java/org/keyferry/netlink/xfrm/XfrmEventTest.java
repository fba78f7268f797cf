package org.keyferry.netlink.xfrm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.keyferry.netlink.Captured;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.MalformedKernelMessage;
import org.keyferry.netlink.Mutations;
import org.keyferry.netlink.NetlinkMessage;
import org.keyferry.netlink.StructReader;

class XfrmEventTest {
    @Test
    void aTrapPolicysAcquireTellsThePacketAndTheTemplate() throws Exception {
        var acquire = event("monb.answer.4", XfrmEvent.Acquire.class);
        assertEquals(address("10.5.0.2"), acquire.source());
        assertEquals(address("10.5.0.8"), acquire.destination());
        assertEquals(50, acquire.protocol());
        assertEquals(IpPrefix.host(address("10.5.0.9")), acquire.packet().destination());
        assertEquals(1, acquire.packet().protocol());
        assertEquals(XfrmPorts.exactly(8), acquire.packet().sourcePorts());
        assertEquals(42, acquire.policy().templates().getFirst().reqid());
        assertEquals(XfrmDirection.OUT, acquire.policy().id().direction());
        assertTrue(acquire.sequence() != 0);
        assertEquals(OptionalInt.empty(), acquire.cpu());
    }

    @Test
    void aChangedMappingTellsBothPorts() throws Exception {
        var mapping = event("monb.answer.2", XfrmEvent.MappingChanged.class);
        assertEquals(
                new XfrmEvent.MappingChanged(
                        new XfrmStateId(address("10.5.0.2"), new Spi(0x5005), 50),
                        5,
                        address("10.5.0.1"),
                        4500,
                        address("10.5.0.1"),
                        4600),
                mapping);
    }

    @Test
    void aStateExpiresSoftlyThenHard() throws Exception {
        var soft = event("mon.answer.9", XfrmEvent.StateExpired.class);
        var hard = event("mon.answer.12", XfrmEvent.StateExpired.class);
        assertEquals(List.of(false, true), List.of(soft.hard(), hard.hard()));
        var id = new XfrmStateId(address("192.0.2.2"), new Spi(0x77), 50);
        assertEquals(List.of(id, id), List.of(soft.state().id(), hard.state().id()));
        assertEquals(2, hard.state().lifetime().hardAddSeconds());
    }

    @Test
    void deletedObjectsAreToldInFull() throws Exception {
        var state = event("mon.answer.7", XfrmEvent.StateDeleted.class);
        var id =
                new XfrmStateId(
                        address("192.0.2.2"), new Spi(0xc0ffee01), 50, new XfrmMark(42, 255));
        assertEquals(id, state.id());
        assertEquals(
                Optional.of(XfrmEncap.udp(4500, 4501)),
                state.state().orElseThrow().options().encap());
        var policy = event("mon.answer.6", XfrmEvent.PolicyDeleted.class);
        assertEquals(XfrmDirection.OUT, policy.id().direction());
        assertEquals(4, policy.id().ifId());
        assertEquals(2, policy.policy().orElseThrow().templates().size());
    }

    @Test
    void changesAreTold() throws Exception {
        var added = event("mon.answer.1", XfrmEvent.StateAdded.class);
        assertEquals(new Spi(0xc0ffee01), added.state().id().spi());
        var updated = event("mon.answer.4", XfrmEvent.StateUpdated.class);
        assertEquals(new Spi(0x1234), updated.state().id().spi());
        var policy = event("mon.answer.5", XfrmEvent.PolicyAdded.class);
        assertEquals(375_423, policy.policy().priority());
        assertEquals(0, event("flush.request.1", XfrmEvent.StatesFlushed.class).protocol());
        assertEquals(0, event("pflush.request.1", XfrmEvent.PoliciesFlushed.class).type());
    }

    @Test
    void sequenceNumbersAreTold() throws Exception {
        var replay = event("mon.answer.13", XfrmEvent.Replay.class).event();
        assertTrue(replay.replay().isPresent());
        assertTrue(replay.usage().isPresent());
        var again = XfrmReplayEvent.decode(new StructReader(Captured.encoded(replay::encode)));
        assertEquals(replay, again);
    }

    @Test
    void databaseSizesAreTold() throws Exception {
        assertEquals(
                new XfrmDatabaseInfo.States(5, 8, 1_048_576),
                XfrmDatabaseInfo.States.decode(Captured.body("count.answer.1")));
        var policies = XfrmDatabaseInfo.Policies.decode(Captured.body("pcount.answer.1"));
        assertEquals(0, policies.out());
        assertEquals(
                new XfrmDatabaseInfo.HashThreshold(32, 32), policies.ipv4Threshold().orElseThrow());
        assertEquals(
                new XfrmDatabaseInfo.HashThreshold(128, 128),
                policies.ipv6Threshold().orElseThrow());
    }

    @Test
    void aMigrationSurvivesARoundTripWithItsLengths() throws Exception {
        var selector =
                XfrmSelector.between(
                        IpPrefix.host(address("10.1.0.1")), IpPrefix.host(address("10.2.0.1")));
        var move =
                new XfrmMigration.Move(
                        address("192.0.2.1"),
                        address("192.0.2.2"),
                        address("2001:db8::1"),
                        address("2001:db8::2"),
                        50,
                        XfrmMode.TUNNEL,
                        9);
        var daemon = new XfrmMigration.DaemonAddresses(address("192.0.2.1"), address("192.0.2.2"));
        var migration =
                new XfrmMigration(
                        new XfrmPolicyId(selector, XfrmDirection.OUT),
                        List.of(move),
                        Optional.of(daemon),
                        Optional.of(XfrmEncap.udp(1, 2)));
        var body = Captured.encoded(migration::encode);
        assertEquals(64 + (4 + 76) + (4 + 40) + (4 + 24), body.remaining());
        assertEquals(migration, XfrmMigration.decode(new StructReader(body)));
    }

    @Test
    void damagedMessagesAreRefusedAndNothingElseHappens() {
        int refused = Mutations.run(42, 2_000, XfrmEventTest::decodeEverything);
        assertTrue(refused > 1_000, Integer.toString(refused));
    }

    private static void decodeEverything(NetlinkMessage message) throws MalformedKernelMessage {
        switch (message.type()) {
            case XfrmMessageType.NEWSADINFO -> XfrmDatabaseInfo.States.decode(message.body());
            case XfrmMessageType.NEWSPDINFO -> XfrmDatabaseInfo.Policies.decode(message.body());
            case XfrmMessageType.GETPOLICY -> XfrmPolicyId.decode(message.body());
            case XfrmMessageType.ALLOCSPI -> XfrmMigration.decode(message.body());
            default -> XfrmEvent.decode(message);
        }
    }

    private static <E extends XfrmEvent> E event(String name, Class<E> type) throws Exception {
        return assertInstanceOf(type, XfrmEvent.decode(Captured.message(name)));
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }
}
