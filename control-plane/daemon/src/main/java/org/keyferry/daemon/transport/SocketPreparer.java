package org.keyferry.daemon.transport;

import java.io.IOException;

/// Sets what the kernel must know of a new socket before it is bound.
@FunctionalInterface
public interface SocketPreparer {
    void prepare(int fd, boolean v6, boolean natT) throws IOException;
}
