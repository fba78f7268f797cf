package org.keyferry.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.ChildTags;
import org.keyferry.engine.EngineSettings;
import org.keyferry.engine.KernelOp.ChildInstallation;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.KernelOptions;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.ProtocolId;

/// Modes, IPComp, AH, marks and interface ids: what both sides make of their configurations.
class ChildOptionsTest {
    private static final int SHA2_256_128 = 12;

    private final SimWorld world = SimWorld.seeded(11);
    private final SimPeer laptop = world.peer("laptop", "192.0.2.1", settings(true));
    private final SimPeer gateway = world.peer("gateway", "192.0.2.2", settings(true));

    private static EngineSettings settings(boolean sendVendorId) {
        return EngineSettings.defaults().withVendorId(sendVendorId);
    }

    private static SimConnection office() {
        return SimConnection.between("laptop.test", "gateway.test");
    }

    private void up(SimConnection own, SimConnection theirs) {
        up(laptop, own, theirs);
    }

    private void up(SimPeer initiator, SimConnection own, SimConnection theirs) {
        var key = SimConnection.secret("ike-1", "correct horse");
        initiator.configured(List.of(own.build()), List.of(key));
        gateway.configured(List.of(theirs.build()), List.of(key));
        long request = initiator.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), initiator.outcome(request));
    }

    private static ChildInstallation child(SimPeer peer) {
        return peer.views().getFirst().children().getFirst().installation();
    }

    private static void assertMode(ChildMode mode, SimPeer... peers) {
        for (SimPeer peer : peers) {
            assertEquals(mode, child(peer).mode(), peer.name());
        }
    }

    @Test
    void hostsUseTransportModeIfBothWantIt() {
        up(
                office().hosts().mode(ChildMode.TRANSPORT),
                office().mirrored().hosts().mode(ChildMode.TRANSPORT));
        assertMode(ChildMode.TRANSPORT, laptop, gateway);
        assertEquals("[192.0.2.1/32]", child(gateway).remoteTs().toString());
    }

    @Test
    void whoIsNotConfiguredForTransportModeAnswersTunnel() {
        up(office().hosts().mode(ChildMode.TRANSPORT), office().mirrored().hosts());
        assertMode(ChildMode.TUNNEL, laptop, gateway);
    }

    @Test
    void aResponderTakesTunnelModeIfThatIsAskedFor() {
        up(office().hosts(), office().mirrored().hosts().mode(ChildMode.TRANSPORT));
        assertMode(ChildMode.TUNNEL, laptop, gateway);
    }

    @Test
    void networksAreNoHosts() {
        up(office().mode(ChildMode.TRANSPORT), office().mirrored().mode(ChildMode.TRANSPORT));
        assertMode(ChildMode.TUNNEL, laptop, gateway);
    }

    @Test
    void behindANatTransportModeHasTheAddressesThatEachSideSees() {
        world.network().nat(laptop, "192.0.2.77");
        up(
                office().hosts().mode(ChildMode.TRANSPORT),
                office().mirrored().hosts().mode(ChildMode.TRANSPORT));
        assertMode(ChildMode.TRANSPORT, laptop, gateway);
        assertTrue(child(laptop).encap());
        assertEquals("[192.0.2.1/32]", child(laptop).localTs().toString());
        assertEquals("[192.0.2.2/32]", child(laptop).remoteTs().toString());
        assertEquals("[192.0.2.77/32]", child(gateway).remoteTs().toString());
    }

    /// RFC 7296 §2.23.1: without a transport child that fits, the written addresses count.
    @Test
    void behindANatTunnelModeKeepsTheWrittenAddresses() {
        world.network().nat(laptop, "192.0.2.77");
        up(
                office().selectors("192.0.2.1", "192.0.2.2").mode(ChildMode.TRANSPORT),
                office().mirrored().selectors("192.0.2.2", "192.0.2.1"));
        assertMode(ChildMode.TUNNEL, laptop, gateway);
        assertEquals("[192.0.2.1/32]", child(gateway).remoteTs().toString());
    }

    @Test
    void beetModeIsForPeersThatKnowTheNotify() {
        up(
                office().selectors("10.1.0.1", "10.2.0.1").mode(ChildMode.BEET),
                office().mirrored().selectors("10.2.0.1", "10.1.0.1").mode(ChildMode.BEET));
        assertMode(ChildMode.BEET, laptop, gateway);
    }

    @Test
    void aStrangerIsNotAskedForBeetMode() {
        SimPeer shy = world.peer("shy", "192.0.2.9", settings(false));
        var own = office().selectors("10.1.0.1", "10.2.0.1").mode(ChildMode.BEET);
        var key = SimConnection.secret("ike-1", "correct horse");
        gateway.configured(List.of(own.build()), List.of(key));
        shy.configured(List.of(own.mirrored().build()), List.of(key));
        gateway.initiates("office", "net", shy.address());
        world.run(Duration.ofSeconds(10));
        assertMode(ChildMode.TUNNEL, gateway, shy);
    }

    @Test
    void ipcompNeedsBothSidesAndACpiOfEach() {
        up(office().ipcomp(true), office().mirrored().ipcomp(true));
        assertBothCompress();
    }

    private void assertBothCompress() {
        Ipcomp here = child(laptop).ipcomp().orElseThrow();
        Ipcomp there = child(gateway).ipcomp().orElseThrow();
        assertEquals(here.cpiIn(), there.cpiOut());
        assertEquals(here.cpiOut(), there.cpiIn());
        assertNotEquals(here.cpiIn(), here.cpiOut());
    }

    @Test
    void aResponderWithoutIpcompAnswersWithout() {
        up(office().ipcomp(true), office().mirrored());
        assertEquals(Optional.empty(), child(laptop).ipcomp());
        assertEquals(Optional.empty(), child(gateway).ipcomp());
    }

    @Test
    void aResponderDoesNotCompressUnasked() {
        up(office(), office().mirrored().ipcomp(true));
        assertEquals(Optional.empty(), child(laptop).ipcomp());
        assertEquals(Optional.empty(), child(gateway).ipcomp());
    }

    @Test
    void behindANatTunnelsAreCompressed() {
        world.network().nat(laptop, "192.0.2.77");
        up(office().ipcomp(true), office().mirrored().ipcomp(true));
        assertBothCompress();
    }

    @Test
    void behindANatTransportModeIsNotCompressed() {
        world.network().nat(laptop, "192.0.2.77");
        var own = office().hosts().mode(ChildMode.TRANSPORT).ipcomp(true);
        up(own, office().mirrored().hosts().mode(ChildMode.TRANSPORT).ipcomp(true));
        assertEquals(ChildMode.TRANSPORT, child(laptop).mode());
        assertEquals(Optional.empty(), child(laptop).ipcomp());
    }

    @Test
    void ahAuthenticatesWithoutACipherAndIsDeletedAsAh() {
        var ah = SimConnection.ahProposal(SHA2_256_128);
        up(office().esp(ah), office().mirrored().esp(ah));
        assertEquals(ProtocolId.AH, child(laptop).protocolId());
        assertEquals(null, child(laptop).encr());
        assertEquals(SHA2_256_128, child(laptop).integ().id());
        laptop.terminatesChild(child(laptop).childUniqueId());
        world.run(Duration.ofSeconds(10));
        assertEquals(List.of(), gateway.views().getFirst().children());
        assertEquals(0, laptop.kernel().objectCount() + gateway.kernel().objectCount());
    }

    @Test
    void uniqueMarksAreOfEachChild() {
        var unique = KernelOptions.builder().marks(Mark.UNIQUE, Mark.UNIQUE_DIR).build();
        up(office().kernel(unique), office().mirrored());
        ChildTags tags = child(laptop).tags();
        assertNotEquals(tags.markIn(), tags.markOut());
        assertEquals(-1, tags.markIn().mask());
        var same = KernelOptions.builder().marks(Mark.UNIQUE, Mark.UNIQUE).build();
        up(world.peer("other", "192.0.2.8"), office().kernel(same), office().mirrored());
    }

    @Test
    void aUniqueInterfaceIdOfTheConnectionIsOneForTheIkeSa() {
        up(office().interfaceId(InterfaceId.UNIQUE), office().mirrored());
        var ike = laptop.views().getFirst();
        assertEquals(1, ike.interfaceIds().in());
        assertEquals(1, ike.interfaceIds().out());
        assertEquals(1, child(laptop).tags().ifIdIn());
        assertEquals(1, child(laptop).tags().ifIdOut());
        long again = laptop.initiates("office", "net", gateway.address());
        world.run(Duration.ofSeconds(10));
        assertTrue(laptop.outcome(again).isPresent());
        for (var view : laptop.views()) {
            for (var one : view.children()) {
                assertEquals(view.interfaceIds().in(), one.installation().tags().ifIdIn());
            }
        }
    }

    /// Interfaces and routes of the administrator's are made for the ids that were given once.
    @Test
    void aRekeyedIkeSaKeepsItsInterfaceIdsAndKnowsItsPeer() {
        up(
                office().interfaceId(InterfaceId.UNIQUE)
                        .mode(ChildMode.BEET)
                        .selectors("10.1.0.1", "10.2.0.1"),
                office().mirrored().mode(ChildMode.BEET).selectors("10.2.0.1", "10.1.0.1"));
        int former = laptop.views().getFirst().uniqueId();
        long rekeyed = laptop.rekeysIke(former);
        world.run(Duration.ofSeconds(10));
        assertEquals(Optional.of(Optional.empty()), laptop.outcome(rekeyed));
        var ike =
                laptop.views().stream()
                        .filter(v -> v.state().equals("ESTABLISHED"))
                        .findFirst()
                        .orElseThrow();
        assertNotEquals(former, ike.uniqueId());
        assertEquals(1, ike.interfaceIds().in());
        laptop.rekeysChild(child(laptop).childUniqueId());
        world.run(Duration.ofSeconds(10));
        assertMode(ChildMode.BEET, laptop, gateway);
    }
}
