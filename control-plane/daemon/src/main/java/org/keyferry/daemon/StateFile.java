package org.keyferry.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// A file that outlives the process and the machine's restart, for the owner's eyes only.
public final class StateFile {
    /// Replaces the file as a whole; its directory is made if it is not there. Once this returns
    /// the content outlives a power failure, too, which may take the disk some time.
    public static void write(Path file, byte[] content) throws IOException {
        replace(file, content, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
        try (var directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /// Likewise, without waiting for the disk: after a power failure the former content may be
    /// there.
    public static void writeSoon(Path file, byte[] content) throws IOException {
        replace(file, content, StandardOpenOption.WRITE);
    }

    private static void replace(Path file, byte[] content, OpenOption... options)
            throws IOException {
        Path directory = file.getParent();
        Files.createDirectories(directory);
        var onlyOwner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path whole =
                Files.createTempFile(directory, file.getFileName().toString(), ".new", onlyOwner);
        try {
            Files.write(whole, content, options);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private StateFile() {}
}
