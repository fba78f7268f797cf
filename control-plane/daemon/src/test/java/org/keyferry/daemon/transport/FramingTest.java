package org.keyferry.daemon.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.transport.Framing.Content;
import org.keyferry.wire.Bytes;

/// RFC 3948 §2.2 (non-ESP marker) and §2.3 (keepalive).
class FramingTest {
    private static Content read(String hex, boolean natTPort) {
        return Framing.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)), natTPort);
    }

    private static String written(Optional<Bytes> message, boolean marked) {
        var out = Unpooled.buffer();
        Framing.write(out, message, marked);
        return ByteBufUtil.hexDump(out);
    }

    @Test
    void thePlainPortTakesTheDatagramAsItIs() {
        assertEquals(new Content.Ike(Bytes.ofHex("00000000aabb")), read("00000000aabb", false));
        assertEquals(new Content.Ike(Bytes.ofHex("c1c2")), read("c1c2", false));
    }

    @Test
    void theNatTPortTakesWhatStandsBehindTheMarker() {
        assertEquals(new Content.Ike(Bytes.ofHex("aabb")), read("00000000aabb", true));
    }

    @Test
    void espAndBareMarkersAreNotIke() {
        assertInstanceOf(Content.NotIke.class, read("c0000001000000010203", true));
        assertInstanceOf(Content.NotIke.class, read("00000000", true));
        assertInstanceOf(Content.NotIke.class, read("000000", true));
        assertInstanceOf(Content.NotIke.class, read("", true));
        assertInstanceOf(Content.NotIke.class, read("", false));
    }

    @Test
    void aSingleByteOfOnesKeepsTheNatOpen() {
        assertInstanceOf(Content.Keepalive.class, read("ff", true));
        assertInstanceOf(Content.NotIke.class, read("fe", true));
    }

    @Test
    void theMarkerIsWrittenOnlyWhereAskedFor() {
        assertEquals("c1c2c3", written(Optional.of(Bytes.ofHex("c1c2c3")), false));
        assertEquals("00000000c1c2c3", written(Optional.of(Bytes.ofHex("c1c2c3")), true));
        assertEquals("ff", written(Optional.empty(), true));
    }
}
