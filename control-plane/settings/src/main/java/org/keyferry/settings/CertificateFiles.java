package org.keyferry.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where certificates and public keys are read from that a connection names by their file, and
/// certificates that it names by where they are on a token.
public final class CertificateFiles {
    /// Larger than any certificate.
    private static final long MAX_BYTES = 1 << 20;

    static final CertificateFiles NONE =
            new CertificateFiles(
                    Optional.empty(),
                    (_, _, _) -> {
                        throw new IllegalArgumentException("no tokens are used here");
                    });

    /// Reads a certificate of a token.
    @FunctionalInterface
    public interface Tokens {
        /// @param handle hex digits
        /// @return DER
        /// @throws IllegalArgumentException with why it cannot be had
        byte[] certificate(String handle, Optional<String> slot, Optional<String> module);
    }

    private final Optional<Path> base;
    private final Tokens tokens;

    private CertificateFiles(Optional<Path> base, Tokens tokens) {
        this.base = base;
        this.tokens = tokens;
    }

    /// @param directory swanctl's, with `x509`, `x509ca` and `pubkey` in it
    public static CertificateFiles under(Path directory) {
        return new CertificateFiles(Optional.of(directory), NONE.tokens);
    }

    public CertificateFiles with(Tokens otherTokens) {
        return new CertificateFiles(base, otherTokens);
    }

    /// @throws IllegalArgumentException with why it cannot be had
    byte[] ofToken(String handle, Optional<String> slot, Optional<String> module) {
        return tokens.certificate(handle, slot, module);
    }

    /// @param kind the subdirectory of relative names
    /// @throws IllegalArgumentException if the file cannot be read
    byte[] read(String kind, String name) {
        Path path = Path.of(name);
        if (!path.isAbsolute()) {
            if (base.isEmpty())
                throw new IllegalArgumentException(
                        "'%s' is neither a certificate nor an absolute path".formatted(name));
            path = base.get().resolve(kind).resolve(name);
        }
        try {
            if (Files.size(path) > MAX_BYTES)
                throw new IllegalArgumentException("'%s' is too large".formatted(path));
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new IllegalArgumentException("'%s' cannot be read: %s".formatted(path, e));
        }
    }
}
