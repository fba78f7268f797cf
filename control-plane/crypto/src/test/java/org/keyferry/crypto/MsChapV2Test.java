package org.keyferry.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The example of RFC 2759 §9.2, and its keys in RFC 3079 §3.5.3.
class MsChapV2Test {
    private static final byte[] USER = "User".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AUTHENTICATOR = hex("5B5D7C7D7B3F2F3E3C2C602132262628");
    private static final byte[] PEER = hex("21402324255E262A28295F2B3A337C7E");
    private static final byte[] HASH = hex("44EBBA8D5312B8D611474411F56989AE");
    private static final byte[] RESPONSE = hex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF");

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void hashOfThePassword() {
        assertArrayEquals(HASH, MsChapV2.ntHash("clientPass".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void response() {
        assertArrayEquals(RESPONSE, MsChapV2.ntResponse(AUTHENTICATOR, PEER, USER, HASH));
    }

    @Test
    void proofOfTheServer() {
        assertEquals(
                "S=407A5589115FD0D6209F510FE9C04566932CDA56",
                MsChapV2.authenticatorResponse(HASH, RESPONSE, PEER, AUTHENTICATOR, USER));
    }

    /// RFC 3079 gives the server's 128 bit send key, which is what the client receives with.
    @Test
    void keys() {
        try (Secret msk = MsChapV2.msk(HASH, RESPONSE)) {
            assertEquals(64, msk.length());
            assertArrayEquals(
                    hex("8B7CDC149B993A1BA118CB153F56DCCB"),
                    Arrays.copyOfRange(msk.array(), 16, 32));
            assertArrayEquals(new byte[32], Arrays.copyOfRange(msk.array(), 32, 64));
        }
    }
}
