package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// IPv6 texts are the examples of RFC 4291 §2.2 and RFC 5952 §4 and §5.
class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, c0000201",
        "0.0.0.0, 0.0.0.0, 00000000",
        "255.255.255.255, 255.255.255.255, ffffffff",
        "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a, 20010db80000000000080800200c417a",
        "FF01:0:0:0:0:0:0:101, ff01::101, ff010000000000000000000000000101",
        "0:0:0:0:0:0:0:1, ::1, 00000000000000000000000000000001",
        "::, ::, 00000000000000000000000000000000",
        "2001:0db8::0001, 2001:db8::1, 20010db8000000000000000000000001",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1, 20010db8000000010001000100010001",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1, 20010000000000010000000000000001",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1, 20010db8000000000001000000000001",
        "::FFFF:129.144.52.38, ::ffff:129.144.52.38, 00000000000000000000ffff81903426",
        "1::, 1::, 00010000000000000000000000000000",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8, 00000002000300040005000600070008",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221, 0064ff9b0000000000000000c0000221",
    })
    void addressesAreReadAndWritten(String text, String canonical, String hex)
            throws UnknownHostException {
        IpAddress address = IpAddress.parse(text);
        assertEquals(canonical, address.toString());
        assertEquals(hex, Bytes.of(address.toBytes()).hex());
        assertEquals(address, IpAddress.ofBytes(Bytes.ofHex(hex)));
        if (!canonical.startsWith("::ffff")) { // Java turns these into IPv4
            assertEquals(InetAddress.getByName(text), address.toInetAddress());
            assertEquals(address, IpAddress.of(address.toInetAddress()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "1.2.3.+4",
                "1..2.3",
                "a.b.c.d",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "g::",
                "::1.2.3",
                "1.2.3.4::",
                "1:2:3:4:5:6:7:8::",
                "::1%eth0",
                "fe80::1 ",
                "1:2:3:4:5:6:7:1.2.3.4",
                "localhost",
                "٣.1.1.1",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:"
            })
    void anythingElseIsNoAddress(String text) {
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text));
    }

    @Test
    void addressesHaveAnOrder() {
        assertTrue(ip("255.0.0.0").compareTo(ip("1.0.0.0")) > 0);
        assertTrue(ip("255.0.0.0").compareTo(ip("::")) < 0);
        assertTrue(ip("ffff::").compareTo(ip("1::")) > 0);
        assertEquals(ip("10.1.0.0"), ip("10.0.255.255").next());
        assertEquals(ip("2001:db8:0:1::"), ip("2001:db8::ffff:ffff:ffff:ffff").next());
        assertThrows(ArithmeticException.class, () -> ip("255.255.255.255").next());
    }

    @Test
    void endpointsPrintWithTheirPort() {
        assertEquals("10.0.0.1[500]", new Endpoint(ip("10.0.0.1"), 500).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/16, 10.1.0.0, 10.1.255.255, 16, 10.1.0.0/16",
        "10.0.0.1, 10.0.0.1, 10.0.0.1, 32, 10.0.0.1/32",
        "0.0.0.0/0, 0.0.0.0, 255.255.255.255, 0, 0.0.0.0/0",
        "10.0.0.1-10.0.0.9, 10.0.0.1, 10.0.0.9, -1, 10.0.0.1..10.0.0.9",
        "10.0.0.0 - 10.0.0.255, 10.0.0.0, 10.0.0.255, 24, 10.0.0.0/24",
        "10.0.0.255-10.0.1.0, 10.0.0.255, 10.0.1.0, -1, 10.0.0.255..10.0.1.0",
        "fd00::/8, fd00::, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 8, fd00::/8",
        "fd00::1/127, fd00::, fd00::1, 127, fd00::/127",
        "fd00::/64, fd00::, fd00::ffff:ffff:ffff:ffff, 64, fd00::/64",
        "::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0, ::/0",
    })
    void rangesAreReadAndWritten(
            String text, String first, String last, int prefixBits, String printed) {
        AddressRange range = AddressRange.parse(text);
        assertEquals(new AddressRange(ip(first), ip(last)), range);
        assertEquals(
                prefixBits < 0 ? OptionalInt.empty() : OptionalInt.of(prefixBits),
                range.prefixBits());
        assertEquals(printed, range.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.0/33", "10.0.0.9-10.0.0.1", "::/129", "10.0.0.1-::1", "10.0.0.0/-1"})
    void anythingElseIsNoRange(String text) {
        assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
    }

    @Test
    void rangesIntersect() {
        assertEquals(Optional.of(range("10.1.0.0/16")), both("10.0.0.0/8", "10.1.0.0/16"));
        assertEquals(
                Optional.of(range("10.0.0.5-10.0.0.9")),
                both("10.0.0.1-10.0.0.9", "10.0.0.5-10.0.0.20"));
        assertEquals(Optional.empty(), both("10.0.0.0/24", "10.0.1.0/24"));
        assertEquals(Optional.empty(), both("0.0.0.0/0", "::/0"));
        assertTrue(range("10.0.0.0/8").contains(range("10.1.0.0/16")));
        assertFalse(range("10.1.0.0/16").contains(range("10.0.0.0/8")));
        assertFalse(range("0.0.0.0/0").contains(ip("::1")));
    }

    private static Optional<AddressRange> both(String one, String other) {
        return range(one).intersect(range(other));
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    private static AddressRange range(String text) {
        return AddressRange.parse(text);
    }
}
