package org.keyferry.engine.sa;

import java.util.Optional;
import org.keyferry.engine.eap.EapAnswer;
import org.keyferry.engine.eap.EapServer;
import org.keyferry.wire.Identification;

/// Responder: where the EAP round of an initiator stands.
public sealed interface EapLogin {
    /// It sent no AUTH, and gets our own first.
    record Wanted() implements EapLogin {}

    /// It is asked for its name.
    ///
    /// @param identifier of that request
    record AskingName(int identifier) implements EapLogin {}

    /// A method runs.
    ///
    /// @param identity that it is run for
    /// @param server empty if EAP is passed on
    record Running(Identification identity, Optional<EapServer> server) implements EapLogin {}

    /// EAP succeeded; AUTH is still to come.
    ///
    /// @param server empty if EAP was passed on
    record Accepted(Identification identity, EapAnswer.Accepted answer, Optional<EapServer> server)
            implements EapLogin {}

    /// Whether somebody else is asked for this login.
    default boolean isPassedOn() {
        return this instanceof Running(_, var server) && server.isEmpty();
    }
}
