package org.keyferry.daemon.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import org.keyferry.wire.IpAddress;

/// The host's own addresses.
public interface OwnAddresses extends AutoCloseable {
    /// Calls both with all addresses, once before this returns and then at each change, on any
    /// thread but never two at a time.
    ///
    /// @param sockets is told at once
    /// @param network also hears of changed routes, a little later and once for several changes;
    ///   only addresses that can be used count
    void follow(Consumer<List<InetAddress>> sockets, Consumer<List<IpAddress>> network)
            throws IOException;

    @Override
    void close();

    /// Addresses that never change.
    static OwnAddresses fixed(List<InetAddress> addresses) {
        return new OwnAddresses() {
            @Override
            public void follow(
                    Consumer<List<InetAddress>> sockets, Consumer<List<IpAddress>> network) {
                sockets.accept(addresses);
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
