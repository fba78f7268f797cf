package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.keyferry.engine.KernelOp.Ipcomp;
import org.keyferry.netlink.xfrm.KeyMaterial;
import org.keyferry.netlink.xfrm.XfrmAlgorithm;
import org.keyferry.netlink.xfrm.XfrmEncap;
import org.keyferry.netlink.xfrm.XfrmLifetime;
import org.keyferry.netlink.xfrm.XfrmMark;
import org.keyferry.netlink.xfrm.XfrmMode;
import org.keyferry.netlink.xfrm.XfrmOffload;
import org.keyferry.netlink.xfrm.XfrmReplay;
import org.keyferry.netlink.xfrm.XfrmSaDirection;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.netlink.xfrm.XfrmState;
import org.keyferry.netlink.xfrm.XfrmStateFlag;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.CopyDscp;
import org.keyferry.settings.model.HwOffload;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.Mark;
import org.keyferry.wire.ProtocolId;
import org.keyferry.wire.Transform;
import org.keyferry.wire.TransformType;

class ChildStatesTest {
    /// Draws 0.5 always.
    private static final RandomGenerator HALF = () -> 1L << 63;

    private final TestChild child = new TestChild();
    private Placement placement = Placement.ANYWHERE;

    @Test
    void bothStatesLookFromThisHost() throws Exception {
        child.reqid = 7;
        XfrmState in = inbound();
        assertEquals("esp c0000001 to 192.0.2.1", in.id().toString());
        assertEquals("192.0.2.2", in.source().getHostAddress());
        assertEquals(XfrmMode.TUNNEL, in.mode());
        assertEquals(7, in.reqid());
        assertEquals(32, in.replayWindowPackets());
        assertEquals(XfrmSelector.EMPTY, in.selector());
        assertEquals(Set.of(XfrmStateFlag.AF_UNSPEC), in.flags());
        assertEquals(Optional.of(XfrmSaDirection.IN), in.options().direction());
        assertEquals(Optional.empty(), in.options().encap());
        assertEquals(Optional.empty(), in.options().replay());
        XfrmState out = outbound();
        assertEquals("esp d0000001 to 192.0.2.2", out.id().toString());
        assertEquals("192.0.2.1", out.source().getHostAddress());
        assertEquals(7, out.reqid());
        assertEquals(0, out.replayWindowPackets());
        assertEquals(Set.of(XfrmStateFlag.AF_UNSPEC), out.flags());
        assertEquals(Optional.of(XfrmSaDirection.OUT), out.options().direction());
        assertEquals(Optional.empty(), out.options().replay());
    }

    @Test
    void eachDirectionHasItsKeys() throws Exception {
        child.encr = TestChild.AES_CBC_128;
        child.integ = TestChild.HMAC_SHA2_256_128;
        var keys = child.keys(16, 32);
        assertEquals(
                List.of(
                        new XfrmAlgorithm.Encryption("aes", key(16, 1)),
                        new XfrmAlgorithm.Integrity("hmac(sha256)", key(32, 2), 128)),
                states(true)
                        .inbound(child.build(), keys, Placement.ANYWHERE)
                        .getLast()
                        .algorithms());
        assertEquals(
                List.of(
                        new XfrmAlgorithm.Encryption("aes", key(16, 3)),
                        new XfrmAlgorithm.Integrity("hmac(sha256)", key(32, 4), 128)),
                states(true)
                        .outbound(child.build(), keys, Placement.ANYWHERE)
                        .getLast()
                        .algorithms());
    }

    @Test
    void udpPortsFollowTheDirection() throws Exception {
        child.encap = true;
        child.port = 4_500;
        child.remotePort = 4_501;
        assertEquals(Optional.of(XfrmEncap.udp(4_501, 4_500)), inbound().options().encap());
        assertEquals(Optional.of(XfrmEncap.udp(4_500, 4_501)), outbound().options().encap());
    }

