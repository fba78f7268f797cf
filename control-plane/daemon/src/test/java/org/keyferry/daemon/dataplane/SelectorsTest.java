package org.keyferry.daemon.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.netlink.xfrm.XfrmPorts;
import org.keyferry.netlink.xfrm.XfrmSelector;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.TrafficSelector;

class SelectorsTest {
    @ParameterizedTest
    @CsvSource({
        "0,     65535, 0x0000, 0x0000",
        "80,    80,    0x0050, 0xffff",
        "0,     0,     0x0000, 0xffff",
        "1024,  2047,  0x0400, 0xfc00",
        "32768, 65535, 0x8000, 0x8000",
        "80,    81,    0x0050, 0xfffe",
        // Not a mask: the narrowest that covers it.
        "1000,  1100,  0x0000, 0xf800",
        // OPAQUE
        "65535, 0,     0x0000, 0xffff",
    })
    void portsBecomeAMask(int first, int last, String port, String mask) {
        assertEquals(
                new XfrmPorts(Integer.decode(port), Integer.decode(mask)),
                Selectors.ports(new PortRange(first, last)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.5/32[udp/4000], 10.2.0.5/32[udp/53]",
        "10.1.0.5/32[tcp/22], 10.2.0.5/32[tcp/40000]",
        "fd00:1::5/128[ipv6-icmp], fd00:2::5/128[ipv6-icmp]",
        "10.1.0.5/32, 10.2.0.5/32",
    })
    void aPacketOfTheKernelIsASelectorAgain(String source, String destination) {
        XfrmSelector packet = between(source, destination).orElseThrow();
        assertEquals(TrafficSelector.parse(source), Selectors.packetSource(packet));
        assertEquals(TrafficSelector.parse(destination), Selectors.packetDestination(packet));
    }

    @Test
    void anEchoRequestIsTypeEightAtBothEnds() {
        var echo =
                XfrmSelector.between(
                        Inet.prefix(TrafficSelector.parse("10.1.0.5/32").addresses()),
                        Inet.prefix(TrafficSelector.parse("10.2.0.5/32").addresses()),
                        1,
                        XfrmPorts.exactly(8),
                        XfrmPorts.exactly(0));
        assertEquals(0x0800, Selectors.packetSource(echo).ports().first());
        assertEquals(0x0800, Selectors.packetDestination(echo).ports().last());
    }

    @Test
    void icmpTypeAndCodeStandInSourceAndDestinationPort() {
        XfrmSelector echo = between("10.1.0.0/16[icmp/8]", "10.2.0.0/16[icmp]").orElseThrow();
        assertEquals(XfrmPorts.exactly(8), echo.sourcePorts());
        assertEquals(XfrmPorts.ANY, echo.destinationPorts());
        // RFC 7296 §3.13.1: type 3 and code 4 as one number.
        XfrmSelector unreachable =
                between("10.1.0.0/16[icmp]", "10.2.0.0/16[icmp/772]").orElseThrow();
        assertEquals(XfrmPorts.exactly(3), unreachable.sourcePorts());
        assertEquals(XfrmPorts.exactly(4), unreachable.destinationPorts());
        XfrmSelector reply = between("10.1.0.0/16[icmp/0]", "10.2.0.0/16[icmp]").orElseThrow();
        assertEquals(XfrmPorts.exactly(0), reply.sourcePorts());
    }

    @Test
    void theProtocolOfEitherSideCounts() {
        assertEquals(17, between("10.1.0.0/16", "10.2.0.0/16[udp/53]").orElseThrow().protocol());
        assertEquals(6, between("10.1.0.0/16[tcp]", "10.2.0.0/16").orElseThrow().protocol());
        assertEquals(Optional.empty(), between("10.1.0.0/16[tcp]", "10.2.0.0/16[udp]"));
    }

    @Test
    void familiesAreNotMixed() {
        assertEquals(Optional.empty(), between("10.1.0.0/16", "fd00::/8"));
        assertTrue(between("fd01::/64", "fd02::/64").isPresent());
    }

    @Test
    void aRangeOfAddressesBecomesThePrefixThatCoversIt() {
        XfrmSelector selector = between("10.1.0.1-10.1.0.6", "10.2.0.0-10.2.255.255").orElseThrow();
        assertEquals("10.1.0.0/29", selector.source().toString());
        assertEquals("10.2.0.0/16", selector.destination().toString());
    }

    private static Optional<XfrmSelector> between(String source, String destination) {
        return Selectors.between(TrafficSelector.parse(source), TrafficSelector.parse(destination));
    }
}
