package org.keyferry.daemon.radius.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.Bytes;

class RadiusPacketTest {
    private static final String HEADER = "00112233445566778899aabbccddeeff";

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0207, -, a packet of 2 bytes",
                "02070013, HEADER, length 19 in a packet of 20 bytes",
                "02070015, HEADER, length 21 in a packet of 20 bytes",
                "02071001, HEADER, length 4097 in a packet of 20 bytes",
                "02070015, HEADER01, attribute 1 of length 0 with 1 bytes left",
                "02070016, HEADER0100, attribute 1 of length 0 with 2 bytes left",
                "02070017, HEADER010161, attribute 1 of length 1 with 3 bytes left",
                "02070017, HEADER010461, attribute 1 of length 4 with 3 bytes left",
            })
    void refuses(String start, String rest, String reason) {
        String hex = start + (rest == null ? "" : rest.replace("HEADER", HEADER));
        var refusal =
                assertThrows(MalformedRadius.class, () -> RadiusPacket.decode(Bytes.ofHex(hex)));
        assertEquals(reason, refusal.getMessage());
    }

    @Test
    void ignoresPadding() throws Exception {
        assertEquals(
                List.of(RadiusAttribute.text(RadiusType.USER_NAME, "a")),
                RadiusPacket.decode(Bytes.ofHex("02070017" + HEADER + "010361" + "ffff"))
                        .attributes());
    }

    @Test
    void eapGoesIntoAsManyAttributesAsItNeeds() {
        Bytes eap = Bytes.wrapOwned(new byte[600]);
        List<RadiusAttribute> parts = RadiusPacket.eapMessages(eap);
        assertEquals(List.of(253, 253, 94), parts.stream().map(p -> p.value().length()).toList());
        assertEquals(Optional.of(eap), packet(parts).eapMessage());
        assertEquals(
                List.of(RadiusAttribute.of(RadiusType.EAP_MESSAGE, Bytes.EMPTY)),
                RadiusPacket.eapMessages(Bytes.EMPTY));
        assertEquals(Optional.empty(), packet(List.of()).eapMessage());
    }

    @Test
    void isNotMadeLargerThanAServerTakes() {
        var parts = Collections.nCopies(17, RadiusAttribute.of(79, Bytes.wrapOwned(new byte[253])));
        assertThrows(IllegalArgumentException.class, () -> packet(parts).encode());
        assertThrows(
                IllegalArgumentException.class,
                () -> RadiusAttribute.of(1, Bytes.wrapOwned(new byte[254])));
    }

    /// A vendor's attributes whose lengths lead nowhere, or on for ever, are passed over.
    @ParameterizedTest
    @CsvSource({"00000137", "0000013710", "000001371000", "00000137100461", "000001"})
    void passesOverBrokenVendorAttributes(String hex) {
        assertEquals(
                List.of(),
                VendorAttribute.of(packet(List.of(RadiusAttribute.of(26, Bytes.ofHex(hex))))));
    }

    @Test
    void numbersAreOfFourBytes() {
        var packet =
                packet(
                        List.of(
                                RadiusAttribute.number(27, 0xffff_ffffL),
                                RadiusAttribute.text(28, "60")));
        assertEquals(Optional.of(0xffff_ffffL), packet.number(27));
        assertEquals(Optional.empty(), packet.number(28));
    }

    private static RadiusPacket packet(List<RadiusAttribute> attributes) {
        return new RadiusPacket(2, 7, Bytes.ofHex(HEADER), attributes);
    }
}
