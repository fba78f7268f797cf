package org.keyferry.settings.model;

import java.util.Optional;
import org.keyferry.wire.Identification;

/// Mixing of a postquantum pre-shared key into the keys (RFC 8784).
///
/// @param ppkId which one an initiator uses; as responder which ones may be used, empty for any
/// @param ppkRequired no IKE_SA without one
public record PpkTerms(Optional<Identification> ppkId, boolean ppkRequired) {
    public static final PpkTerms NONE = new PpkTerms(Optional.empty(), false);
}
