package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BytesTest {
    private static final Bytes FIVE = Bytes.ofHex("0102fffe05");

    @Test
    void aCopyDoesNotFollowItsSource() {
        byte[] source = {1, 2};
        Bytes bytes = Bytes.of(source);
        source[0] = 9;
        bytes.toArray()[1] = 9;
        assertEquals(Bytes.ofHex("0102"), bytes);
    }

    @Test
    void slicesCountFromTheirOwnStart() {
        Bytes middle = FIVE.slice(1, 4);
        assertEquals(Bytes.ofHex("02fffe"), middle);
        assertEquals(Bytes.ofHex("02fffe").hashCode(), middle.hashCode());
        assertEquals(0xff, middle.u8(1));
        assertEquals(0x02ff, middle.u16(0));
        assertEquals(Bytes.ofHex("fffe"), middle.slice(1, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> middle.u8(3));
        assertThrows(IndexOutOfBoundsException.class, () -> middle.slice(0, 4));
        assertEquals(middle, middle.compact());
        assertArrayEquals(new byte[] {2, -1, -2}, middle.toArray());
        ByteBuffer buffer = middle.asBuffer();
        assertEquals(3, buffer.remaining());
        assertEquals(2, buffer.get(0));
        assertTrue(buffer.isReadOnly());
    }

    @Test
    void numbersAreBigEndian() {
        Bytes bytes = Bytes.ofHex("fedcba9876543210");
        assertEquals(0xfedc, bytes.u16(0));
        assertEquals(0xfedcba98, bytes.i32(0));
        assertEquals(0xfedcba9876543210L, bytes.i64(0));
        assertEquals(Bytes.ofHex("fedc"), Bytes.ofU16(0xfedc));
        assertEquals(Bytes.ofHex("fedcba98"), Bytes.ofU32(0xfedcba98));
        assertThrows(IndexOutOfBoundsException.class, () -> Bytes.ofU16(0x10000));
        assertThrows(IndexOutOfBoundsException.class, () -> Bytes.ofU8(-1));
    }

    @Test
    void concatenatesAndComparesUnsigned() {
        assertEquals(FIVE, FIVE.slice(0, 2).concat(FIVE.slice(2, 5)));
        assertTrue(Bytes.ofHex("ff").compareTo(Bytes.ofHex("01ff")) > 0);
        assertTrue(Bytes.ofHex("01").compareTo(Bytes.ofHex("0100")) < 0);
        assertTrue(FIVE.slice(1, 5).startsWith(Bytes.ofHex("02ff")));
        assertFalse(FIVE.startsWith(Bytes.ofHex("02")));
        assertNotEquals(Bytes.ofHex("0102"), Bytes.ofHex("0103"));
        byte[] target = new byte[7];
        FIVE.slice(3, 5).copyTo(target, 4);
        assertArrayEquals(new byte[] {0, 0, 0, 0, -2, 5, 0}, target);
    }

    @Test
    void printsHexButNotWithoutEnd() {
        assertEquals("0102fffe05", FIVE.toString());
        assertEquals("ab".repeat(32) + "… (33 bytes)", Bytes.ofHex("ab".repeat(33)).toString());
        assertEquals("ab".repeat(33), Bytes.ofHex("ab".repeat(33)).hex());
    }

    @Test
    void childSpisOfReservedValuesAreRefused() {
        assertEquals("c0ffee01", new ChildSpi(0xc0ffee01).toString());
        assertEquals("00000100", ChildSpi.of(Bytes.ofHex("00000100")).toString());
        assertThrows(IllegalArgumentException.class, () -> new ChildSpi(255));
        assertTrue(ChildSpi.find(Bytes.ofHex("000000ff")).isEmpty());
        assertTrue(ChildSpi.find(Bytes.ofHex("c0ffee")).isEmpty());
    }
}
