package org.keyferry.engine.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.keyferry.crypto.cert.BadCertificate;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.Credentials;
import org.keyferry.settings.model.PublicKeyTerms;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// Judges certificates of a TLS peer by the same rules as those of an IKE peer. That the peer has
/// the key is what TLS proves.
public final class CertificateTrust {
    /// @param wrong empty if nothing is
    /// @param addressBlocks that the peer may use; empty if nothing limits it
    public record Judged(Optional<String> wrong, Optional<List<AddressRange>> addressBlocks) {
        private static Judged refused(String why) {
            return new Judged(Optional.of(why), Optional.empty());
        }
    }

    /// @param chain DER, the peer's own first
    /// @param peer whom it must have been issued for
    /// @param notes gets lines for the log
    public static Judged judge(
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
                    return Judged.refused("TLS certificate is unusable: " + e.getMessage());
                }
                notes.add("received TLS certificate is ignored: " + e.getMessage());
            }
        }
        Certificate target = received.getFirst();
        if (!target.isFor(peer)) {
            return Judged.refused("certificate '%s' is not for '%s'".formatted(target, peer));
        }
        return switch (new Paths(credentials, received, at, notes).find(target, terms)) {
            case Paths.Found.Path(var path) -> new Judged(Optional.empty(), path.addressBlocks());
            case Paths.Found.None(Objection reason) ->
                    Judged.refused(
                            "no TLS public key found for '%s': %s".formatted(peer, reason.text()));
        };
    }

    private CertificateTrust() {}
}
