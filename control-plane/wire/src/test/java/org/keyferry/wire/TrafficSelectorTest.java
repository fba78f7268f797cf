package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficSelectorTest {
    /// Right: what charon 5.9.8 (`swanctl --list-conns`) prints for a child configured as on the
    /// left.
    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.0.0/16",
        "10.2.0.0/16[icmp/8-9], 10.2.0.0/16[icmp/8-9]",
        "10.3.0.0/16[ipv6-icmp/128], 10.3.0.0/16[ipv6-icmp/128]",
        "10.4.0.0/16[udp], 10.4.0.0/16[udp]",
        "10.5.0.0/16[0/80], 10.5.0.0/16[0/http]",
        "10.6.0.0/16[47/80], 10.6.0.0/16[gre/80]",
        "10.7.0.0/16[any/opaque], 10.7.0.0/16[0/OPAQUE]",
        "10.8.0.0/16[udp/domain], 10.8.0.0/16[udp/domain]",
        "10.9.0.0/16[132/80], 10.9.0.0/16[sctp/80]",
        "10.10.0.0/16[4], 10.10.0.0/16[ipencap]",
        "10.11.0.0/16[253], 10.11.0.0/16[253]",
        "10.12.0.0/16[icmp/2048], 10.12.0.0/16[icmp/8]",
        "10.13.0.0/16[/80], 10.13.0.0/16[0/http]",
        "10.14.0.0/16[tcp/any], 10.14.0.0/16[tcp]",
        "10.15.0.0/16[icmp/0], 10.15.0.0/16[icmp/0]",
        "10.16.0.7/16, 10.16.0.0/16",
        "10.17.0.0/16[icmp/2049], 10.17.0.0/16[icmp/8(1)]",
        "10.18.0.0/16[icmp/255], 10.18.0.0/16[icmp/255]",
        "10.19.0.0/16[tcp/70-80], 10.19.0.0/16[tcp/70-80]",
        "10.20.0.0/16[tcp/8080], 10.20.0.0/16[tcp/http-alt]",
        "10.21.0.0/16[icmp/768-770], 10.21.0.0/16[icmp/3-3(2)]",
        "10.1.0.0/16[icmp/2049-2050], 10.1.0.0/16[icmp/8(1)-8(2)]",
        "10.1.0.0/16[icmp/2048-2303], 10.1.0.0/16[icmp/8-8(255)]",
        "10.1.0.0/16[icmp/opaque], 10.1.0.0/16[icmp/OPAQUE]",
        "10.1.0.0/16[any/any], 10.1.0.0/16",
        "10.1.0.0/16[0], 10.1.0.0/16",
        "10.1.0.0/16[tcp/0], 10.1.0.0/16[tcp/0]",
        "10.1.0.0/16[TCP/80], 10.1.0.0/16[tcp/http]",
        "10.1.0.0-10.1.255.255, 10.1.0.0/16",
    })
    void selectorsAreReadAndWrittenAsCharonDoes(String text, String printed) {
        assertEquals(printed, TrafficSelector.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.0.0/16[icmp/8/0]",
                "10.1.0.0/16[tcp/443-http]",
                "10.1.0.0/16[tcp/80",
                "10.1.0.0/16[tcp/65536]",
                "10.1.0.0/16[256]",
                "10.1.0.0/16[tcp/90-80]",
                "10.1.0.0/16[nosuch]",
                "[tcp]",
                "dynamic"
            })
    void anythingElseIsNoSelector(String text) {
        assertThrows(IllegalArgumentException.class, () -> TrafficSelector.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.1.0.0/16[tcp/80], 10.1.0.0/16[tcp/http]",
        "10.0.0.0/8[tcp/1-100], 10.1.0.0/16[/80-443], 10.1.0.0/16[tcp/80-100]",
        "10.0.0.0/8[tcp], 10.1.0.0/16[udp], ",
        "10.0.0.0/8[tcp/80], 10.1.0.0/16[tcp/81], ",
        "10.0.0.0/8, fd00::/8, ",
        "10.0.0.0/8[udp], 10.1.0.0/16[udp/opaque], 10.1.0.0/16[udp/OPAQUE]",
        "10.0.0.0/8[udp/1-9], 10.1.0.0/16[udp/opaque], ",
    })
    void selectorsIntersect(String one, String other, String both) {
        TrafficSelector left = TrafficSelector.parse(one);
        TrafficSelector right = TrafficSelector.parse(other);
        assertEquals(Optional.ofNullable(both), left.intersect(right).map(Object::toString));
        assertEquals(left.intersect(right), right.intersect(left));
    }

    @Test
    void selectorsContain() {
        TrafficSelector all = TrafficSelector.parse("0.0.0.0/0");
        TrafficSelector web = TrafficSelector.parse("10.0.0.0/8[tcp/80]");
        assertTrue(all.contains(web));
        assertFalse(web.contains(all));
        assertFalse(TrafficSelector.parse("0.0.0.0/0[udp]").contains(web));
        assertTrue(all.contains(TrafficSelector.parse("10.0.0.0/8[udp/opaque]")));
    }

    @Test
    void portRangesAreValidOrOpaque() {
        assertEquals(new PortRange(65_535, 0), PortRange.OPAQUE);
        assertThrows(IllegalArgumentException.class, () -> new PortRange(2, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> new PortRange(0, 65_536));
    }
}
