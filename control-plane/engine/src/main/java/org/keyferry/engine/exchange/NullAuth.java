package org.keyferry.engine.exchange;

import java.util.Optional;
import org.keyferry.wire.Identification;
import org.keyferry.wire.Payload;

/// NULL authentication (RFC 7619): a proof that anybody can make, of no identity. No connection can
/// ask for it, so it is refused, however right it is.
final class NullAuth {
    private static final int METHOD = 13;

    private NullAuth() {}

    /// Why a peer is not let in; empty if it used another method.
    static Optional<String> refusal(Identification peer, Payload.Authentication auth) {
        return auth.method() == METHOD
                ? Optional.of(
                        "peer '%s' did not authenticate itself (NULL authentication, RFC 7619)"
                                .formatted(peer))
                : Optional.empty();
    }
}