    @Test
    void aLargeWindowOrEsnNeedsTheLongReplayState() throws Exception {
        child.kernel.replayWindow(64);
        assertEquals(window(64), inbound().options().replay());
        assertEquals(0, inbound().replayWindowPackets());
        assertEquals(Optional.empty(), outbound().options().replay());
        child.kernel.replayWindow(32);
        child.esn = true;
        assertEquals(window(32), inbound().options().replay());
        assertEquals(window(0), outbound().options().replay());
        assertTrue(inbound().flags().contains(XfrmStateFlag.ESN));
        assertTrue(outbound().flags().contains(XfrmStateFlag.ESN));
        // Before 6.10 the kernel does not know which state is outbound.
        XfrmState old =
                states(false)
                        .outbound(child.build(), child.keys(20, 0), Placement.ANYWHERE)
                        .getLast();
        assertEquals(window(1), old.options().replay());
        assertEquals(Optional.empty(), old.options().direction());
        child.kernel.replayWindow(0);
        assertEquals(window(32), inbound().options().replay());
    }

    @Test
    void headerCopyingBecomesFlags() throws Exception {
        child.kernel.copy(false, false, CopyDscp.IN);
        assertEquals(
                Set.of(XfrmStateFlag.AF_UNSPEC, XfrmStateFlag.NO_ECN, XfrmStateFlag.DECAP_DSCP),
                inbound().flags());
        assertEquals(
                Set.of(
                        XfrmStateFlag.AF_UNSPEC,
                        XfrmStateFlag.NO_ECN,
                        XfrmStateFlag.NO_PMTU_DISC,
                        XfrmStateFlag.DONT_ENCAP_DSCP),
                outbound().flags());
        child.kernel.copy(true, true, CopyDscp.YES);
        assertTrue(inbound().flags().contains(XfrmStateFlag.DECAP_DSCP));
        assertFalse(outbound().flags().contains(XfrmStateFlag.DONT_ENCAP_DSCP));
        child.kernel.copy(true, true, CopyDscp.NO);
        assertFalse(inbound().flags().contains(XfrmStateFlag.DECAP_DSCP));
        assertTrue(outbound().flags().contains(XfrmStateFlag.DONT_ENCAP_DSCP));
    }

    @Test
    void onlyTheOutboundStateHasAMark() throws Exception {
        child.markIn = new Mark(1, 0xff);
        child.markOut = new Mark(2, 0xff);
        child.ifIdIn = 3;
        child.ifIdOut = 4;
        assertEquals(XfrmMark.NONE, inbound().id().mark());
        assertEquals(new XfrmMark(2, 0xff), outbound().id().mark());
        assertEquals(3, inbound().options().ifId());
        assertEquals(4, outbound().options().ifId());
    }

    @Test
    void transportModeSelectsTheAddressesOfTheFirstPair() throws Exception {
        child.mode = ChildMode.TRANSPORT;
        child.localTs = List.of("192.0.2.1/32[tcp/80]");
        child.remoteTs = List.of("192.0.2.2/32[tcp]");
        XfrmSelector in = inbound().selector();
        assertEquals("192.0.2.2/32 192.0.2.1/32 0", text(in));
        assertEquals("192.0.2.1/32 192.0.2.2/32 0", text(outbound().selector()));
        assertEquals(XfrmMode.TRANSPORT, inbound().mode());
        assertFalse(inbound().flags().contains(XfrmStateFlag.AF_UNSPEC));
    }

    @Test
    void theInboundStateAsksForTheRekeyingFirst() throws Exception {
        assertEquals(XfrmLifetime.ofSeconds(3_000, 3_960), inbound().lifetime());
        // 3600 - 0.5 * 361, rounded up
        assertEquals(XfrmLifetime.ofSeconds(3_420, 3_960), outbound().lifetime());
        child.softSeconds = 3_599;
        assertEquals(3_599, outbound().lifetime().softAddSeconds());
    }

    @Test
    void withoutRandomPartsOnlyTheInboundStateAsks() throws Exception {
        child.lifetime = lifetime(0, 0, 0, 0);
        assertEquals(XfrmLifetime.ofSeconds(3_000, 3_960), inbound().lifetime());
        assertEquals(XfrmLifetime.ofSeconds(0, 3_960), outbound().lifetime());
    }

