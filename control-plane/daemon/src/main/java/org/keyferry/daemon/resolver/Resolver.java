package org.keyferry.daemon.resolver;

import java.io.IOException;
import java.util.List;
import org.keyferry.wire.IpAddress;

/// Where this host's programs learn their name servers.
interface Resolver {
    /// Has these used, and none of those that it was given before. May block.
    void use(List<IpAddress> servers) throws IOException;
}
