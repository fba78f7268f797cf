package org.keyferry.engine.eap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.keyferry.wire.Bytes;

/// RFC 5216 §3.1: flags L, M, S, a length of four bytes, data.
class TlsFramingTest {
    private final TlsFraming framing = new TlsFraming(100, false, 0);

    private static Bytes hex(String digits) {
        return Bytes.ofHex(digits);
    }

    private static void assertWrong(TlsFraming.Got got, String why) {
        String said = assertInstanceOf(TlsFraming.Got.Wrong.class, got).why();
        assertTrue(said.contains(why), said);
    }

    @Test
    void aShortMessageTravelsWhole() {
        assertEquals(hex("00160301"), framing.send(hex("160301").toArray()));
        assertEquals(
                new TlsFraming.Got.Whole(hex("160301")),
                new TlsFraming(100, false, 0).receive(hex("00160301")));
    }

    @Test
    void theLengthMayBeToldAlways() {
        assertEquals(
                hex("8000000003160301"),
                new TlsFraming(100, true, 0).send(hex("160301").toArray()));
    }

    @Test
    void aLongMessageTravelsInParts() {
        byte[] message = new byte[250];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        var other = new TlsFraming(100, false, 0);
        Bytes first = framing.send(message);
        assertEquals(hex("c0000000fa").concat(Bytes.of(message).slice(0, 100)), first);
        var acknowledged = assertInstanceOf(TlsFraming.Got.Next.class, other.receive(first));
        assertEquals(hex("00"), acknowledged.packet());
        Bytes second =
                assertInstanceOf(TlsFraming.Got.Next.class, framing.receive(hex("00"))).packet();
        assertEquals(hex("40").concat(Bytes.of(message).slice(100, 200)), second);
        other.receive(second);
        Bytes third =
                assertInstanceOf(TlsFraming.Got.Next.class, framing.receive(hex("00"))).packet();
        assertTrue(framing.isSent());
        var whole = assertInstanceOf(TlsFraming.Got.Whole.class, other.receive(third));
        assertArrayEquals(message, whole.data().toArray());
    }

    @Test
    void moreThanAnybodyNeedsIsRefusedAtOnce() {
        assertWrong(framing.receive(hex("c000010001aa")), "65537 bytes");
        assertWrong(framing.receive(hex("c0ffffffffaa")), "4294967295 bytes");
    }

    @Test
    void partsWithoutEnd() {
        var part = hex("40").concat(Bytes.of(new byte[1_000]));
        TlsFraming.Got got = framing.receive(part);
        for (int i = 0; i < 65; i++) {
            assertInstanceOf(TlsFraming.Got.Next.class, got);
            got = framing.receive(part);
        }
        assertWrong(got, "more TLS data than announced or taken");
    }

    @Test
    void partsWithoutData() {
        assertWrong(framing.receive(hex("40")), "a part without data");
        assertWrong(framing.receive(hex("c000000010")), "a part without data");
    }

    @Test
    void partsThatContradictTheirLength() {
        framing.receive(hex("c000000004aabb"));
        assertWrong(framing.receive(hex("c000000005cc")), "different lengths");
        var longer = new TlsFraming(100, false, 0);
        longer.receive(hex("c000000004aabb"));
        assertWrong(longer.receive(hex("00aabbcc")), "more TLS data than announced");
        var shorter = new TlsFraming(100, false, 0);
        shorter.receive(hex("c000000004aabb"));
        assertWrong(shorter.receive(hex("00aa")), "less TLS data than announced");
    }

    @Test
    void dataInPlaceOfAnAcknowledgement() {
        framing.send(new byte[250]);
        assertWrong(framing.receive(hex("00aa")), "instead of an acknowledgement");
    }

    @Test
    void packetsThatEndEarly() {
        assertWrong(framing.receive(Bytes.EMPTY), "without flags");
        assertWrong(framing.receive(hex("80000000")), "within its length");
    }
}
