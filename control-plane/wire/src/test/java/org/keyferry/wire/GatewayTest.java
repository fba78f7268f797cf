package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTest {
    @Test
    void eachKindIsTypeLengthAndIdentity() {
        assertEquals(Bytes.ofHex("0104c0000201"), Gateway.parse("192.0.2.1").encode());
        assertEquals(
                Bytes.ofHex("021020010db8000000000000000000000001"),
                Gateway.parse("2001:db8::1").encode());
        assertEquals(
                Bytes.ofHex("030a6777322e7465737432").slice(0, 10),
                Gateway.parse("gw2.test2.").encode().slice(0, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1", "gw2.example.org", "localhost", "4you"})
    void whatIsEncodedIsReadAgainWithWhatComesAfterIt(String text) {
        Gateway gateway = Gateway.parse(text);
        assertEquals(text, gateway.toString());
        Bytes nonce = Bytes.ofHex("0102030405060708");
        assertEquals(
                Optional.of(new Gateway.Told(gateway, nonce)),
                Gateway.decode(gateway.encode().concat(nonce)));
        assertEquals(
                Optional.of(new Gateway.Told(gateway, Bytes.EMPTY)),
                Gateway.decode(gateway.encode()));
    }

    /// Nothing, no identity, too short, wrong lengths of addresses, 0.0.0.0, unknown type, names
    /// that are none.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01",
                "0104c00002",
                "0103c00002",
                "0105c000020100",
                "010400000000",
                "0204c0000201",
                "0404c0000201",
                "0300",
                "0304610a6262",
                "03046100622e",
                "0303613b62",
                "032e2e"
            })
    void whatIsNoGatewayIsNotTaken(String hex) {
        assertEquals(Optional.empty(), Gateway.decode(Bytes.ofHex(hex)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "user@example.org", "C=CH, O=x", "1.2.3", "a..b", ".", "1::2::3"})
    void onlyAddressesAndHostNamesAreGateways(String text) {
        assertThrows(IllegalArgumentException.class, () -> Gateway.parse(text));
    }
}
