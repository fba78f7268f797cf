package org.keyferry.netlink.xfrm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.netlink.AddressFamily;
import org.keyferry.netlink.Captured;
import org.keyferry.netlink.IpPrefix;
import org.keyferry.netlink.StructReader;

class XfrmStateTest {
    private static final String KEY =
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    @Test
    void aTunnelWithAeadAndUdpIsReadFromIproute2() throws Exception {
        XfrmState state = XfrmState.decode(Captured.body("add_gcm.request.1"));
        var mark = new XfrmMark(0x2a, 0xff);
        assertEquals(
                new XfrmStateId(address("192.0.2.2"), new Spi(0xc0ffee01), 50, mark), state.id());
        assertEquals("esp c0ffee01 to 192.0.2.2 mark 0x2a/0xff", state.id().toString());
        assertEquals(address("192.0.2.1"), state.source());
        assertEquals(XfrmMode.TUNNEL, state.mode());
        assertEquals(7, state.reqid());
        assertEquals(32, state.replayWindowPackets());
        assertEquals(Set.of(XfrmStateFlag.AF_UNSPEC), state.flags());
        assertEquals(
                List.of(new XfrmAlgorithm.Aead("rfc4106(gcm(aes))", key(20), 128)),
                state.algorithms());
        assertEquals(Optional.of(XfrmEncap.udp(4500, 4501)), state.options().encap());
        assertEquals(Optional.of(new XfrmMark(5, 15)), state.options().setMark());
        assertEquals(9, state.options().ifId());
        assertEquals(1_000_000, state.lifetime().softLimitBytes());
        assertEquals(2_000_000, state.lifetime().hardLimitBytes());
        assertEquals(3_000, state.lifetime().softAddSeconds());
        assertEquals(3_600, state.lifetime().hardAddSeconds());
        assertEquals(XfrmLifetime.NO_LIMIT, state.lifetime().hardLimitPackets());
        assertEquals("AES_GCM_16_128", XfrmNames.algorithm(state.algorithms().getFirst()));
    }

