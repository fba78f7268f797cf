package org.keyferry.engine;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.keyferry.settings.model.Connection;

/// Tickets of IKE_SAs that were lost, one for each connection, until one is set up again. Safe for
/// any thread.
public final class LostSessions {
    private final Map<String, Ticket> tickets = new HashMap<>();

    /// The IKE_SA of a ticket is lost, or could not be taken up again yet.
    @SuppressWarnings("ReferenceEquality") // the same object, not an equal one, keeps its key
    public synchronized void put(Ticket ticket) {
        Ticket former = tickets.put(ticket.connection().name(), ticket);
        if (former != null && former != ticket) {
            former.skD().close();
        }
    }

    /// The ticket for a connection, for one use. None if it is too old, or the connection is not
    /// what it was.
    public synchronized Optional<Ticket> take(Connection connection, Instant now) {
        Optional<Ticket> ticket = Optional.ofNullable(tickets.remove(connection.name()));
        boolean usable =
                ticket.filter(t -> t.usable(now))
                        .filter(t -> t.connection().equalsButChildren(connection))
                        .isPresent();
        if (!usable) {
            ticket.ifPresent(t -> t.skD().close());
            return Optional.empty();
        }
        return ticket;
    }

    /// An IKE_SA of the connection is up.
    public synchronized void forget(String connection) {
        Ticket ticket = tickets.remove(connection);
        if (ticket != null) {
            ticket.skD().close();
        }
    }

    public synchronized int size() {
        return tickets.size();
    }
}
