package org.keyferry.settings.model;

import java.util.List;
import org.keyferry.wire.Identification;

/// A secret that both sides hold.
///
/// @param id name of its section, unique among the secrets
/// @param owners identities it belongs to; none means any peer
public record SharedSecret(String id, Kind kind, SecretText secret, List<Identification> owners) {
    public enum Kind {
        IKE,
        EAP,
        /// MD4 of a password in UTF-16: what MSCHAPv2 needs of it.
        NTLM,
        PPK
    }

    public SharedSecret {
        owners = List.copyOf(owners);
    }
}
