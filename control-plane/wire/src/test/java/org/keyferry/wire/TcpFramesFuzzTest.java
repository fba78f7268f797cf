package org.keyferry.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// See [DecoderFuzzTest] for how to run it.
class TcpFramesFuzzTest {
    private static final int MOST_BYTES = 10_004;

    private record Outcome(List<TcpFrames.Frame> frames, Optional<String> refusal) {}

    /// The first byte tells whether the prefix is expected, and how long pieces are: they make no
    /// difference.
    @FuzzTest(maxDuration = "60s")
    void readsStreams(byte[] data) {
        if (data.length == 0) {
            return;
        }
        boolean prefixed = (data[0] & 1) != 0;
        int size = 1 + ((data[0] & 0xff) >> 1);
        Outcome inPieces = read(data, prefixed, size);
        Outcome atOnce = read(data, prefixed, data.length);
        boolean same =
                inPieces.refusal().equals(atOnce.refusal())
                        && inPieces.frames()
                                .subList(
                                        0,
                                        Math.min(inPieces.frames().size(), atOnce.frames().size()))
                                .equals(atOnce.frames());
        if (!same) {
            throw new AssertionError(inPieces + " or " + atOnce);
        }
        for (TcpFrames.Frame frame : inPieces.frames()) {
            if (frame instanceof TcpFrames.Frame.Ike(var message)
                    && message.length() > MOST_BYTES) {
                throw new AssertionError("a message of " + message.length() + " bytes");
            }
        }
    }

    private static Outcome read(byte[] data, boolean prefixed, int size) {
        var frames = new TcpFrames(prefixed, MOST_BYTES);
        var read = new ArrayList<TcpFrames.Frame>();
        try {
            for (int at = 1; at < data.length; at += size) {
                int length = Math.min(size, data.length - at);
                read.addAll(frames.take(ByteBuffer.wrap(data, at, length)));
            }
        } catch (PeerViolation e) {
            return new Outcome(read, Optional.of(e.getMessage()));
        }
        return new Outcome(read, Optional.empty());
    }
}
