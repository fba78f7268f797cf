package org.keyferry.crypto.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientProtocolTest {
    private static final String SCHEMES = "000d00040002" + "0403";
    private static final String NO_AUTHORITIES = "002f00020000";

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /// The shape of what charon 5.9.8 sends.
    @Test
    void anEmptyListOfAuthoritiesIsNotThere() {
        byte[] body = bytes("00" + "000e" + NO_AUTHORITIES + SCHEMES);
        assertArrayEquals(
                bytes("00" + "0008" + SCHEMES), ClientProtocol.withoutEmptyAuthorities(body));
    }

    @Test
    void theContextStays() {
        byte[] body = bytes("02abcd" + "000e" + SCHEMES + NO_AUTHORITIES);
        assertArrayEquals(
                bytes("02abcd" + "0008" + SCHEMES), ClientProtocol.withoutEmptyAuthorities(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00" + "0011" + "002f00050003000130" + SCHEMES, // one authority
                "00" + "000e" + "003000020000" + SCHEMES, // another extension
                "00" + "0008" + SCHEMES,
            })
    void othersStayAsTheyAre(String hex) {
        assertArrayEquals(bytes(hex), ClientProtocol.withoutEmptyAuthorities(bytes(hex)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01",
                "00" + "00",
                "00" + "000f" + NO_AUTHORITIES + SCHEMES, // more than there is
                "00" + "0007" + NO_AUTHORITIES, // less
                "00" + "0009" + NO_AUTHORITIES + "000d00", // the second is cut
                "00" + "000a" + NO_AUTHORITIES + "000d0001", // and ends early
            })
    void whatIsMalformedIsForOthersToRefuse(String hex) {
        byte[] body = bytes(hex);
        assertSame(body, ClientProtocol.withoutEmptyAuthorities(body));
    }

    @FuzzTest(maxDuration = "30s")
    void anything(byte[] body) {
        byte[] once = ClientProtocol.withoutEmptyAuthorities(body);
        byte[] twice = ClientProtocol.withoutEmptyAuthorities(once);
        if (once.length > body.length || !java.util.Arrays.equals(once, twice)) {
            throw new AssertionError(HexFormat.of().formatHex(body));
        }
    }
}
