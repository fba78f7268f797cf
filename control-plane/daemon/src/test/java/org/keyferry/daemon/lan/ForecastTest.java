package org.keyferry.daemon.lan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.IpAddress;

/// Which broadcasts and multicasts pass, and where to. The scenario `multicast` of the lab has the
/// sockets.
class ForecastTest {
    private static final IpAddress BROADCAST = IpAddress.parse("10.1.255.255");
    private static final IpAddress LOCAL = IpAddress.parse("192.0.2.1");
    private static final int TYPE = 4;
    private static final int MARK = 20;

    /// 10.1.0.10 to 224.0.0.251, UDP from 38571 to 5353, "ferry"; tcpdump says that its checksum is
    /// right.
    private static final String WHOLE =
            "45000021123400000111bc920a01000ae00000fb96ab14e9000d17616665727279";

    /// The same with the sum of the pseudo header only, as a veth device hands it on.
    private static final String PARTIAL =
            "45000021123400000111bc920a01000ae00000fb96ab14e9000deb246665727279";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] completed(String text) {
        byte[] bytes = hex(text);
        ByteBuffer packet = ByteBuffer.wrap(bytes);
        IpPacket.of(packet).orElseThrow().complete(packet);
        return bytes;
    }

    @Test
    void checksumsThatADeviceWasToMakeAreMade() {
        assertArrayEquals(hex(WHOLE), completed(PARTIAL));
        assertArrayEquals(hex(WHOLE), completed(WHOLE));
        // wrong is wrong, none is none, and a fragment has no header
        for (String other : List.of("1762", "0000")) {
            String text = WHOLE.replace("1761", other);
            assertArrayEquals(hex(text), completed(text));
        }
        String fragment = PARTIAL.replace("12340000", "12342000");
        assertArrayEquals(hex(fragment), completed(fragment));
    }

    @Test
    void packetsThatAreNoneAreLeft() {
        IpPacket packet = IpPacket.of(ByteBuffer.wrap(hex(WHOLE + "0000"))).orElseThrow();
        assertEquals(IpAddress.parse("10.1.0.10"), packet.source());
        assertEquals(IpAddress.parse("224.0.0.251"), packet.destination());
        assertEquals(33, packet.bytes()); // what follows is padding
        for (String broken :
                List.of(
                        WHOLE.substring(0, 38),
                        WHOLE.substring(0, 64),
                        WHOLE.replaceFirst("45", "65"),
                        WHOLE.replaceFirst("45", "44"),
                        WHOLE.replaceFirst("0021", "0013"))) {
            assertEquals(Optional.empty(), IpPacket.of(ByteBuffer.wrap(hex(broken))), broken);
        }
    }

    private static boolean isMeant(String packet) {
        ByteBuffer bytes = ByteBuffer.wrap(hex(packet));
        List<IpAddress> groups = List.of(IpAddress.parse("224.0.0.251"));
        return Forecast.isMeant(IpPacket.of(bytes).orElseThrow(), bytes, groups, BROADCAST);
    }

    /// The packet is the one from above, to other addresses and between other ports.
    @Test
    void dhcpStaysInItsNetwork() {
        assertTrue(isMeant(WHOLE));
        assertFalse(isMeant(WHOLE.replace("e00000fb", "e00000fc")));
        for (String to : List.of("e00000fb", "ffffffff", "0a01ffff")) {
            String packet = WHOLE.replace("e00000fb", to);
            assertTrue(isMeant(packet), packet);
            for (String ports : List.of("00440043", "00430044", "00430043")) {
                assertFalse(isMeant(packet.replace("96ab14e9", ports)), ports);
            }
            assertTrue(isMeant(packet.replace("96ab14e9", "004414e9")));
            assertTrue(isMeant(packet.replace("96ab14e9", "96ab0043")));
        }
        String dhcp = WHOLE.replace("96ab14e9", "00430044");
        assertFalse(isMeant(dhcp.replace("12340000", "12342000"))); // the first fragment
        assertTrue(isMeant(dhcp.replace("12340000", "12340001"))); // one without ports
        assertTrue(isMeant(dhcp.replace("0111bc92", "0106bc92"))); // TCP
        assertTrue(isMeant("45000018" + dhcp.substring(8, 48))); // nothing but the ports
    }

    private static ForecastPeer peer(String child, int mark, String own, String peers) {
        return new ForecastPeer(
                child,
                0xc0ffee00 + mark,
                mark,
                mark,
                LOCAL,
                List.of(AddressRange.parse(own), AddressRange.parse("224.0.0.251/32")),
                List.of(AddressRange.parse(peers), AddressRange.parse("224.0.0.251/32")));
    }

    @Test
    void selectorsDecideWhoTakesWhat() {
        var peer = peer("nets", 7, "10.1.0.0/16", "10.2.0.0/16");
        var ours = new IpPacket(IpAddress.parse("10.1.0.9"), IpAddress.parse("224.0.0.251"), 40);
        var theirs = new IpPacket(IpAddress.parse("10.2.0.9"), IpAddress.parse("224.0.0.251"), 40);
        var other = new IpPacket(IpAddress.parse("10.1.0.9"), IpAddress.parse("224.0.0.252"), 40);
        assertTrue(peer.takes(ours) && !peer.takes(theirs) && !peer.takes(other));
        assertTrue(peer.sends(theirs) && !peer.sends(ours) && !peer.sends(other));
    }

    /// Runs the few instructions that the filters are made of, as Linux does (net/core/filter.c).
    private static boolean accepts(long[] program, ByteBuffer packet, Map<Integer, Integer> about) {
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int operand = (int) program[at];
            switch ((int) (program[at] >>> 48)) {
                case 0x20 ->
                        accumulator =
                                operand >>> 12 == 0xfffff
                                        ? about.get(operand & 0xfff)
                                        : packet.getInt(operand);
                case 0x54 -> accumulator &= operand;
                case 0x15 ->
                        at += (int) (program[at] >>> (accumulator == operand ? 40 : 32)) & 0xff;
                case 0x06 -> {
                    return operand != 0;
                }
                default -> throw new AssertionError("instruction " + at);
            }
        }
    }

    private static ByteBuffer to(String destination) {
        return ByteBuffer.allocate(20).put(16, IpAddress.parse(destination).toBytes());
    }

    /// @param type 0 for this host, 1 a broadcast, 2 a multicast, 4 outgoing, 5 looped back
    ///   (if_packet.h)
    @ParameterizedTest
    @CsvSource({
        "224.0.0.251, 2, 0, true, false",
        "239.1.1.1, 2, 0, true, false",
        "224.0.0.251, 5, 0, false, false",
        "224.0.0.251, 4, 0, false, false",
        "224.0.0.251, 4, 7, false, false",
        "224.0.0.251, 0, 7, false, true",
        "224.0.0.251, 0, 9, false, true",
        "224.0.0.251, 0, 8, false, false",
        "224.0.0.251, 2, 7, false, true",
        "10.1.255.255, 1, 0, true, false",
        "10.1.255.255, 0, 7, false, true",
        "255.255.255.255, 1, 0, true, false",
        "255.255.255.255, 0, 9, false, true",
        "10.2.255.255, 0, 7, false, false",
        "10.1.0.10, 0, 0, false, false",
        "10.1.0.10, 0, 7, false, false",
        "240.0.0.1, 0, 7, false, false",
    })
    void filters(String destination, int type, int mark, boolean ofNetwork, boolean ofPeer) {
        var about = Map.of(TYPE, type, MARK, mark);
        ByteBuffer packet = to(destination);
        assertEquals(ofNetwork, accepts(ForecastFilters.ofNetwork(), packet, about));
        long[] ofPeers = ForecastFilters.ofPeers(List.of(7, 9), BROADCAST);
        assertEquals(ofPeer, accepts(ofPeers, packet, about));
    }

    @Test
    void aFilterHasAnEnd() {
        var many = IntStream.rangeClosed(1, 2_044).boxed().toList();
        assertTrue(
                ForecastFilters.ofPeers(many.subList(0, 2_043), BROADCAST).length
                        <= ForecastFilters.MOST_INSTRUCTIONS);
        assertThrows(
                IllegalArgumentException.class, () -> ForecastFilters.ofPeers(many, BROADCAST));
    }

    @Test
    void rulesLeadNetworksAndSpisToTheirMarks() {
        String rules =
                ForecastRules.of(
                        List.of(
                                peer("a", 1, "10.1.0.0/16", "10.2.0.0/16"),
                                peer("b", 2, "10.1.0.0/16", "10.3.0.1-10.3.0.9")),
                        4500);
        assertTrue(rules.contains("{ 0xc0ffee01 : 0x1, 0xc0ffee02 : 0x2 }"), rules);
        assertTrue(rules.contains("ip daddr 10.2.0.0/16 meta mark set 0x1"), rules);
        assertTrue(rules.contains("ip daddr 10.3.0.1-10.3.0.9 meta mark set 0x2"), rules);
        assertFalse(rules.contains("224.0.0.251"), rules);
        assertEquals(
                "table inet keyferry-forecast\ndelete table inet keyferry-forecast\n",
                ForecastRules.of(List.of(), 4500));
    }

    @Test
    void nftTakesTheRules() throws Exception {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nft");
        var nft = new ProcessBuilder("unshare", "--net", "nft", "-f", "-");
        Process process = nft.redirectErrorStream(true).start();
        var peers =
                List.of(
                        peer("a", 1, "10.1.0.0/16", "0.0.0.0/0"),
                        peer("b", 2, "10.1.0.0/16", "10.3.0.1-10.3.0.9"));
        try (var out = process.outputWriter(UTF_8)) {
            out.append(ForecastRules.of(peers, 4500)).append(ForecastRules.of(List.of(), 4500));
        }
        assertEquals("", new String(process.getInputStream().readAllBytes(), UTF_8));
        assertEquals(0, process.waitFor());
    }
}
