package org.keyferry.engine;

import java.util.List;
import java.util.Optional;
import org.keyferry.engine.exchange.Tasks;
import org.keyferry.engine.exchange.TrafficSelection;
import org.keyferry.engine.sa.IkeSa;
import org.keyferry.engine.sa.SaCore;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.Connection;

/// What [Engine] has to know to begin an initiation, or to let it join another.
final class Initiations {
    /// Why it cannot be begun at all.
    ///
    /// @param refusals what was left out of the connection
    static Optional<Reason> refusal(
            boolean shuttingDown,
            Input.Initiate initiate,
            Optional<Connection> usable,
            Optional<Child> child,
            List<String> refusals) {
        if (shuttingDown) {
            return Optional.of(Reason.Plain.SHUTDOWN);
        }
        if (usable.isEmpty()) {
            return Optional.of(new Reason.CannotDo(String.join("; ", refusals)));
        }
        if (initiate.child().isPresent() && child.isEmpty()) {
            boolean configured = initiate.connection().child(initiate.child().get()).isPresent();
            return Optional.of(
                    configured
                            ? new Reason.CannotDo(String.join("; ", refusals))
                            : Reason.Plain.NO_SUCH_CHILD);
        }
        return child.filter(c -> !TrafficSelection.isNegotiated(c))
                .map(
                        c ->
                                new Reason.CannotDo(
                                        "child '%s' is never negotiated".formatted(c.name())));
    }

    static boolean isConnecting(IkeSa sa) {
        return sa.core().isInitiator() && sa.isConnecting();
    }

    static boolean has(IkeSa sa, Optional<Child> child) {
        return sa.isEstablished()
                && child.map(
                                wanted ->
                                        sa.core().children().stream()
                                                .filter(Tasks::carries)
                                                .anyMatch(c -> c.name().equals(wanted.name())))
                        .orElse(true);
    }

    /// Whether a further child of the connection may come over it. Where we want virtual IPs, one
    /// that the peer began does not do: it has none for us. What another one is about to replace
    /// would take the child along when it goes.
    static boolean fits(IkeSa sa, Connection connection) {
        boolean asked = connection.addressing().vips().isEmpty() || sa.core().isOriginalInitiator();
        return (sa.isEstablished() || isConnecting(sa))
                && asked
                && !sa.core().replacement().reauthenticating()
                && samePeer(sa.core().connection(), connection);
    }

    /// Whether two versions of a connection differ in their children at most.
    private static boolean samePeer(Connection a, Connection b) {
        return a.with(a.proposals(), List.of()).equals(b.with(b.proposals(), List.of()));
    }

    /// Takes over who waits for it, and the packet that asked for it.
    static void waits(SaCore core, Input.Initiate initiate, Outbox out) {
        began(core, initiate, out);
        core.waitingRequests().addAll(initiate.requests());
        initiate.child().ifPresent(name -> core.wishes().add(name, initiate.attempt()));
    }

    static void began(SaCore core, Input.Initiate initiate, Outbox out) {
        for (long requestId : initiate.requests()) {
            out.tell(new Event.RequestBegan(requestId, core.uniqueId()));
        }
    }

    static void done(Input.Initiate initiate, Optional<Reason> failure, Outbox out) {
        for (long requestId : initiate.requests()) {
            out.tell(new Event.RequestDone(requestId, failure));
        }
    }

    private Initiations() {}
}
