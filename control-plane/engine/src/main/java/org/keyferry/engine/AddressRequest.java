package org.keyferry.engine;

import java.util.List;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

/// What a peer asks for that wants addresses inside the tunnel, for whoever has some.
///
/// @param connection by name, for the log as is `ikeUniqueId`
/// @param identity by which leases are kept
/// @param pools of the connection, tried in this order
/// @param wanted an entry for each address; the unspecified one of a family stands for any of it
public record AddressRequest(
        int ikeUniqueId,
        String connection,
        Identification identity,
        Endpoint peer,
        List<String> pools,
        List<IpAddress> wanted) {
    public AddressRequest {
        pools = List.copyOf(pools);
        wanted = List.copyOf(wanted);
    }

    public AddressRequest withWanted(List<IpAddress> others) {
        return new AddressRequest(ikeUniqueId, connection, identity, peer, pools, others);
    }
}
