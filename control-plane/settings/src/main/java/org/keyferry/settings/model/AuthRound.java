package org.keyferry.settings.model;

import org.keyferry.wire.Identification;

/// One authentication round of one side (RFC 7296 §2.15, several by RFC 4739).
///
/// @param id own identity, or the pattern a peer's must match; `Identification.ANY` if not
///   configured
/// @param publicKey also for the EAP methods with TLS; [PublicKeyTerms#NONE] for other methods
/// @param eap [EapTerms#NONE] for other methods
public record AuthRound(
        AuthMethod method, Identification id, PublicKeyTerms publicKey, EapTerms eap) {
    public AuthRound(AuthMethod method, Identification id, PublicKeyTerms publicKey) {
        this(method, id, publicKey, EapTerms.NONE);
    }

    public AuthRound(AuthMethod method, Identification id) {
        this(method, id, PublicKeyTerms.NONE);
    }
}
