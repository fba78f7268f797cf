package org.keyferry.settings.model;

import java.util.List;
import java.util.Optional;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// What belongs to authentication by a public key: of the own side what to sign with, of the peer
/// what is demanded of it.
///
/// @param signatures as the `auth` string tells
/// @param certs X.509 in DER: own ones, or those of which the peer's must be one
/// @param pubkeys SubjectPublicKeyInfo in DER: own ones, or those of which the peer's must be one
/// @param cacerts X.509 in DER, of which one must lie in the peer's path
/// @param caId of a CA that must lie in the peer's path
/// @param certPolicy OIDs that must all hold for the peer's path
public record PublicKeyTerms(
        SignatureRules signatures,
        List<Bytes> certs,
        List<Bytes> pubkeys,
        List<Bytes> cacerts,
        Optional<Identification> caId,
        List<String> certPolicy,
        Revocation revocation) {
    public static final PublicKeyTerms NONE =
            new PublicKeyTerms(
                    SignatureRules.NONE,
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Revocation.RELAXED);

    public PublicKeyTerms {
        certs = List.copyOf(certs);
        pubkeys = List.copyOf(pubkeys);
        cacerts = List.copyOf(cacerts);
        certPolicy = List.copyOf(certPolicy);
    }
}
