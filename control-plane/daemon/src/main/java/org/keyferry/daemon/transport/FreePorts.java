package org.keyferry.daemon.transport;

import java.io.IOException;
import java.net.DatagramSocket;

/// Ports for those who do not care which.
public final class FreePorts {
    private FreePorts() {}

    /// The port, or if it is 0 one that is free on every address.
    public static int orFree(int port) throws IOException {
        if (port != 0) {
            return port;
        }
        try (var socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
