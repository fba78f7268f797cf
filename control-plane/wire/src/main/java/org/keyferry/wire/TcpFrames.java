package org.keyferry.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// IKE messages in a TCP stream, with ESP packets in between (RFC 9329 §3, §4): a prefix first,
/// then frames of a 16-bit length, which counts itself, and four zero bytes before an IKE message.
///
/// A reader takes what comes in any pieces, from one end, and holds one incomplete frame at most.
public final class TcpFrames {
    /// What the side that opens a connection sends first, `IKETCP`.
    public static final Bytes PREFIX = Bytes.of("IKETCP".getBytes(StandardCharsets.US_ASCII));

    public static final int LENGTH_BYTES = 2;
    public static final int MARKER_BYTES = 4;
    private static final int KEEPALIVE = 0xff;

    /// What a frame holds.
    public sealed interface Frame {
        /// Without the marker.
        record Ike(Bytes message) implements Frame {}

        /// Beginning with its SPI, which is not 0.
        record Esp(Bytes packet) implements Frame {}

        /// A single byte 0xff, which has no meaning over TCP (§6.6).
        record Keepalive() implements Frame {}

        /// Too short for anything.
        record Empty() implements Frame {}
    }

    private final int mostBytes;
    private final byte[] prefix = new byte[PREFIX.length()];
    private int prefixHeld;
    private final byte[] length = new byte[LENGTH_BYTES];
    private int lengthHeld;
    private byte[] body = new byte[0];
    private int bodyHeld;
    private long offset;

    /// @param prefixed whether the prefix comes first
    /// @param mostBytes of a frame without its length
    public TcpFrames(boolean prefixed, int mostBytes) {
        this.prefixHeld = prefixed ? 0 : prefix.length;
        this.mostBytes = mostBytes;
    }

    /// Takes all bytes of `in`.
    ///
    /// @return the frames that are complete now
    /// @throws PeerViolation if this is no such stream, or if a frame is too long; the rest of the
    ///   stream has no meaning then
    public List<Frame> take(ByteBuffer in) throws PeerViolation {
        var frames = new ArrayList<Frame>();
        while (in.hasRemaining()) {
            if (prefixHeld < prefix.length) {
                takePrefix(in);
            } else if (lengthHeld < LENGTH_BYTES) {
                takeLength(in);
            } else {
                takeBody(in);
            }
            if (lengthHeld == LENGTH_BYTES && bodyHeld == body.length) {
                frames.add(frame(Bytes.wrapOwned(body)));
                lengthHeld = 0;
            }
        }
        return frames;
    }

    private void takePrefix(ByteBuffer in) throws PeerViolation {
        byte next = in.get();
        if ((next & 0xff) != PREFIX.u8(prefixHeld)) {
            throw malformed("stream prefix");
        }
        prefixHeld++;
        offset++;
    }

    private void takeLength(ByteBuffer in) throws PeerViolation {
        length[lengthHeld++] = in.get();
        offset++;
        if (lengthHeld < LENGTH_BYTES) {
            return;
        }
        int frameBytes = (length[0] & 0xff) << 8 | (length[1] & 0xff);
        if (frameBytes < LENGTH_BYTES) {
            throw malformed("frame length " + frameBytes);
        }
        if (frameBytes - LENGTH_BYTES > mostBytes) {
            throw new PeerViolation(new Violation.LimitExceeded("bytes in a frame", mostBytes));
        }
        body = new byte[frameBytes - LENGTH_BYTES];
        bodyHeld = 0;
    }

    private void takeBody(ByteBuffer in) {
        int taken = Math.min(in.remaining(), body.length - bodyHeld);
        in.get(body, bodyHeld, taken);
        bodyHeld += taken;
        offset += taken;
    }

    private PeerViolation malformed(String what) {
        return PeerViolation.malformed(what, (int) Math.min(offset, Integer.MAX_VALUE));
    }

    /// What is in a frame.
    ///
    /// @param content without the length
    public static Frame frame(Bytes content) {
        if (content.length() == 1 && content.u8(0) == KEEPALIVE) {
            return new Frame.Keepalive();
        }
        if (content.length() <= MARKER_BYTES) {
            return new Frame.Empty();
        }
        return content.i32(0) == 0
                ? new Frame.Ike(content.slice(MARKER_BYTES, content.length()))
                : new Frame.Esp(content);
    }
}