    @Test
    void limitsOfBytesAndPacketsAreDrawnForEachState() throws Exception {
        child.lifetime = lifetime(1_000_000, 100_000, 5_000, 9_999);
        XfrmLifetime in = inbound().lifetime();
        // 1000000 - 0.5 * 100001, rounded up
        assertEquals(950_000, in.softLimitBytes());
        assertEquals(2_000_000, in.hardLimitBytes());
        // The random part is never more than the limit itself.
        assertEquals(2_500, in.softLimitPackets());
        assertEquals(10_000, in.hardLimitPackets());
    }

    @Test
    void theInboundStateHasItsMarkIfAskedFor() throws Exception {
        child.markIn = new Mark(1, 0xff);
        child.kernel.markInSa(true);
        assertEquals(new XfrmMark(1, 0xff), inbound().id().mark());
    }

    @Test
    void packetsAreMarkedByTheStatesTheyPass() throws Exception {
        assertEquals(Optional.empty(), inbound().options().setMark());
        child.setMarkIn = new Mark(5, 0xf);
        child.setMarkOut = new Mark(6, -1);
        assertEquals(Optional.of(new XfrmMark(5, 0xf)), inbound().options().setMark());
        assertEquals(Optional.of(new XfrmMark(6, -1)), outbound().options().setMark());
    }

    @Test
    void icmpErrorsAreForTheInboundState() throws Exception {
        child.kernel.icmp(true);
        assertTrue(inbound().flags().contains(XfrmStateFlag.ICMP));
        assertFalse(outbound().flags().contains(XfrmStateFlag.ICMP));
    }

    @Test
    void paddingIsForEspInTunnelModeOnTheWayOut() throws Exception {
        child.kernel.tfcPaddingBytes(-1);
        assertEquals(OptionalInt.of(-1), outbound().options().tfcPaddingBytes());
        assertEquals(OptionalInt.empty(), inbound().options().tfcPaddingBytes());
        child.padding = false;
        assertEquals(OptionalInt.empty(), outbound().options().tfcPaddingBytes());
        child.padding = true;
        child.ipcomp = Optional.of(new Ipcomp(0x1111, 0x2222));
        assertEquals(OptionalInt.empty(), outbound().options().tfcPaddingBytes());
        child.ipcomp = Optional.empty();
        child.mode = ChildMode.BEET;
        assertEquals(OptionalInt.empty(), outbound().options().tfcPaddingBytes());
    }

    @Test
    void sha256CanBeCutAsItOnceWas() throws Exception {
        child.encr = TestChild.AES_CBC_128;
        child.integ = TestChild.HMAC_SHA2_256_128;
        child.kernel.sha256Truncated(true);
        assertEquals(
                new XfrmAlgorithm.Integrity("sha256", key(32, 2), 0),
                inbound().algorithms().getLast());
    }

    @Test
    void ahHasNoCipherAndAlignsByFourOverIpv4() throws Exception {
        child.protocolId = ProtocolId.AH;
        child.encr = null;
        child.integ = TestChild.HMAC_SHA2_256_128;
        XfrmState in = inbound();
        assertEquals("ah c0000001 to 192.0.2.1", in.id().toString());
        assertEquals(Set.of(XfrmStateFlag.AF_UNSPEC, XfrmStateFlag.ALIGN4), in.flags());
        assertEquals(
                List.of(new XfrmAlgorithm.Integrity("hmac(sha256)", key(32, 2), 128)),
                in.algorithms());
        child.local = "2001:db8::1";
        child.remote = "2001:db8::2";
        assertEquals(Set.of(XfrmStateFlag.AF_UNSPEC), inbound().flags());
    }

    @Test
    void beetModeSelectsTheInnerAddresses() throws Exception {
        child.mode = ChildMode.BEET;
        child.localTs = List.of("10.1.0.1/32[tcp/80]");
        child.remoteTs = List.of("10.2.0.1/32");
        assertEquals("10.2.0.1/32 10.1.0.1/32 0", text(inbound().selector()));
        assertEquals(XfrmMode.BEET, outbound().mode());
    }

