package org.keyferry.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where configuration files are read from.
public interface FileSource {
    /// Largest file that is read.
    int MAX_FILE_BYTES = 64 << 20;

    /// The whole content, in an array of the caller's own.
    ///
    /// @throws IOException if it is absent, unreadable, no regular file or above `MAX_FILE_BYTES`
    byte[] read(Path file) throws IOException;

    /// Files that a shell pattern names, sorted; none if nothing matches.
    List<Path> matches(Path directory, String pattern);

    /// Whether a pattern matched a directory, which is passed over like a file that is not there.
    default boolean isDirectory(Path match) {
        return false;
    }

    FileSource DISK =
            new FileSource() {
                @Override
                public byte[] read(Path file) throws IOException {
                    if (Files.isDirectory(file)) throw new IOException("is a directory");
                    if (Files.exists(file) && !Files.isRegularFile(file))
                        throw new IOException("is not a regular file");
                    try (InputStream in = Files.newInputStream(file)) {
                        byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
                        if (content.length > MAX_FILE_BYTES)
                            throw new IOException("is larger than " + MAX_FILE_BYTES + " bytes");
                        return content;
                    }
                }

                @Override
                public List<Path> matches(Path directory, String pattern) {
                    return Glob.expand(directory, pattern);
                }

                @Override
                public boolean isDirectory(Path match) {
                    return Files.isDirectory(match);
                }
            };

    /// Reads nothing: a text is parsed with all of its includes left out.
    FileSource NONE =
            new FileSource() {
                @Override
                public byte[] read(Path file) throws IOException {
                    throw new IOException("no files here");
                }

                @Override
                public List<Path> matches(Path directory, String pattern) {
                    return List.of();
                }
            };
}
