package org.keyferry.settings.model;

import java.util.Optional;
import org.keyferry.wire.Gateway;

/// Where a responder sends peers that can be redirected (RFC 5685) while they set an IKE_SA up.
///
/// @param redirectInit those whose IKE_SA_INIT request falls to the connection
/// @param redirectAuth those that have proved to be its peers
public record Redirects(Optional<Gateway> redirectInit, Optional<Gateway> redirectAuth) {
    public static final Redirects NONE = new Redirects(Optional.empty(), Optional.empty());
}