    @Test
    void compressionHasTheModeAndNoLimits() throws Exception {
        child.ipcomp = Optional.of(new Ipcomp(0x1111, 0x2222));
        List<XfrmState> in = states(true).inbound(child.build(), child.keys(20, 0), placement);
        XfrmState comp = in.getFirst();
        assertEquals("comp 00001111 to 192.0.2.1", comp.id().toString());
        assertEquals(XfrmMode.TUNNEL, comp.mode());
        assertEquals(Set.of(XfrmStateFlag.AF_UNSPEC), comp.flags());
        assertEquals(List.of(XfrmAlgorithm.Compression.of("deflate")), comp.algorithms());
        assertEquals(XfrmLifetime.UNLIMITED, comp.lifetime());
        assertEquals(0, comp.replayWindowPackets());
        XfrmState esp = in.getLast();
        assertEquals(XfrmMode.TRANSPORT, esp.mode());
        assertEquals(Set.of(), esp.flags());
        assertEquals(XfrmSelector.EMPTY, esp.selector());
        assertEquals(32, esp.replayWindowPackets());
        List<XfrmState> out = states(true).outbound(child.build(), child.keys(20, 0), placement);
        assertEquals("comp 00002222 to 192.0.2.2", out.getFirst().id().toString());
        assertEquals("esp d0000001 to 192.0.2.2", out.getLast().id().toString());
    }

    @Test
    void aDeviceIsToldTheDirectionTheFamilyAndWhatToDo() throws Exception {
        assertEquals(Optional.empty(), inbound().options().offload());
        placement = new Placement(0, HwOffload.CRYPTO, 9, "eth9");
        assertEquals(Optional.of(new XfrmOffload(9, 2)), inbound().options().offload());
        assertEquals(Optional.of(new XfrmOffload(9, 0)), outbound().options().offload());
        placement = new Placement(0, HwOffload.PACKET, 9, "eth9");
        child.local = "2001:db8::1";
        child.remote = "2001:db8::2";
        assertEquals(Optional.of(new XfrmOffload(9, 7)), inbound().options().offload());
        assertEquals(Optional.of(new XfrmOffload(9, 5)), outbound().options().offload());
    }

    @Test
    void anUnknownTransformIsNamed() {
        child.encr = new Transform(TransformType.ENCR, 25, 128);
        var failure = assertThrows(ChildStates.UnknownTransform.class, this::inbound);
        assertTrue(failure.getMessage().contains("CAMELLIA_CCM_8_128"), failure.getMessage());
    }

    private XfrmState inbound() throws ChildStates.UnknownTransform {
        return states(true).inbound(child.build(), child.keys(20, 32), placement).getLast();
    }

    private XfrmState outbound() throws ChildStates.UnknownTransform {
        return states(true).outbound(child.build(), child.keys(20, 32), placement).getLast();
    }

    private static ChildStates states(boolean kernelKnowsDirection) {
        return new ChildStates(HALF, kernelKnowsDirection, false);
    }

    private static Lifetime lifetime(
            long rekeyBytes, long randBytes, long rekeyPackets, long randPackets) {
        return new Lifetime(
                Duration.ofMinutes(60),
                Duration.ofMinutes(66),
                Duration.ZERO,
                rekeyBytes,
                2 * rekeyBytes,
                randBytes,
                rekeyPackets,
                2 * rekeyPackets,
                randPackets);
    }

    private static Optional<XfrmReplay> window(int packets) {
        return Optional.of(XfrmReplay.Extended.window(packets));
    }

    private static KeyMaterial key(int lengthBytes, int content) {
        byte[] key = new byte[lengthBytes];
        Arrays.fill(key, (byte) content);
        return KeyMaterial.owned(key);
    }

    private static String text(XfrmSelector selector) {
        return selector.source() + " " + selector.destination() + " " + selector.protocol();
    }
}
