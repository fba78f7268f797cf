package org.keyferry.daemon.revocation;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.keyferry.wire.Bytes;

/// Reads a file that a `file:` URI names.
final class FileFetch {
    static Bytes fetch(Fetcher.Request request) throws FetchFailed {
        try (InputStream in = Files.newInputStream(Path.of(URI.create(request.uri())))) {
            byte[] content = in.readNBytes(request.maxBytes() + 1);
            if (content.length > request.maxBytes()) {
                throw new FetchFailed("more than %d bytes".formatted(request.maxBytes()));
            }
            return Bytes.wrapOwned(content);
        } catch (IOException e) {
            throw new FetchFailed("cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            throw new FetchFailed("not a file URI: " + e.getMessage());
        }
    }

    private FileFetch() {}
}
