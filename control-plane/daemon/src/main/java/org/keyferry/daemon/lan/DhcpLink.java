package org.keyferry.daemon.lan;

import java.io.IOException;
import org.keyferry.wire.IpAddress;

/// The way to DHCP servers.
interface DhcpLink {
    /// Never blocks.
    ///
    /// @throws IOException if it cannot leave this host
    void send(DhcpMessage message, IpAddress to) throws IOException;

    /// This host's address towards a server.
    IpAddress towards(IpAddress server) throws IOException;

    /// Something came due at another time than it was.
    void wake();
}
