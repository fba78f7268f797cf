package org.keyferry.daemon.radius;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.wire.Bytes;

/// One UDP socket to one server, and which request has which of its 256 identifiers. Identifiers
/// are guarded by the server's lock; a virtual thread reads.
final class RadiusSocket implements AutoCloseable {
    private static final int IDENTIFIERS = 256;

    private final DatagramChannel channel;
    private final PendingRequest[] byIdentifier = new PendingRequest[IDENTIFIERS];
    private int next;
    private int used;

    /// Only what comes from that address and port arrives.
    RadiusSocket(InetSocketAddress server, Optional<InetSocketAddress> source) throws IOException {
        boolean v6 = server.getAddress().getAddress().length == 16;
        channel =
                DatagramChannel.open(
                        v6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        boolean connected = false;
        try {
            if (source.isPresent()) {
                channel.bind(source.get());
            }
            channel.connect(server);
            connected = true;
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    /// @param received hears datagrams, with this socket
    void read(BiConsumer<RadiusSocket, Bytes> received) {
        Thread.ofVirtual().name("radius").start(() -> readAll(received));
    }

    private void readAll(BiConsumer<RadiusSocket, Bytes> received) {
        ByteBuffer buffer = ByteBuffer.allocate(RadiusPacket.MOST_BYTES);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                channel.read(buffer);
                buffer.flip();
                byte[] datagram = new byte[buffer.remaining()];
                buffer.get(datagram);
                received.accept(this, Bytes.wrapOwned(datagram));
            } catch (PortUnreachableException _) {
                // nobody listens there at present: retransmission goes on, as ICMP can be forged
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    boolean isFull() {
        return used == IDENTIFIERS;
    }

    int used() {
        return used;
    }

    /// Identifiers go round, so that a late answer seldom meets the next request. There must be
    /// room.
    int take(PendingRequest request) {
        while (byIdentifier[next] != null) {
            next = (next + 1) % IDENTIFIERS;
        }
        int identifier = next;
        next = (next + 1) % IDENTIFIERS;
        byIdentifier[identifier] = request;
        used++;
        return identifier;
    }

    void release(int identifier) {
        byIdentifier[identifier] = null;
        used--;
    }

    /// @return `null` if there is none
    PendingRequest waitingFor(int identifier) {
        return byIdentifier[identifier];
    }

    List<PendingRequest> all() {
        var all = new ArrayList<PendingRequest>();
        for (PendingRequest request : byIdentifier) {
            if (request != null) {
                all.add(request);
            }
        }
        return all;
    }

    /// What cannot be sent is lost, as on the way; there is another try.
    void send(Bytes datagram) {
        try {
            channel.write(datagram.asBuffer());
        } catch (IOException _) {
            // no route, full buffer, port unreachable
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // it is gone either way
        }
    }
}
