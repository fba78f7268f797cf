package org.keyferry.engine.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// Judges certificates of a TLS peer by the same rules as those of an IKE peer. That the peer has
/// the key is what TLS proves.
public final class CertificateTrust {
    /// @param chain DER, the peer's own first
    /// @param peer whom it must have been issued for
    /// @param notes gets lines for the log
    /// @return what is wrong; empty if nothing is
    public static Optional<String> judge(
            List<Bytes> chain,
            Identification peer,
            PublicKeyTerms terms,
            Credentials credentials,
            Instant at,
            List<String> notes) {
        var received = new ArrayList<Certificate>();
        for (Bytes der : chain) {
            try {
                Certificate certificate = Certificate.parse(der);
                notes.add(
                        "received TLS %s certificate '%s'"
                                .formatted(
                                        received.isEmpty() ? "peer" : "intermediate", certificate));
                received.add(certificate);
            } catch (BadCertificate e) {
                if (received.isEmpty()) {
                    return Optional.of("TLS certificate is unusable: " + e.getMessage());
                }
                notes.add("received TLS certificate is ignored: " + e.getMessage());
            }
        }
        Certificate target = received.getFirst();
        if (!target.isFor(peer)) {
            return Optional.of("certificate '%s' is not for '%s'".formatted(target, peer));
        }
        return switch (new Paths(credentials, received, at, notes).find(target, terms)) {
            case Paths.Found.Path _ -> Optional.empty();
            case Paths.Found.None(Objection reason) ->
                    Optional.of(
                            "no TLS public key found for '%s': %s".formatted(peer, reason.text()));
        };
    }

    private CertificateTrust() {}
}
