package org.keyferry.daemon.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keyferry.wire.Bytes;

class FetcherTest {
    private static final int MAX_BYTES = 100;
    private static final Bytes LIST = Bytes.utf8("a list");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/list", exchange -> answer(exchange, 200, LIST.toArray()));
        server.createContext("/long", exchange -> answer(exchange, 200, new byte[MAX_BYTES + 1]));
        server.createContext("/none", exchange -> answer(exchange, 404, new byte[0]));
        server.createContext("/loop", exchange -> redirect(exchange, 302, "/loop"));
        server.createContext("/moved", exchange -> redirect(exchange, 301, "/list"));
        server.createContext("/trickle", FetcherTest::trickle);
        server.createContext(
                "/ask",
                exchange -> {
                    byte[] asked = exchange.getRequestBody().readAllBytes();
                    String type = exchange.getRequestHeaders().getFirst("Content-Type");
                    answer(
                            exchange,
                            200,
                            Bytes.utf8(type + " " + Bytes.of(asked).utf8()).toArray());
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void redirect(HttpExchange exchange, int status, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        answer(exchange, status, new byte[0]);
    }

    /// A byte, and then nothing until the client goes.
    private static void trickle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 10);
        exchange.getResponseBody().write('a');
        exchange.getResponseBody().flush();
    }

    private String uri(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static Fetcher.Request get(String uri) {
        return new Fetcher.Request(uri, Optional.empty(), MAX_BYTES, Duration.ofSeconds(20), 3);
    }

    private static Fetcher.Request ask(String uri) {
        var question = new Fetcher.Question("application/ocsp-request", Bytes.utf8("well?"));
        return new Fetcher.Request(
                uri, Optional.of(question), MAX_BYTES, Duration.ofSeconds(20), 3);
    }

    private static Bytes fetch(Fetcher.Request request) throws FetchFailed {
        return Fetcher.ofHost().fetch(request);
    }

    private static void assertFails(Fetcher.Request request, String reason) {
        String told = assertThrows(FetchFailed.class, () -> fetch(request)).getMessage();
        assertTrue(told.contains(reason), told);
    }

    @Test
    void getsAndPosts() throws FetchFailed {
        assertEquals(LIST, fetch(get(uri("/list"))));
        assertEquals("application/ocsp-request well?", fetch(ask(uri("/ask"))).utf8());
    }

    @Test
    void anOversizedAnswer() {
        assertFails(get(uri("/long")), "100");
    }

    @Test
    void whatIsNotThere() throws IOException {
        assertFails(get(uri("/none")), "HTTP status 404");
        int free;
        try (var socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertFails(get("http://127.0.0.1:" + free + "/"), "cannot connect");
        assertFails(get("gopher://127.0.0.1/"), "scheme 'gopher' is unknown");
        assertFails(get("http://[/"), "not usable");
    }

    @Test
    void redirectsAreFollowedAndLoopsEnd() throws FetchFailed {
        assertEquals(LIST, fetch(get(uri("/moved"))));
        assertFails(get(uri("/loop")), "more than 3 redirects");
        assertFails(ask(uri("/moved")), "HTTP status 301");
    }

    @Test
    void anAnswerThatTricklesInEndsInTime() {
        var impatient =
                new Fetcher.Request(
                        uri("/trickle"), Optional.empty(), MAX_BYTES, Duration.ofMillis(300), 3);
        assertFails(impatient, "time");
    }

    @Test
    void files(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("my list.crl");
        Files.write(file, LIST.toArray());
        assertEquals(LIST, fetch(get(file.toUri().toString())));
        Files.write(file, new byte[MAX_BYTES + 1]);
        assertFails(get(file.toUri().toString()), "more than 100 bytes");
        assertFails(get("file:///does/not/exist"), "cannot be read");
        assertFails(get("file:relative"), "not a file URI");
    }

    @Test
    void whatAnLdapUriNames() throws FetchFailed {
        var charons =
                LdapFetch.Target.parse(
                        "ldap://ldap.test/cn=Root CA, o=Test, c=CH?certificateRevocationList");
        assertEquals("ldap://ldap.test:389", charons.provider());
        assertEquals("cn=Root CA, o=Test, c=CH", charons.entry());
        assertEquals("certificateRevocationList", charons.attribute());
        var encoded =
                LdapFetch.Target.parse(
                        "ldap://[::1]:1389/cn=A%2CB+C?certificateRevocationList;binary?base");
        assertEquals("ldap://[::1]:1389", encoded.provider());
        assertEquals("cn=A,B+C", encoded.entry());
        assertEquals("certificateRevocationList;binary", encoded.attribute());
        assertFails(get("ldap:///cn=x?a"), "not an LDAP URI");
        assertFails(get("ldap://host/cn=x"), "not an LDAP URI");
        assertFails(get("ldap://host/cn=x?"), "must name one attribute");
    }
}
