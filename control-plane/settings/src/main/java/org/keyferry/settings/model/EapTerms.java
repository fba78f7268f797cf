package org.keyferry.settings.model;

import java.util.List;
import java.util.Optional;
import org.keyferry.wire.EapType;
import org.keyferry.wire.Identification;

/// What belongs to authentication by EAP.
///
/// @param method of the own side what to answer with, of the peer what is demanded of it
/// @param eapId of the own side the name that is told; of the peer whom it must be. A pattern asks
///   for the name by EAP-Identity
/// @param aaaId of the own side: who the server must be inside of TLS, if not the IKE peer
/// @param groups of the peer: it must belong to one of them, if there are any
public record EapTerms(
        Method method,
        Optional<Identification> eapId,
        Optional<Identification> aaaId,
        List<String> groups) {
    public static final EapTerms NONE =
            new EapTerms(Method.ANY, Optional.empty(), Optional.empty(), List.of());

    public EapTerms {
        groups = List.copyOf(groups);
    }

    public EapTerms(Method method) {
        this(method, Optional.empty(), Optional.empty(), List.of());
    }

    /// How EAP is done.
    public sealed interface Method {
        Method ANY = new Any();

        /// As a client whatever the server asks for; of a peer, whatever it proved itself with.
        record Any() implements Method {}

        record Typed(EapType type) implements Method {}

        /// The server offers one method after another until the client takes one.
        record Dynamic() implements Method {}

        /// The server passes EAP on to RADIUS.
        record Radius() implements Method {}
    }
}
