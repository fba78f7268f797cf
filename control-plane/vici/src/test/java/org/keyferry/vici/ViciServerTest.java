package org.keyferry.vici;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ViciServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ViciMessage HELLO = ViciMessage.builder().put("msg", "hello").build();

    @TempDir Path directory;
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : toClose.reversed()) {
            closeable.close();
        }
    }

    private ViciServer serve(Map<String, ViciCommand> commands) throws IOException {
        return serve(commands, ViciServerOptions.DEFAULTS);
    }

    private ViciServer serve(Map<String, ViciCommand> commands, ViciServerOptions options)
            throws IOException {
        var server = ViciServer.listen(address(), commands, options);
        toClose.add(server);
        return server;
    }

    private ViciAddress address() {
        return new ViciAddress.Unix(directory.resolve("test.vici"));
    }

    private RawClient rawClient() throws IOException {
        var client = new RawClient(directory.resolve("test.vici"));
        toClose.add(client);
        return client;
    }

    private ViciClient client() throws IOException {
        var client = ViciClient.connect(address());
        toClose.add(client);
        return client;
    }

    private static ViciMessage echo(ViciRequest request) {
        return request.message();
    }

    @Test
    void answersCommandsAndDeniesUnknownOnes() throws Exception {
        serve(Map.of("echo", ViciServerTest::echo));
        var client = client();
        assertEquals(HELLO, client.request("echo", HELLO, PATIENCE));
        var denied =
                assertThrows(ViciException.class, () -> client.request("nosuch", HELLO, PATIENCE));
        assertEquals(ViciException.Kind.UNKNOWN_COMMAND, denied.kind());
        assertEquals(HELLO, client.request("echo", HELLO, PATIENCE)); // still in step
    }

    @Test
    void servesOverTcpToo() throws Exception {
        var any = ViciAddress.parse("tcp://127.0.0.1:0");
        var server =
                ViciServer.listen(
                        any, Map.of("echo", ViciServerTest::echo), ViciServerOptions.DEFAULTS);
        toClose.add(server);
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        try (var client = ViciClient.connect(new ViciAddress.Tcp("127.0.0.1", port))) {
            assertEquals(HELLO, client.request("echo", HELLO, PATIENCE));
        }
    }

    @Test
    void requestsOfOneClientRunInOrderThoseOfOthersBeside() throws Exception {
        var gate = new CountDownLatch(1);
        serve(
                Map.of(
                        "wait",
                        request -> {
                            gate.await();
                            return request.message();
                        },
                        "open",
                        request -> {
                            gate.countDown();
                            return request.message();
                        },
                        "echo",
                        ViciServerTest::echo));
        var first = rawClient();
        first.send(new ViciPacket.CommandRequest("wait", message("one")));
        first.send(new ViciPacket.CommandRequest("echo", message("two")));
        var second = client();
        second.request("open", HELLO, PATIENCE); // could not if it had to wait for the first
        assertEquals(new ViciPacket.CommandResponse(message("one")), first.receive());
        assertEquals(new ViciPacket.CommandResponse(message("two")), first.receive());
    }

    @Test
    void eventsGoToThoseWhoRegisteredAsOftenAsTheyDid() throws Exception {
        var server = serve(Map.of("echo", ViciServerTest::echo));
        var twice = rawClient();
        var never = rawClient();
        assertEquals(new ViciPacket.EventConfirm(), twice.ask(register("log")));
        assertEquals(new ViciPacket.EventConfirm(), twice.ask(register("log")));
        assertTrue(server.hasListeners("log"));
        server.raise("log", HELLO);
        assertEquals(new ViciPacket.Event("log", HELLO), twice.receive());
        assertEquals(new ViciPacket.Event("log", HELLO), twice.receive());
        assertEquals(new ViciPacket.EventConfirm(), twice.ask(unregister("log")));
        server.raise("log", HELLO);
        assertEquals(new ViciPacket.Event("log", HELLO), twice.receive());
        assertEquals(new ViciPacket.EventConfirm(), twice.ask(unregister("log")));
        assertEquals(new ViciPacket.EventUnknown(), twice.ask(unregister("log")));
        assertFalse(server.hasListeners("log"));
        server.raise("log", HELLO);
        var request = new ViciPacket.CommandRequest("echo", HELLO);
        assertEquals(new ViciPacket.CommandResponse(HELLO), twice.ask(request));
        assertEquals(new ViciPacket.CommandResponse(HELLO), never.ask(request));
    }

    @Test
    void unknownEventsAreDenied() throws Exception {
        serve(Map.of());
        var client = rawClient();
        assertEquals(new ViciPacket.EventUnknown(), client.ask(register("nosuch")));
        assertEquals(new ViciPacket.EventUnknown(), client.ask(register("")));
    }

    @Test
    void streamedEventsGoToTheRequesterOnlyAndBeforeTheAnswer() throws Exception {
        serve(
                Map.of(
                        "list-sas",
                        request -> {
                            request.stream("list-sa", message("one"));
                            request.stream("list-sa", message("two"));
                            return ViciMessage.EMPTY;
                        }));
        var bystander = rawClient();
        assertEquals(new ViciPacket.EventConfirm(), bystander.ask(register("list-sa")));
        var client = client();
        var seen = new ArrayList<ViciMessage>();
        client.stream("list-sas", "list-sa", ViciMessage.EMPTY, seen::add, PATIENCE);
        assertEquals(List.of(message("one"), message("two")), seen);
        // Unregistered again by now: the answer comes alone.
        assertEquals(ViciMessage.EMPTY, client.request("list-sas", ViciMessage.EMPTY, PATIENCE));
        assertEquals(new ViciPacket.EventConfirm(), bystander.ask(unregister("list-sa")));
    }

    @Test
    void otherThreadsMayStreamUntilTheAnswer() throws Exception {
        var late = new AtomicReference<ViciRequest>();
        serve(
                Map.of(
                        "initiate",
                        request -> {
                            CompletableFuture.runAsync(
                                            () -> request.stream("control-log", message("up")))
                                    .get(20, SECONDS);
                            late.set(request);
                            return ViciMessage.success();
                        },
                        "late",
                        _ -> {
                            late.get().stream("control-log", message("late"));
                            return ViciMessage.EMPTY;
                        }));
        var client = rawClient();
        client.ask(register("control-log"));
        client.send(new ViciPacket.CommandRequest("initiate", HELLO));
        assertEquals(new ViciPacket.Event("control-log", message("up")), client.receive());
        assertEquals(new ViciPacket.CommandResponse(ViciMessage.success()), client.receive());
        var request = new ViciPacket.CommandRequest("late", HELLO);
        assertEquals(new ViciPacket.CommandResponse(ViciMessage.EMPTY), client.ask(request));
    }

    @Test
    void aClientThatGoesAwayCancelsItsCommand() throws Exception {
        var started = new CountDownLatch(1);
        var cancelled = new CompletableFuture<Boolean>();
        var server =
                serve(
                        Map.of(
                                "initiate",
                                request -> {
                                    var gone = new CompletableFuture<Void>();
                                    request.onCancel(() -> gone.complete(null));
                                    started.countDown();
                                    gone.get(20, SECONDS);
                                    cancelled.complete(request.cancelled());
                                    return ViciMessage.EMPTY;
                                }));
        var client = rawClient();
        client.send(new ViciPacket.CommandRequest("initiate", HELLO));
        assertTrue(started.await(20, SECONDS));
        client.close();
        assertTrue(cancelled.get(20, SECONDS));
        assertFalse(server.hasListeners("log"));
    }

    @Test
    void aClientThatNeverReadsDelaysNobodyAndIsDisconnected() throws Exception {
        var server = serve(Map.of("echo", ViciServerTest::echo), withLimits(8, 1 << 20));
        var stuck = rawClient();
        assertEquals(new ViciPacket.EventConfirm(), stuck.ask(register("log")));
        var other = client();
        var filler = message("x".repeat(50_000));
        // The kernel's socket buffer and 1 MiB of ours fill up, then it is thrown out.
        for (int i = 0; i < 10_000 && server.clientCount() == 2; i++) {
            server.raise("log", filler);
        }
        assertEquals(1, server.clientCount());
        assertEquals(HELLO, other.request("echo", HELLO, PATIENCE));
    }

    @Test
    void aLongListingWaitsForASlowClientWithoutLosingIt() throws Exception {
        int count = 300;
        var half = message("x".repeat(50_000)); // 15 MB, far beyond the queue's bound
        var server =
                serve(
                        Map.of(
                                "list-sas",
                                request -> {
                                    for (int i = 0; i < count; i++) {
                                        request.stream("list-sa", half);
                                    }
                                    return ViciMessage.EMPTY;
                                }),
                        withLimits(8, 1 << 20));
        var slow = rawClient();
        slow.ask(register("list-sa"));
        slow.ask(register("log"));
        slow.send(new ViciPacket.CommandRequest("list-sas", HELLO));
        assertEquals(new ViciPacket.Event("list-sa", half), slow.receive());
        server.raise("log", HELLO); // finds the queue half full, not full
        int logs = 0;
        int listed = 1;
        while (slow.receive() instanceof ViciPacket.Event(var event, _)) {
            logs += event.equals("log") ? 1 : 0;
            listed += event.equals("list-sa") ? 1 : 0;
        }
        assertEquals(1, logs);
        assertEquals(count, listed);
    }

    @Test
    void ourMistakesAreAnswered() throws Exception {
        serve(
                Map.of(
                        "bug",
                        _ -> {
                            throw new IllegalStateException("secret detail");
                        },
                        "big",
                        _ ->
                                ViciMessage.builder()
                                        .list("l", Collections.nCopies(9, "x".repeat(65_000)))
                                        .build()));
        var client = client();
        assertEquals(ViciMessage.failure("internal error"), client.request("bug", HELLO, PATIENCE));
        assertEquals(
                ViciMessage.failure("answer exceeds 512 KiB"),
                client.request("big", HELLO, PATIENCE));
    }

    @Test
    void malformedMessagesRunMalformedHeadsAreIgnoredLongFramesEndTheConnection() throws Exception {
        serve(Map.of("echo", ViciServerTest::echo));
        var client = rawClient();
        client.sendFrame("00046563686f" + "0301610001620500"); // key a=b, then a stray item
        var read = ViciMessage.builder().put("a", "b").build();
        assertEquals(new ViciPacket.CommandResponse(read), client.receive());
        client.sendFrame("0002ff"); // name cut short
        client.sendFrame("05"); // ours to send
        client.sendFrame("09"); // nobody's to send
        client.sendFrame("03036c6f67" + "7878"); // register log and two bytes more, as charon
        assertEquals(new ViciPacket.EventConfirm(), client.receive());
        client.sendBytes("00080001");
        assertTrue(client.isAtEnd());
    }

    @Test
    void clientsBeyondTheLimitAreTurnedAway() throws Exception {
        serve(Map.of("echo", ViciServerTest::echo), withLimits(1, 1 << 20));
        var first = client();
        first.request("echo", HELLO, PATIENCE);
        assertTrue(rawClient().isAtEnd());
        assertEquals(HELLO, first.request("echo", HELLO, PATIENCE));
    }

    @Test
    void fiftyClientsAtOnce() throws Exception {
        serve(Map.of("echo", ViciServerTest::echo));
        var results = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 50; i++) {
            var client = client();
            int number = i;
            results.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    var message = message("client " + number);
                                    assertEquals(
                                            message, client.request("echo", message, PATIENCE));
                                    return number;
                                } catch (ViciException e) {
                                    throw new IllegalStateException(e);
                                }
                            }));
        }
        for (int i = 0; i < 50; i++) {
            assertEquals(i, results.get(i).get(20, SECONDS));
        }
    }

    @Test
    void theSocketFileIsGuardedAndGoesAway() throws Exception {
        Path file = directory.resolve("test.vici");
        var server = serve(Map.of());
        // As charon's own: srwxrwx---
        assertEquals(
                PosixFilePermissions.fromString("rwxrwx---"), Files.getPosixFilePermissions(file));
        assertEquals(Set.of(file), Set.copyOf(listing()));
        server.close();
        assertEquals(List.of(), listing());
    }

    @Test
    void aStaleSocketIsReplaced() throws Exception {
        Path file = directory.resolve("test.vici");
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(file));
        }
        serve(Map.of("echo", ViciServerTest::echo));
        assertEquals(HELLO, client().request("echo", HELLO, PATIENCE));
    }

    @Test
    void aLivingDaemonsSocketIsNotStolen() throws Exception {
        serve(Map.of("echo", ViciServerTest::echo));
        var refused =
                assertThrows(
                        BindException.class,
                        () -> ViciServer.listen(address(), Map.of(), ViciServerOptions.DEFAULTS));
        assertTrue(refused.getMessage().contains("already listening"), refused.getMessage());
        assertEquals(HELLO, client().request("echo", HELLO, PATIENCE));
    }

    @Test
    void aSocketThatIsNotAcceptingStillCountsAsAlive() throws Exception {
        Path file = directory.resolve("test.vici");
        try (var busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(file), 1);
            var waiting = new ArrayList<RawClient>();
            try {
                for (int i = 0; i < 2; i++) { // the kernel lets one more than the backlog in
                    waiting.add(new RawClient(file));
                }
                assertThrows(BindException.class, () -> serve(Map.of()));
                var refused =
                        assertThrows(
                                ViciException.class,
                                () -> ViciClient.connect(address(), Duration.ofMillis(100)));
                assertEquals(ViciException.Kind.NOT_REACHABLE, refused.kind());
            } finally {
                for (RawClient client : waiting) {
                    client.close();
                }
            }
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("test.vici"), "precious");
        assertThrows(BindException.class, () -> serve(Map.of()));
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void anotherDaemonsSocketInOurPlaceIsNotRemoved() throws Exception {
        Path file = directory.resolve("test.vici");
        var server = serve(Map.of());
        Files.delete(file);
        serve(Map.of("echo", ViciServerTest::echo));
        server.close();
        assertEquals(HELLO, client().request("echo", HELLO, PATIENCE));
    }

    @Test
    void closingEndsRunningCommandsAndClients() throws Exception {
        BlockingQueue<String> ended = new ArrayBlockingQueue<>(1);
        var started = new CountDownLatch(1);
        var server =
                serve(
                        Map.of(
                                "wait",
                                request -> {
                                    var gone = new CompletableFuture<Void>();
                                    request.onCancel(() -> gone.complete(null));
                                    started.countDown();
                                    gone.get(20, SECONDS);
                                    ended.add("cancelled");
                                    return ViciMessage.EMPTY;
                                }));
        var client = rawClient();
        client.send(new ViciPacket.CommandRequest("wait", HELLO));
        assertTrue(started.await(20, SECONDS));
        server.close();
        assertEquals("cancelled", ended.poll(20, SECONDS));
        assertTrue(client.isAtEnd());
    }

    private List<Path> listing() throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static ViciServerOptions withLimits(int maxClients, int maxQueuedBytes) {
        var none = Optional.<String>empty();
        return new ViciServerOptions(maxClients, maxQueuedBytes, 64 << 20, none, none);
    }

    private static ViciMessage message(String text) {
        return ViciMessage.builder().put("msg", text).build();
    }

    private static ViciPacket register(String event) {
        return new ViciPacket.EventRegister(event);
    }

    private static ViciPacket unregister(String event) {
        return new ViciPacket.EventUnregister(event);
    }
}
