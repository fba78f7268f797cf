package org.keyferry.daemon.revocation;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.keyferry.wire.Bytes;

/// Gets what a URI names.
@FunctionalInterface
public interface Fetcher {
    /// Blocks until it is there.
    Bytes fetch(Request request) throws FetchFailed;

    /// @param question to be posted; empty to get something
    /// @param maxBytes a longer answer is refused
    record Request(
            String uri,
            Optional<Question> question,
            int maxBytes,
            Duration timeout,
            int redirects) {}

    record Question(String contentType, Bytes content) {}

    /// By the scheme of the URI: http, https, ldap, file.
    static Fetcher ofHost() {
        return request -> {
            String scheme = request.uri().substring(0, Math.max(0, request.uri().indexOf(':')));
            return switch (scheme.toLowerCase(Locale.ROOT)) {
                case "http", "https" -> HttpFetch.fetch(request);
                case "ldap" -> LdapFetch.fetch(request);
                case "file" -> FileFetch.fetch(request);
                default -> throw new FetchFailed("scheme '%s' is unknown".formatted(scheme));
            };
        };
    }
}
