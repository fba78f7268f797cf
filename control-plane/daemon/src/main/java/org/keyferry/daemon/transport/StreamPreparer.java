package org.keyferry.daemon.transport;

import java.io.IOException;

/// What the dataplane does with TCP sockets.
public interface StreamPreparer {
    /// Before a socket is connected or listens: its packets bypass all policies.
    void prepareStream(int fd, boolean v6) throws IOException;

    /// Once it is connected, and nothing but frames is left to come: has the kernel take ESP out of
    /// it and put ESP into it (RFC 9329). From then on each read and each write is one IKE message
    /// behind the non-ESP marker.
    ///
    /// @return whether it does; a dataplane without ESP leaves the frames alone
    /// @throws IOException naming what the kernel lacks
    boolean frameStream(int fd) throws IOException;
}
