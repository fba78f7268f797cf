package org.keyferry.engine.eap.sim;

import org.keyferry.engine.Configuration;
import org.keyferry.engine.eap.EapContext;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.wire.EapSimMethod;
import org.keyferry.wire.Identification;

/// All that must be as it was in the login in which an identity was given.
///
/// @param server the server's identity: as client, the one that was proved
/// @param own our round
/// @param peer the peer's
record SimTerms(
        String connection,
        EapSimMethod method,
        Identification server,
        AuthRound own,
        AuthRound peer) {
    static SimTerms of(EapSimMethod method, EapContext context) {
        return new SimTerms(
                context.connection(), method, context.server(), context.own(), context.peer());
    }

    /// The connection is still there, and asks for the same.
    boolean areIn(Configuration configuration) {
        return configuration
                .connection(connection)
                .filter(c -> c.local().contains(own))
                .filter(c -> c.remote().contains(peer))
                .isPresent();
    }
}
