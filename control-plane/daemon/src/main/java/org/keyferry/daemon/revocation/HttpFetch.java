package org.keyferry.daemon.revocation;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.keyferry.wire.Bytes;

/// HTTP, by the JDK's client.
final class HttpFetch {
    private static final int OK = 200;
    private static final int TEMPORARY_REDIRECT = 307;
    private static final int PERMANENT_REDIRECT = 308;

    /// Made when something is fetched for the first time, which may be never.
    private static final class Client {
        static final HttpClient CLIENT =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(
                                Executors.newCachedThreadPool(
                                        Thread.ofPlatform().daemon().name("http-", 0).factory()))
                        .build();
    }

    /// The time limit is for all of it: names, redirects, and an answer that trickles in.
    static Bytes fetch(Fetcher.Request request) throws FetchFailed {
        long deadline = System.nanoTime() + request.timeout().toNanos();
        try {
            URI uri = URI.create(request.uri().strip());
            for (int redirects = 0; ; redirects++) {
                HttpResponse<byte[]> response = exchange(uri, request, deadline);
                if (response.statusCode() == OK) {
                    return Bytes.wrapOwned(response.body());
                }
                Optional<URI> elsewhere = elsewhere(response, request);
                if (elsewhere.isEmpty()) {
                    throw new FetchFailed("HTTP status " + response.statusCode());
                }
                if (redirects >= request.redirects()) {
                    throw new FetchFailed("more than %d redirects".formatted(redirects));
                }
                uri = uri.resolve(elsewhere.get());
            }
        } catch (IllegalArgumentException e) {
            throw new FetchFailed("not usable: " + e.getMessage());
        }
    }

    /// A question that was posted is not posted elsewhere unless the server says so exactly.
    private static Optional<URI> elsewhere(HttpResponse<?> response, Fetcher.Request request) {
        boolean redirected =
                switch (response.statusCode()) {
                    case 301, 302, 303 -> request.question().isEmpty();
                    case TEMPORARY_REDIRECT, PERMANENT_REDIRECT -> true;
                    default -> false;
                };
        return redirected
                ? response.headers().firstValue("Location").map(URI::create)
                : Optional.empty();
    }

    private static HttpResponse<byte[]> exchange(URI uri, Fetcher.Request request, long deadline)
            throws FetchFailed {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new FetchFailed("timeout");
        }
        var builder = HttpRequest.newBuilder(uri).timeout(Duration.ofNanos(left));
        request.question()
                .ifPresent(
                        q ->
                                builder.header("Content-Type", q.contentType())
                                        .POST(BodyPublishers.ofByteArray(q.content().toArray())));
        CompletableFuture<HttpResponse<byte[]>> response =
                Client.CLIENT.sendAsync(
                        builder.build(),
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), request.maxBytes()));
        try {
            return response.get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new FetchFailed("timeout");
        } catch (ExecutionException e) {
            throw new FetchFailed(describe(e.getCause()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new FetchFailed("interrupted");
        } finally {
            response.cancel(true); // no effect on what is done
        }
    }

    private static String describe(Throwable failure) {
        if (failure instanceof IOException && failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure instanceof ConnectException ? "cannot connect" : failure.toString();
    }

    private HttpFetch() {}
}
