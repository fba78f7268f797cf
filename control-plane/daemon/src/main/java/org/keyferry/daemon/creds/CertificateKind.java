package org.keyferry.daemon.creds;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Kinds of certificates in the order in which they are listed, under VICI's names.
public enum CertificateKind {
    PUBKEY,
    X509,
    X509_AC,
    X509_CRL,
    OCSP_RESPONSE;

    /// What an X.509 certificate is trusted to do, in the order of listing.
    public enum Flag {
        NONE,
        CA,
        AA,
        OCSP
    }

    /// A kind, and for X.509 the flag that its name implies.
    public record Named(CertificateKind kind, Optional<Flag> flag) {}

    /// By today's name or by a former one, such as `x509ca`.
    public static Optional<Named> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "x509ca" -> Optional.of(new Named(X509, Optional.of(Flag.CA)));
            case "x509ocsp" -> Optional.of(new Named(X509, Optional.of(Flag.OCSP)));
            case "x509aa" -> Optional.of(new Named(X509, Optional.of(Flag.AA)));
            case "x509ac" -> Optional.of(new Named(X509_AC, Optional.empty()));
            case "x509crl" -> Optional.of(new Named(X509_CRL, Optional.empty()));
            default ->
                    Arrays.stream(values())
                            .filter(kind -> kind.name().equalsIgnoreCase(name))
                            .map(kind -> new Named(kind, Optional.empty()))
                            .findFirst();
        };
    }

    public static Optional<Flag> flagNamed(String name) {
        return Arrays.stream(Flag.values())
                .filter(flag -> flag.name().equalsIgnoreCase(name))
                .findFirst();
    }
}
