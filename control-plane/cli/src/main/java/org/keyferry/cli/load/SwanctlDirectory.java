package org.keyferry.cli.load;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.keyferry.settings.FileSource;

/// The directory of swanctl.conf with its directories of certificates and keys.
record SwanctlDirectory(Path path) {
    /// Regular files of a directory, sorted, without hidden ones; none if there is no such
    /// directory.
    List<Path> files(String directory) throws LoadFailure {
        Path inside = path.resolve(directory);
        if (Files.notExists(inside)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(inside)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LoadFailure(inside, "directory", reason(e));
        }
    }

    /// A relative name stands for a file in one of the directories.
    Path resolve(String directory, String name) {
        return path.resolve(directory).resolve(name).toAbsolutePath().normalize();
    }

    static byte[] read(Path file) throws IOException {
        return FileSource.DISK.read(file);
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
