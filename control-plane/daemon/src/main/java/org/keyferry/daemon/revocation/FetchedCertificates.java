package org.keyferry.daemon.revocation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.cert.CertificateDirectory;
import org.keyferry.crypto.cert.HashAndUrl;
import org.keyferry.wire.Bytes;

/// Certificates by hash and URL, for all peers together.
///
/// @param used whether the configuration wants that
/// @param bases by the issuing CA's name
public record FetchedCertificates(
        RevocationService service, boolean used, Map<String, String> bases)
        implements CertificateDirectory {
    /// More of one peer are not fetched.
    private static final int MAX_CERTIFICATES = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    public FetchedCertificates {
        bases = Map.copyOf(bases);
    }

    @Override
    public boolean isUsed() {
        return used;
    }

    @Override
    public Optional<String> baseOf(Certificate certificate) {
        return used
                ? Optional.ofNullable(bases.get(certificate.issuer().toString()))
                : Optional.empty();
    }

    @Override
    public List<Bytes> fetch(List<HashAndUrl> wanted, Consumer<String> notes) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var certificates = new ArrayList<Bytes>();
        for (HashAndUrl each : wanted.subList(0, Math.min(wanted.size(), MAX_CERTIFICATES))) {
            try {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new FetchFailed("no time left");
                }
                notes.accept("fetching certificate from '%s' ...".formatted(each.url()));
                certificates.add(service.certificate(each, Duration.ofNanos(left)));
            } catch (FetchFailed e) {
                notes.accept(
                        "certificate at %s is not usable: %s"
                                .formatted(each.url(), e.getMessage()));
            }
        }
        return certificates;
    }
}
