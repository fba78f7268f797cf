package org.keyferry.engine.sa;

import java.util.Optional;
import org.keyferry.engine.eap.EapFacts;
import org.keyferry.wire.Identification;

/// What the peer told or proved in its authentication beside its IKE identity. Never changes once
/// the IKE_SA is up.
///
/// @param eapIdentity that the peer authenticated with by EAP; empty without EAP
/// @param facts [EapFacts#NONE] without EAP
public record Login(Optional<Identification> eapIdentity, EapFacts facts) {
    public static final Login NONE = new Login(Optional.empty(), EapFacts.NONE);

    /// The peer proved itself by EAP: only it can set the IKE_SA up again.
    public boolean byEap() {
        return eapIdentity.isPresent();
    }
}
