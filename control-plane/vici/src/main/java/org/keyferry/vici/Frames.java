package org.keyferry.vici;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/// Packets on a blocking stream socket: 4-byte big-endian length, then that many bytes.
final class Frames {
    static final int HEADER_BYTES = 4;

    private Frames() {}

    /// Empty at the end of the stream.
    ///
    /// @throws EOFException if the stream ends within a packet
    static Optional<byte[]> read(SocketChannel channel) throws IOException, MalformedVici {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        if (channel.read(header) < 0) {
            return Optional.empty();
        }
        fill(channel, header);
        ByteBuffer packet = ByteBuffer.allocate(checkLength(header.getInt(0)));
        fill(channel, packet);
        return Optional.of(packet.array());
    }

    static int checkLength(int lengthBytes) throws MalformedVici {
        if (lengthBytes < 1 || lengthBytes > ViciPacket.MAX_BYTES) {
            throw new MalformedVici(
                    "packet length " + Integer.toUnsignedString(lengthBytes) + " out of range", 0);
        }
        return lengthBytes;
    }

    private static void fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("stream ended within a packet");
            }
        }
    }

    /// @param packet at most `ViciPacket.MAX_BYTES`
    static void write(SocketChannel channel, byte[] packet) throws IOException {
        ByteBuffer[] frame = {header(packet), ByteBuffer.wrap(packet)};
        while (frame[1].hasRemaining()) {
            channel.write(frame);
        }
    }

    static ByteBuffer header(byte[] packet) {
        return ByteBuffer.allocate(HEADER_BYTES).putInt(0, packet.length);
    }
}
