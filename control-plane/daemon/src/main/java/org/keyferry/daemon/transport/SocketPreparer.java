package org.keyferry.daemon.transport;

import java.io.IOException;

/// Sets what the kernel must know of a new socket before it is bound.
@FunctionalInterface
public interface SocketPreparer {
    /// @param port that it will be bound to
    void prepare(int fd, boolean v6, boolean natT, int port) throws IOException;
}
