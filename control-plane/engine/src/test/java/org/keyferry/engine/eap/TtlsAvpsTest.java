package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;

/// RFC 5281 §10.1: code, flags, a length of three bytes, data, padding.
class TtlsAvpsTest {
    private static byte[] hex(String digits) {
        return Bytes.ofHex(digits).toArray();
    }

    @Test
    void anEapMessage() throws TtlsAvps.Malformed {
        byte[] avp = hex("0000004f4000000d020100050100000000".substring(0, 32));
        assertArrayEquals(
                hex("0000004f4000000d0201000501000000"),
                TtlsAvps.eapMessage(Bytes.ofHex("0201000501")));
        assertEquals(Bytes.ofHex("0201000501"), TtlsAvps.eapMessage(avp));
    }

    @Test
    void inSeveralParts() throws TtlsAvps.Malformed {
        assertEquals(
                Bytes.ofHex("0201000501"),
                TtlsAvps.eapMessage(hex("0000004f4000000a020100000000004f4000000b00050100")));
    }

    @Test
    void whatIsNotMandatoryIsPassedOver() throws TtlsAvps.Malformed {
        assertEquals(Bytes.EMPTY, TtlsAvps.eapMessage(hex("000000010000000a61620000")));
    }

    private static void assertMalformed(String digits, String why) {
        var thrown = assertThrows(TtlsAvps.Malformed.class, () -> TtlsAvps.eapMessage(hex(digits)));
        assertTrue(thrown.getMessage().contains(why), thrown.getMessage());
    }

    @Test
    void whatIsMandatoryMustBeUnderstood() {
        assertMalformed("000000014000000a61620000", "attribute 1 is not understood");
    }

    @Test
    void lengthsThatAreWrong() {
        assertMalformed("0000004f40000007", "an attribute of 7 bytes");
        assertMalformed("0000004f40000000", "an attribute of 0 bytes");
        assertMalformed("0000004fc000000a000000000000", "an attribute of 10 bytes");
        assertMalformed("0000004f40ffffff00", "an attribute of 16777215 bytes");
        assertMalformed("0000004f40", "within its header");
    }

    @Test
    void attributesWithoutEnd() {
        assertMalformed("0000000100000008".repeat(65), "more than 64 attributes");
    }
}
