package org.keyferry.daemon.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// How messages travel: by UDP, or in TCP connections.
public record Transport(UdpTransport udp, TcpTransport tcp) implements AutoCloseable {

    /// Listens on these addresses, and on no others.
    ///
    /// @throws IOException at the first call only, if a socket cannot be opened
    public void use(List<InetAddress> addresses) throws IOException {
        udp.use(addresses);
        tcp.use(addresses);
    }

    /// Sends in order. Any thread.
    public void send(List<Outgoing> batch) {
        if (batch.stream().noneMatch(outgoing -> outgoing.remote().tcp())) {
            udp.send(batch);
            return;
        }
        var datagrams = new ArrayList<Outgoing>();
        for (Outgoing outgoing : batch) {
            if (outgoing.remote().tcp()) {
                tcp.send(outgoing);
            } else {
                datagrams.add(outgoing);
            }
        }
        udp.send(datagrams);
    }

    @Override
    public void close() {
        tcp.close();
        udp.close();
    }
}
