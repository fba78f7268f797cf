package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.IpAddress;

class DhcpMessageTest {
    private static final Bytes MAC = Bytes.ofHex("7aa751cc224a");

    /// Up to the magic cookie.
    private static ByteBuffer message(String options) {
        return ByteBuffer.wrap(
                HexFormat.of()
                        .parseHex(
                                "02010600"
                                        + "11223344"
                                        + "00008000"
                                        + "00000000"
                                        + "0a090032"
                                        + "00000000"
                                        + "0a010001"
                                        + "7aa751cc224a"
                                        + "00".repeat(10 + 64 + 128)
                                        + "63825363"
                                        + options));
    }

    @Test
    void anOfferOfAServer() throws Exception {
        var offer = DhcpMessage.decode(Udp.payload(Captured.offer()));
        assertTrue(offer.reply());
        assertTrue(offer.broadcast());
        assertEquals(0x11223344, offer.xid());
        assertEquals(IpAddress.parse("10.9.0.50"), offer.yours());
        assertEquals(IpAddress.ANY_V4, offer.relay());
        assertEquals(MAC, offer.mac());
        assertEquals(Optional.of(DhcpType.OFFER), offer.type());
        assertEquals(Optional.of(600L), offer.leaseSeconds());
        assertEquals(
                Optional.of(IpAddress.parse("10.9.0.1")), offer.address(DhcpMessage.SERVER_ID));
        assertEquals(
                Bytes.ofHex("0a0900350a090036"), offer.options().get(DhcpMessage.NAME_SERVERS));
        assertEquals(Bytes.ofHex("0a09002c"), offer.options().get(DhcpMessage.WINS_SERVERS));
    }

    @Test
    void anAcknowledgement() throws Exception {
        var ack = DhcpMessage.decode(Udp.payload(Captured.ack()));
        assertEquals(Optional.of(DhcpType.ACK), ack.type());
    }

    @Test
    void whatAClientSends() {
        var discover =
                new DhcpMessage(
                        false,
                        0x11223344,
                        true,
                        IpAddress.ANY_V4,
                        IpAddress.ANY_V4,
                        IpAddress.parse("10.1.0.1"),
                        MAC,
                        Map.of(
                                DhcpMessage.MESSAGE_TYPE, DhcpType.DISCOVER.value(),
                                DhcpMessage.PARAMETERS, Bytes.of((byte) 6, (byte) 44)));
        String expected =
                "01010600"
                        + "11223344"
                        + "00008000"
                        + "00".repeat(12)
                        + "0a010001"
                        + "7aa751cc224a"
                        + "00".repeat(10 + 64 + 128)
                        + "63825363"
                        + "350101"
                        + "3702062c"
                        + "ff";
        byte[] encoded = discover.encode();
        assertEquals(300, encoded.length);
        int bytes = expected.length() / 2;
        assertEquals(expected, HexFormat.of().formatHex(encoded, 0, bytes));
        assertTrue(Arrays.equals(new byte[300 - bytes], 0, 300 - bytes, encoded, bytes, 300));
    }

    @Test
    void optionsThatGoOnAreOne() throws Exception {
        var message = DhcpMessage.decode(message("0604" + "0a090035" + "00" + "0604" + "0a090036"));
        assertEquals(
                Bytes.ofHex("0a0900350a090036"), message.options().get(DhcpMessage.NAME_SERVERS));
    }

    /// RFC 2132 §9.3: 1 is the file's field, 2 the server name's, 3 both.
    @ParameterizedTest
    @CsvSource({"01, true, false", "02, false, true", "03, true, true"})
    void optionsWhereOthersShouldBe(String overload, boolean file, boolean name) throws Exception {
        ByteBuffer in = message("3401" + overload + "350105" + "ff");
        in.put(108, new byte[] {51, 4, 0, 0, 0, 9, (byte) 255});
        in.put(44, new byte[] {54, 4, 10, 1, 0, 20, (byte) 255});
        var message = DhcpMessage.decode(in);
        assertEquals(Optional.of(DhcpType.ACK), message.type());
        assertEquals(file, message.leaseSeconds().isPresent());
        assertEquals(name, message.address(DhcpMessage.SERVER_ID).isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 03, DHCP operation 3",
        "1, 06, DHCP for other than Ethernet",
        "2, 08, DHCP for other than Ethernet",
        "236, 00, BOOTP without DHCP",
        "241, 09, DHCP option 53 is cut off",
    })
    void whatIsNone(int at, String value, String why) {
        ByteBuffer in = message("3501" + "05");
        in.put(at, HexFormat.of().parseHex(value));
        var failure = assertThrows(Malformed.class, () -> DhcpMessage.decode(in));
        assertEquals(why, failure.getMessage());
    }

    @Test
    void eachCutIsNoticed() {
        byte[] whole = message("350105").array();
        for (int bytes = 0; bytes < 240; bytes++) {
            ByteBuffer cut = ByteBuffer.wrap(whole, 0, bytes);
            assertThrows(Malformed.class, () -> DhcpMessage.decode(cut), "of " + bytes);
        }
    }

    @Test
    void valuesOfOtherLengthsAreNone() throws Exception {
        var message = DhcpMessage.decode(message("35020505" + "3303000001" + "3603010203"));
        assertEquals(Optional.empty(), message.type());
        assertEquals(Optional.empty(), message.leaseSeconds());
        assertEquals(Optional.empty(), message.address(DhcpMessage.SERVER_ID));
        assertFalse(DhcpMessage.decode(message("350109")).type().isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 65", // IPv6
        "0, 44", // a short header
        "6, 20", // a fragment follows
        "7, 01", // is one
        "9, 06", // TCP
        "24, 02", // a UDP length beyond the packet
        "25, 07", // and one below its header, with the byte before it
        "2, 03", // a packet that is longer than what came
    })
    void whatIsNoDatagram(int at, String value) {
        ByteBuffer packet = Captured.offer();
        packet.put(at, HexFormat.of().parseHex(value));
        if (at == 25) {
            packet.put(24, (byte) 0);
        }
        assertThrows(Malformed.class, () -> Udp.payload(packet));
    }

    @Test
    void paddingIsNoPartOfADatagram() throws Exception {
        byte[] packet = Arrays.copyOf(Captured.offer().array(), Captured.offer().remaining() + 9);
        assertEquals(
                Udp.payload(Captured.offer()).remaining(),
                Udp.payload(ByteBuffer.wrap(packet)).remaining());
    }
}
