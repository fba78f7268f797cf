package org.keyferry.engine.trust;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import org.keyferry.crypto.cert.Fault;

/// Why a peer is not taken for who it says it is.
///
/// @param text for a person
public record Objection(Fault fault, String text) {
    static Optional<Objection> of(Fault fault, String text) {
        return Optional.of(new Objection(fault, text));
    }

    /// Several as one, of the kind of the most telling: that something is revoked or expired says
    /// more than that another way did not lead anywhere.
    static Objection all(Collection<Objection> objections) {
        Fault fault =
                objections.stream()
                        .map(Objection::fault)
                        .min(Fault::compareTo)
                        .orElse(Fault.UNACCEPTABLE);
        return new Objection(
                fault, objections.stream().map(Objection::text).collect(Collectors.joining("; ")));
    }

    Objection prefixed(String before) {
        return new Objection(fault, before + text);
    }
}
