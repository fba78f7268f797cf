package org.keyferry.daemon.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/// The host's own addresses.
public interface OwnAddresses extends AutoCloseable {
    /// Calls `listener` with all addresses, once before this returns and then at each change, on
    /// any thread but never two at a time.
    void follow(Consumer<List<InetAddress>> listener) throws IOException;

    @Override
    void close();

    /// Addresses that never change.
    static OwnAddresses fixed(List<InetAddress> addresses) {
        return new OwnAddresses() {
            @Override
            public void follow(Consumer<List<InetAddress>> listener) {
                listener.accept(addresses);
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }
}
