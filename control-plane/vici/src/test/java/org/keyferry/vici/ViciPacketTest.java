package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against bytes that charon-systemd 5.9.8 of Debian 12 sent, and packets spelled out by hand.
class ViciPacketTest {
    static final String CHARON_VERSION =
            "0103066461656d6f6e000e636861726f6e2d73797374656d64030776657273696f6e0005352e392e38"
                    + "03077379736e616d6500054c696e7578030772656c65617365000f362e31382e34342d66632d7636"
                    + "363903076d616368696e6500067838365f3634";
    static final String CHARON_LIST_CONN =
            "07096c6973742d636f6e6e01026777040b6c6f63616c5f61646472730500093132372e302e302e3106"
                    + "040c72656d6f74655f61646472730500093132372e302e302e3206030776657273696f6e0005494b"
                    + "457632030b7265617574685f74696d65000130030a72656b65795f74696d65000531343430300306"
                    + "756e697175650009554e495155455f4e4f01076c6f63616c2d31030269640001610305636c617373"
                    + "000e7072652d736861726564206b6579040667726f75707306040b636572745f706f6c6963790604"
                    + "056365727473060407636163657274730602010872656d6f74652d31030269640001620305636c61"
                    + "7373000e7072652d736861726564206b6579040667726f75707306040b636572745f706f6c696379"
                    + "060405636572747306040763616365727473060201086368696c6472656e01036e657403046d6f64"
                    + "65000654554e4e454c030a72656b65795f74696d65000433363030030b72656b65795f6279746573"
                    + "000130030d72656b65795f7061636b657473000130030a6470645f616374696f6e00046e6f6e6503"
                    + "0c636c6f73655f616374696f6e00046e6f6e6504086c6f63616c2d747305000b31302e312e302e30"
                    + "2f313606040972656d6f74652d747305000b31302e322e302e302f313605001531302e332e302e30"
                    + "2f31365b7463702f687474705d06020202";
    static final String CHARON_CONTROL_LOG =
            "070b636f6e74726f6c2d6c6f67030567726f75700003494b4503056c6576656c000130030a696b6573"
                    + "612d6e616d6500026777030e696b6573612d756e69717565696400013103036d73670024696e6974"
                    + "696174696e6720494b455f53412067775b315d20746f203132372e302e302e32";
    static final String CHARON_FAILURE =
            "0103077375636365737300026e6f03066572726d7367001a6d697373696e6720636f6e666967757261"
                    + "74696f6e206e616d65";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void readsCharonsVersion() throws Exception {
        var packet = (ViciPacket.CommandResponse) ViciPacket.decode(bytes(CHARON_VERSION));
        assertEquals(
                "{daemon=charon-systemd version=5.9.8 sysname=Linux release=6.18.44-fc-v669"
                        + " machine=x86_64}",
                ViciPrinter.raw(packet.message()));
    }

    @Test
    void readsCharonsConnection() throws Exception {
        var packet = (ViciPacket.Event) ViciPacket.decode(bytes(CHARON_LIST_CONN));
        assertEquals("list-conn", packet.event());
        // As Debian's `swanctl --list-conns --raw` printed it.
        assertEquals(
                "{gw {local_addrs=[127.0.0.1] remote_addrs=[127.0.0.2] version=IKEv2 reauth_time=0"
                        + " rekey_time=14400 unique=UNIQUE_NO local-1 {id=a class=pre-shared key"
                        + " groups=[] cert_policy=[] certs=[] cacerts=[]} remote-1 {id=b"
                        + " class=pre-shared key groups=[] cert_policy=[] certs=[] cacerts=[]} children"
                        + " {net {mode=TUNNEL rekey_time=3600 rekey_bytes=0 rekey_packets=0"
                        + " dpd_action=none close_action=none local-ts=[10.1.0.0/16]"
                        + " remote-ts=[10.2.0.0/16 10.3.0.0/16[tcp/http]]}}}}",
                ViciPrinter.raw(packet.message()));
        assertEquals(
                List.of("10.2.0.0/16", "10.3.0.0/16[tcp/http]"),
                packet.message().getStrings("gw.children.net.remote-ts"));
    }