    @Test
    void aTransportStateWithExtendedSequenceNumbersIsReadFromIproute2() throws Exception {
        XfrmState state = XfrmState.decode(Captured.body("add_cbc.request.1"));
        assertEquals(XfrmMode.TRANSPORT, state.mode());
        assertEquals(Set.of(XfrmStateFlag.ESN, XfrmStateFlag.DONT_ENCAP_DSCP), state.flags());
        assertEquals(
                new XfrmReplay.Extended(0x1_0000_0005L, 9, 128, List.of(0, 0, 0, 0)),
                state.options().replay().orElseThrow());
        assertEquals(
                Set.of(
                        new XfrmAlgorithm.Encryption("cbc(aes)", key(16)),
                        new XfrmAlgorithm.Integrity("hmac(sha256)", key(32), 128)),
                Set.copyOf(state.algorithms()));
        assertEquals(XfrmPorts.exactly(80), state.selector().sourcePorts());
        assertEquals(XfrmPorts.ANY, state.selector().destinationPorts());
        assertEquals(6, state.selector().protocol());
        assertEquals(AddressFamily.IPV6, state.selector().family());
        assertEquals(IpPrefix.host(address("2001:db8::2")), state.selector().destination());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add_gcm.request.1",
                "add_cbc.request.1",
                "comp.request.1",
                "upd.request.1",
                "expire.request.1"
            })
    void requestsAreWrittenAsIproute2WritesThem(String name) throws Exception {
        XfrmState state = XfrmState.decode(Captured.body(name));
        var theirs = Captured.parts(name, XfrmState.BYTES);
        // iproute2 counts the words of an empty bitmap and then leaves them out.
        theirs.computeIfPresent(
                "attribute " + XfrmAttribute.REPLAY_ESN_VAL,
                (_, value) -> value + "00".repeat(4 * Integer.BYTES));
        assertEquals(theirs, Captured.parts(state::encode, XfrmState.BYTES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get_gcm.answer.1",
                "get_cbc.answer.1",
                "dump.answer.1",
                "dump.answer.2",
                "dump.answer.3",
                "dump.answer.4",
                "mon.answer.4",
                "monb.answer.1"
            })
    void whatTheKernelTellsIsWrittenBackButForWhatOnlyItTells(String name) throws Exception {
        XfrmState state = XfrmState.decode(Captured.body(name));
        var told = Captured.parts(name, XfrmState.BYTES);
        told.remove("attribute " + XfrmAttribute.LASTUSED);
        if (told.containsKey("attribute " + XfrmAttribute.ALG_AUTH_TRUNC))
            told.remove("attribute " + XfrmAttribute.ALG_AUTH);
        assertEquals(told, Captured.parts(state::encode, XfrmState.BYTES));
        var copied = Captured.parts(state.toBuilder().build()::encode, XfrmState.BYTES);
        copied.remove("fixed"); // the copy starts to count anew
        told.remove("fixed");
        assertEquals(told, copied);
    }

    @Test
    void theKernelTellsWhereAFreshStateStands() throws Exception {
        XfrmState state = XfrmState.decode(Captured.body("get_gcm.answer.1"));
        assertEquals(new XfrmReplay.Small(0, 0, 0), state.options().replay().orElseThrow());
        assertEquals(0, state.usage().packets());
        assertEquals(XfrmStateFailures.NONE, state.failures());
    }

    @Test
    void everyAttributeSurvivesARoundTrip() throws Exception {
        var id = new XfrmStateId(address("::1"), new Spi(0x100), 50, new XfrmMark(1, 2));
        XfrmState state =
                XfrmState.builder(id, address("::ffff:192.0.2.1"), XfrmMode.IPTFS)
                        .direction(XfrmSaDirection.OUT)
                        .cpu(3)
                        .tfcPaddingBytes(-1)
                        .offload(new XfrmOffload(4, XfrmOffload.PACKET))
                        .securityContext(XfrmSecurityContext.selinux("a:b:c:d"))
                        .iptfs(XfrmIptfs.outbound(true, 1, 2, 3))
                        .mappingThresholdSeconds(7)
                        .natKeepaliveSeconds(20)
                        .usage(new XfrmUsage(1, 2, 3, 4))
                        .acquireSequence(99)
                        .flag(XfrmStateFlag.OSEQ_MAY_WRAP)
                        .build();
        XfrmState again = XfrmState.decode(new StructReader(Captured.encoded(state::encode)));
        assertEquals(state, again);
        assertEquals(OptionalInt.of(3), again.options().iptfs().orElseThrow().packetBytes());
        assertTrue(again.options().offload().orElseThrow().isPacket());
    }

    /// Numbers of attributes that iproute2 6.1 does not know, from `linux/xfrm.h` of Linux 6.18.
    @Test
    void newAttributesHaveTheirNumbersAndLengths() throws Exception {
        var id = new XfrmStateId(address("192.0.2.1"), new Spi(0x100), 50);
        XfrmState state =
                XfrmState.builder(id, address("192.0.2.2"), XfrmMode.IPTFS)
                        .direction(XfrmSaDirection.IN)
                        .cpu(3)
                        .iptfs(XfrmIptfs.inbound(1_000, 5))
                        .build();
        var parts = Captured.parts(state::encode, XfrmState.BYTES);
        assertEquals("01", parts.get("attribute 33"));
        assertEquals("03000000", parts.get("attribute 35"));
        assertEquals("e8030000", parts.get("attribute 36"));
        assertEquals("0500", parts.get("attribute 37"));
    }

    @Test
    void keysAreWipedAndNeverPrinted() throws Exception {
        XfrmState state = XfrmState.decode(Captured.body("add_gcm.request.1"));
        assertFalse(state.toString().contains("0, 1, 2"), state.toString());
        assertTrue(state.toString().contains("key=20 bytes"), state.toString());
        state.close();
        assertThrows(IllegalStateException.class, () -> Captured.encoded(state::encode));
    }

    @Test
    void anOverfullBufferThrows() throws Exception {
        XfrmState state = XfrmState.decode(Captured.body("add_gcm.request.1"));
        ByteBuffer small = ByteBuffer.allocate(300);
        assertThrows(BufferOverflowException.class, () -> state.encode(small));
        var longName = new XfrmAlgorithm.Encryption("x".repeat(64), key(16));
        assertThrows(IllegalArgumentException.class, () -> longName.put(small.clear()));
    }

    @Test
    void namesFollowIkesRegistry() {
        assertEquals(
                "HMAC_SHA2_256_128",
                XfrmNames.algorithm(new XfrmAlgorithm.Integrity("hmac(sha256)", key(32), 128)));
        assertEquals(
                "AES_CTR_256",
                XfrmNames.algorithm(
                        new XfrmAlgorithm.Encryption(
                                "rfc3686(ctr(aes))", KeyMaterial.owned(new byte[36]))));
        assertEquals(
                "CHACHA20_POLY1305",
                XfrmNames.algorithm(
                        new XfrmAlgorithm.Aead(
                                "rfc7539esp(chacha20,poly1305)",
                                KeyMaterial.owned(new byte[36]),
                                128)));
        assertEquals("DEFLATE", XfrmNames.algorithm(XfrmAlgorithm.Compression.of("deflate")));
        assertEquals(OptionalInt.of(108), XfrmNames.protocolNumber("comp"));
        assertEquals("77", new XfrmMode(77).toString());
    }

    private static KeyMaterial key(int lengthBytes) {
        byte[] all = HexFormat.of().parseHex(KEY);
        return KeyMaterial.owned(Arrays.copyOf(all, lengthBytes));
    }

    private static InetAddress address(String text) throws Exception {
        return text.startsWith("::ffff:")
                ? Inet6Address.getByAddress(
                        null, HexFormat.of().parseHex("00000000000000000000ffffc0000201"), -1)
                : InetAddress.getByName(text);
    }
}
