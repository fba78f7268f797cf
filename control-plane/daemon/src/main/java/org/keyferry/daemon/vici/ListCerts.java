package org.keyferry.daemon.vici;

import static org.keyferry.daemon.creds.CertificateKind.OCSP_RESPONSE;
import static org.keyferry.daemon.creds.CertificateKind.X509_CRL;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.keyferry.daemon.creds.CertificateKind;
import org.keyferry.daemon.creds.CertificateKind.Flag;
import org.keyferry.daemon.creds.CertificateKind.Named;
import org.keyferry.daemon.creds.CertificateReader;
import org.keyferry.daemon.creds.CredentialRefused;
import org.keyferry.daemon.creds.LoadedCertificate;
import org.keyferry.vici.ViciCommand;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciRequest;
import org.keyferry.vici.ViciValue;
import org.keyferry.wire.Bytes;
import org.keyferry.wire.Identification;

/// `list-certs`: one event for each certificate, kind by kind.
final class ListCerts {
    private static final String ANY = "ANY";

    private final Commands.Parts parts;

    ListCerts(Commands.Parts parts) {
        this.parts = parts;
    }

    Map<String, ViciCommand> table() {
        return Map.of("list-certs", this::run);
    }

    private ViciMessage run(ViciRequest request) {
        Optional<Predicate<LoadedCertificate>> wanted = wanted(request.message());
        if (wanted.isEmpty()) {
            return ViciMessage.EMPTY;
        }
        List<LoadedCertificate> certificates =
                Stream.concat(parts.credentials().certificates().stream(), fetched())
                        .distinct()
                        .filter(wanted.get())
                        .sorted(
                                Comparator.comparing(LoadedCertificate::kind)
                                        .thenComparing(LoadedCertificate::flag))
                        .toList();
        for (LoadedCertificate certificate : certificates) {
            request.stream("list-cert", message(certificate));
        }
        return ViciMessage.EMPTY;
    }

    private Stream<LoadedCertificate> fetched() {
        var cache = parts.revocations().cache();
        return Stream.concat(
                        cache.lists().stream().map(list -> read(X509_CRL, list.der())),
                        cache.answers().stream().map(a -> read(OCSP_RESPONSE, a.der())))
                .flatMap(Optional::stream);
    }

    private static Optional<LoadedCertificate> read(CertificateKind kind, Bytes der) {
        try {
            return Optional.of(CertificateReader.read(kind, Flag.NONE, der.toArray()));
        } catch (CredentialRefused _) {
            return Optional.empty(); // what is used for authentication and cannot be listed
        }
    }

    /// Empty if the request names what does not exist.
    private static Optional<Predicate<LoadedCertificate>> wanted(ViciMessage request) {
        String type = request.getString("type", ANY);
        String flagName = request.getString("flag", ANY);
        Identification subject =
                request.getString("subject").map(Identification::parse).orElse(Identification.ANY);
        Predicate<LoadedCertificate> fits =
                certificate -> subject.isAny() || certificate.speaksFor(subject);
        if (type.equalsIgnoreCase(ANY)) {
            return Optional.of(fits);
        }
        Optional<Named> named = CertificateKind.named(type);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        CertificateKind kind = named.get().kind();
        fits = fits.and(certificate -> certificate.kind() == kind);
        if (kind != CertificateKind.X509 || flagName.equalsIgnoreCase(ANY)) {
            Optional<Flag> implied = named.get().flag();
            return Optional.of(fits.and(c -> implied.isEmpty() || implied.get() == c.flag()));
        }
        Optional<Flag> flag = CertificateKind.flagNamed(flagName);
        Predicate<LoadedCertificate> ofKind = fits;
        return flag.map(wanted -> ofKind.and(certificate -> certificate.flag() == wanted));
    }

    private ViciMessage message(LoadedCertificate certificate) {
        var out = ViciMessage.builder().put("type", certificate.kind().name());
        if (certificate.kind() == CertificateKind.X509) {
            out.put("flag", certificate.flag().name());
        }
        out.flag("has_privkey", certificate.keyId().flatMap(parts.credentials()::key).isPresent());
        return out.put("data", ViciValue.of(certificate.der().toArray())).build();
    }
}
