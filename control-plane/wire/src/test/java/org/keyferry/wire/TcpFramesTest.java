package org.keyferry.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.wire.TcpFrames.Frame;

/// The formats of RFC 9329 §3 and §4.
class TcpFramesTest {
    private static final String PREFIX = "494b45544350";

    /// Length 10: itself, the marker, four bytes of a message.
    private static final String IKE = "000a" + "00000000" + "deadbeef";

    /// Length 10: itself, an SPI, four bytes.
    private static final String ESP = "000a" + "c0ffee01" + "01020304";

    private static final Frame IKE_FRAME = new Frame.Ike(bytes("deadbeef"));
    private static final Frame ESP_FRAME = new Frame.Esp(bytes("c0ffee0101020304"));

    private static Bytes bytes(String hex) {
        return Bytes.of(HexFormat.of().parseHex(hex));
    }

    private static List<Frame> read(boolean prefixed, String hex) throws PeerViolation {
        return new TcpFrames(prefixed, 100).take(bytes(hex).asBuffer());
    }

    private static String refusal(boolean prefixed, String hex) {
        return assertThrows(PeerViolation.class, () -> read(prefixed, hex)).getMessage();
    }

    @Test
    void thePrefixIsIketcp() {
        assertEquals(bytes(PREFIX), TcpFrames.PREFIX);
    }

    @Test
    void framesFollowOneAnother() throws PeerViolation {
        assertEquals(
                List.of(IKE_FRAME, ESP_FRAME, IKE_FRAME), read(true, PREFIX + IKE + ESP + IKE));
        assertEquals(List.of(ESP_FRAME), read(false, ESP));
    }

    @Test
    void piecesMakeNoDifference() throws PeerViolation {
        byte[] stream = bytes(PREFIX + IKE + ESP + "0003ff" + IKE).toArray();
        var whole = List.of(IKE_FRAME, ESP_FRAME, new Frame.Keepalive(), IKE_FRAME);
        for (int size = 1; size <= stream.length; size++) {
            var frames = new TcpFrames(true, 100);
            var read = new ArrayList<Frame>();
            for (int at = 0; at < stream.length; at += size) {
                int length = Math.min(size, stream.length - at);
                read.addAll(frames.take(ByteBuffer.wrap(stream, at, length)));
            }
            assertEquals(whole, read, "pieces of " + size);
        }
    }

    @Test
    void shortFramesMeanNothing() throws PeerViolation {
        assertEquals(List.of(new Frame.Keepalive()), read(false, "0003ff"));
        assertEquals(List.of(new Frame.Empty()), read(false, "0002"));
        assertEquals(List.of(new Frame.Empty()), read(false, "000300"));
        assertEquals(List.of(new Frame.Empty()), read(false, "000600000000"));
    }

    @Test
    void anotherProtocolIsTold() {
        assertEquals("malformed stream prefix at byte 0", refusal(true, IKE));
        assertEquals("malformed stream prefix at byte 5", refusal(true, "494b45544351"));
    }

    /// The length counts itself.
    @Test
    void lengthsBelowTwoAreRefused() {
        assertEquals("malformed frame length 0 at byte 12", refusal(false, IKE + "0000"));
        assertEquals("malformed frame length 1 at byte 2", refusal(false, "0001"));
    }

    @Test
    void nothingIsHeldOfFramesThatAreTooLong() throws PeerViolation {
        assertEquals(1, read(false, "0066" + "00".repeat(100)).size());
        assertEquals("more than 100 bytes in a frame", refusal(false, "0067"));
    }
}
