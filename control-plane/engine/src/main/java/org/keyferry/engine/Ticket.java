package org.keyferry.engine;

import java.time.Instant;
import java.util.List;
import org.keyferry.crypto.Secret;
import org.keyferry.engine.sa.Login;
import org.keyferry.settings.model.Connection;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.Proposal;

/// What a client keeps to take an IKE_SA up again (RFC 5723): the gateway's ticket, and of the
/// IKE_SA what is in it.
///
/// @param opaque as the gateway gave it; only the gateway can read it
/// @param expires when the gateway takes it no more
/// @param reauthAt when the IKE_SA has to be authenticated again; [Instant#MAX] for never
/// @param connection as it was when the IKE_SA came up
/// @param skD of the IKE_SA when the ticket was given; wiped with the ticket
/// @param addresses virtual IPs that this side had
public record Ticket(
        Bytes opaque,
        Instant expires,
        Instant reauthAt,
        Connection connection,
        Identification localId,
        Identification remoteId,
        Login login,
        boolean ppk,
        Proposal proposal,
        Secret skD,
        List<IpAddress> addresses) {
    public Ticket {
        addresses = List.copyOf(addresses);
    }

    /// As it is when its IKE_SA is lost.
    public Ticket lost(Instant reauthBy, List<IpAddress> had) {
        return new Ticket(
                opaque,
                expires,
                reauthBy,
                connection,
                localId,
                remoteId,
                login,
                ppk,
                proposal,
                skD,
                had);
    }

    public boolean usable(Instant now) {
        return now.isBefore(expires) && now.isBefore(reauthAt);
    }

    @Override
    public String toString() {
        return "Ticket(%s, until %s)".formatted(connection.name(), expires);
    }
}
