package org.keyferry.daemon.radius;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.radius.packet.MalformedRadius;
import org.keyferry.daemon.radius.packet.RadiusPacket;
import org.keyferry.engine.Event.Group;
import org.keyferry.settings.RadiusConf.DynamicAuthorization;
import org.keyferry.wire.Bytes;

/// The port where servers ask for changes (`eap-radius.dae`): one thread, one request after the
/// other. A repeated request gets the answer that it got before.
final class ChangeListener implements AutoCloseable {
    private static final int MOST_REMEMBERED = 256;

    private record Key(String from, Bytes request) {}

    private final DatagramSocket socket;
    private final ChangeRequests requests;
    private final Log log;
    private final SequencedMap<Key, byte[]> answered = new LinkedHashMap<>();

    ChangeListener(DynamicAuthorization conf, ChangeRequests requests, Log log) throws IOException {
        this.requests = requests;
        this.log = log;
        socket = new DatagramSocket(conf.port(), InetAddress.ofLiteral(conf.listen()));
        Thread.ofVirtual().name("radius-dae").start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] buffer = new byte[RadiusPacket.MOST_BYTES];
        while (!socket.isClosed()) {
            try {
                var datagram = new DatagramPacket(buffer, buffer.length);
                socket.receive(datagram);
                serve(datagram, Bytes.of(buffer).slice(0, datagram.getLength()));
            } catch (MalformedRadius e) {
                log.log(Group.CFG, 1, "ignored a RADIUS request: %s", e.getMessage());
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    log.log(Group.CFG, 1, "RADIUS requests: %s", e.getMessage());
                }
            }
        }
    }

    private void serve(DatagramPacket datagram, Bytes request) throws IOException, MalformedRadius {
        var key = new Key(datagram.getSocketAddress().toString(), request);
        byte[] answer = answered.get(key);
        if (answer == null) {
            answer = requests.answer(request).toArray();
            answered.put(key, answer);
            if (answered.size() > MOST_REMEMBERED) {
                Map.Entry<Key, byte[]> _ = answered.pollFirstEntry();
            }
        }
        socket.send(new DatagramPacket(answer, answer.length, datagram.getSocketAddress()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
