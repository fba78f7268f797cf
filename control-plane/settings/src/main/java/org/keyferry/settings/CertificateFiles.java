package org.keyferry.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where certificates and public keys are read from that a connection names by their file.
public final class CertificateFiles {
    /// Larger than any certificate.
    private static final long MAX_BYTES = 1 << 20;

    static final CertificateFiles NONE = new CertificateFiles(Optional.empty());

    private final Optional<Path> base;

    private CertificateFiles(Optional<Path> base) {
        this.base = base;
    }

    /// @param directory swanctl's, with `x509`, `x509ca` and `pubkey` in it
    public static CertificateFiles under(Path directory) {
        return new CertificateFiles(Optional.of(directory));
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
