package org.keyferry.daemon.revocation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.keyferry.crypto.cert.Certificate;
import org.keyferry.crypto.revocation.Crl;
import org.keyferry.wire.Bytes;

/// Keeps fetched lists where swanctl loads them from at the next start, under charon's names: the
/// id of the signer's key.
final class CrlFiles {
    private final Path directory;

    /// @param swanctlDir of which it is the part `x509crl`
    CrlFiles(Path swanctlDir) {
        this.directory = swanctlDir.resolve("x509crl");
    }

    /// Whoever reads the file meanwhile sees the old one or the new one.
    ///
    /// @return where it is now
    Path write(Crl list, Certificate issuer) throws IOException {
        Bytes key = list.authorityKeyId().or(issuer::subjectKeyId).orElseGet(issuer::keyId);
        Files.createDirectories(directory);
        Path file = directory.resolve(key.hex() + (list.isDelta() ? "_delta.crl" : ".crl"));
        Path draft = Files.createTempFile(directory, ".crl", null);
        try {
            Files.write(draft, list.der().toArray());
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
            return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
