package org.keyferry.engine.sa;

import java.time.Instant;
import java.util.Optional;
import org.keyferry.engine.Session;
import org.keyferry.engine.Ticket;
import org.keyferry.wire.Bytes;

/// What an IKE_SA has to do with session tickets (RFC 5723), in both roles.
public final class Resumability {
    /// As gateway: the latest ticket that the client got.
    public record Issued(Bytes id, Instant expires) {}

    /// What passes to the IKE_SA that replaces this one.
    ///
    /// @param held as client: the latest ticket of the gateway
    public record Facts(Optional<Ticket> held, Optional<Issued> issued) {
        public static final Facts NONE = new Facts(Optional.empty(), Optional.empty());
    }

    /// How this IKE_SA is taken up from another one.
    public sealed interface By {
        record Client(Ticket ticket) implements By {}

        /// @param ticketId of the ticket
        record Gateway(Bytes ticketId, Instant expires, Session session) implements By {}
    }

    private Facts facts = Facts.NONE;
    private Optional<By> resumedBy = Optional.empty();
    private boolean tried;

    public Facts facts() {
        return facts;
    }

    public void facts(Facts known) {
        facts = known;
    }

    public Optional<Ticket> held() {
        return facts.held();
    }

    public void held(Optional<Ticket> ticket) {
        facts = new Facts(ticket, facts.issued());
    }

    public Optional<Issued> issued() {
        return facts.issued();
    }

    public void issued(Optional<Issued> ticket) {
        facts = new Facts(facts.held(), ticket);
    }

    /// Empty for an IKE_SA that began with IKE_SA_INIT.
    public Optional<By> resumedBy() {
        return resumedBy;
    }

    public void resumedBy(By how) {
        resumedBy = Optional.of(how);
    }

    /// The keys are made.
    public void settled() {
        resumedBy.ifPresent(
                by -> {
                    switch (by) {
                        case By.Client(Ticket ticket) -> ticket.skD().close();
                        case By.Gateway(_, _, Session session) -> session.skD().close();
                    }
                });
    }

    /// As client: no ticket is taken for this IKE_SA any more.
    public boolean tried() {
        return tried;
    }

    public void tried(boolean done) {
        tried = done;
    }
}
