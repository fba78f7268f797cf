package org.keyferry.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A file that outlives the process and the machine's restart, for the owner's eyes only.
public final class StateFile {
    /// Replaces the file as a whole; its directory is made if it is not there.
    public static void write(Path file, byte[] content) throws IOException {
        Path directory = file.getParent();
        Files.createDirectories(directory);
        var onlyOwner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path whole =
                Files.createTempFile(directory, file.getFileName().toString(), ".new", onlyOwner);
        try {
            Files.write(whole, content);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private StateFile() {}
}
