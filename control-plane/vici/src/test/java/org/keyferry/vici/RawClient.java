package org.keyferry.vici;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;

/// A connection for tests that send what `ViciClient` would not.
final class RawClient implements AutoCloseable {
    private final SocketChannel channel;

    RawClient(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    void send(ViciPacket packet) throws IOException {
        Frames.write(channel, packet.encode());
    }

    void sendFrame(String hex) throws IOException {
        Frames.write(channel, HexFormat.of().parseHex(hex));
    }

    void sendBytes(String hex) throws IOException {
        channel.write(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    ViciPacket receive() throws IOException, MalformedVici {
        return ViciPacket.decode(Frames.read(channel).orElseThrow());
    }

    ViciPacket ask(ViciPacket packet) throws IOException, MalformedVici {
        send(packet);
        return receive();
    }

    /// Waits for the server to end the connection.
    boolean isAtEnd() throws IOException {
        return channel.read(ByteBuffer.allocate(1)) < 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