    @ParameterizedTest
    @ValueSource(strings = {CHARON_VERSION, CHARON_LIST_CONN, CHARON_CONTROL_LOG, CHARON_FAILURE})
    void writesCharonsBytesAgain(String hex) throws Exception {
        assertArrayEquals(bytes(hex), ViciPacket.decode(bytes(hex)).encode());
    }

    @Test
    void buildsCharonsAnswer() {
        var answer = ViciMessage.failure("missing configuration name");
        assertEquals(
                CHARON_FAILURE,
                HexFormat.of().formatHex(new ViciPacket.CommandResponse(answer).encode()));
    }

    @Test
    void everyPacketTypeHasItsByte() throws Exception {
        var message = ViciMessage.builder().put("a", "b").build();
        var packets =
                List.of(
                        new ViciPacket.CommandRequest("c", message),
                        new ViciPacket.CommandResponse(message),
                        new ViciPacket.CommandUnknown(),
                        new ViciPacket.EventRegister("c"),
                        new ViciPacket.EventUnregister("c"),
                        new ViciPacket.EventConfirm(),
                        new ViciPacket.EventUnknown(),
                        new ViciPacket.Event("c", message));
        var expected =
                List.of(
                        "000163030161000162",
                        "01030161000162",
                        "02",
                        "030163",
                        "040163",
                        "05",
                        "06",
                        "070163030161000162");
        for (int i = 0; i < packets.size(); i++) {
            assertEquals(expected.get(i), HexFormat.of().formatHex(packets.get(i).encode()));
            assertEquals(packets.get(i), ViciPacket.decode(bytes(expected.get(i))));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', packet type cut short at byte 0",
        "08, unknown packet type 8 at byte 0",
        "03, event name length cut short at byte 1",
        "030261, event name cut short at byte 2",
        "03010a, event name is not printable at byte 1",
        "0500, bytes left over at byte 1",
        "0100, unknown element type 0 at byte 1",
        "0107, unknown element type 7 at byte 1",
        "010301, key cut short at byte 3",
        "0103016100, value length cut short at byte 4",
        "010301610002ff, value cut short at byte 6",
        "0103020ac3000161, key is not UTF-8 at byte 2",
        "01010161, section without an end at byte 4",
        "0102, section end without a section at byte 1",
        "01040161, list without an end at byte 4",
        "010401610500, list item length cut short at byte 5",
        "01040161030162, element type 3 inside a list at byte 4",
        "01050000, list item outside a list at byte 1",
        "0106, list end without a list at byte 1",
    })
    void namesWhatIsWrongAndWhere(String hex, String complaint) {
        var malformed =
                assertThrows(MalformedVici.class, () -> ViciPacket.decode(bytes(hex)), complaint);
        assertEquals(complaint, malformed.getMessage());
    }

    @Test
    void sectionsNestOnlySoDeep() throws Exception {
        int depth = ViciMessage.MAX_DEPTH;
        ViciPacket.decode(bytes("01" + "010161".repeat(depth) + "02".repeat(depth)));
        var malformed =
                assertThrows(
                        MalformedVici.class,
                        () -> ViciPacket.decode(bytes("01" + "010161".repeat(depth + 1))));
        assertEquals("section nested too deep", malformed.what());
    }

    @Test
    void whatWasReadBeforeTheFaultCounts() throws Exception {
        // A key, a section with a key in it, and then a list item where none may be.
        var faults = new ArrayList<MalformedVici>();
        var packet =
                ViciPacket.decode(
                        bytes("000163" + "0301610001780101730301620001790500"), faults::add);
        var request = assertInstanceOf(ViciPacket.CommandRequest.class, packet);
        assertEquals("{a=x s {b=y}}", ViciPrinter.raw(request.message()));
        assertEquals(1, faults.size());
        assertEquals("list item outside a list", faults.getFirst().what());
    }
}
