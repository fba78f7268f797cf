package org.keyferry.daemon.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keyferry.daemon.LoopbackPair;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;

/// Many SAs are listed while others are set up.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListingTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /// More than are asked for at a time.
    private static final int SAS = 150;

    private static final int SAS_BESIDE = 10;
    private LoopbackPair pair;
    private ViciClient left;

    @BeforeAll
    void setUp() throws Exception {
        pair = LoopbackPair.start(-1);
        left = ViciClient.connect(pair.left().vici());
        try (var right = ViciClient.connect(pair.right().vici())) {
            for (ViciClient side : List.of(left, right)) {
                succeed(side, "load-shared", secret());
            }
            var port = conn(right).getString("remote_port", "");
            succeed(right, "load-conn", connection("many", 2, "right", "*.many.example.org", port));
            for (int number = 0; number < SAS + SAS_BESIDE; number++) {
                String id = number + ".many.example.org";
                succeed(left, "load-conn", connection("c" + number, 1, id, "right", port));
            }
        }
        for (int number = 0; number < SAS; number++) {
            initiate(number);
        }
    }

    @AfterAll
    void stop() throws Exception {
        left.close();
        pair.close();
    }

    private static ViciMessage secret() {
        return ViciMessage.builder()
                .put("type", "IKE")
                .put("data", "shared by many")
                .list("owners", "right")
                .build();
    }

    private static ViciMessage conn(ViciClient client) throws Exception {
        return list(client, "list-conns", "list-conn").getFirst().section("peer").orElseThrow();
    }

    private static ViciMessage connection(
            String name, int own, String id, String peerId, String port) {
        int peer = 3 - own;
        return ViciMessage.builder()
                .section(
                        name,
                        out ->
                                out.list("local_addrs", "127.0.0." + own)
                                        .list("remote_addrs", "127.0.0." + peer)
                                        .put("remote_port", port)
                                        .section("local", in -> in.put("auth", "psk").put("id", id))
                                        .section(
                                                "remote",
                                                in -> in.put("auth", "psk").put("id", peerId))
                                        .section(
                                                "children",
                                                in ->
                                                        in.section(
                                                                "net-" + name,
                                                                child -> networks(child, own))))
                .build();
    }

    private static void networks(ViciMessage.Builder child, int own) {
        child.list("local_ts", "10." + own + ".0.0/16");
        child.list("remote_ts", "10." + (3 - own) + ".0.0/16");
    }

    private static void succeed(ViciClient client, String command, ViciMessage message)
            throws Exception {
        ViciMessage answer = client.request(command, message, LIMIT);
        assertEquals("yes", answer.getString("success", ""), answer.getString("errmsg", ""));
    }

    private void initiate(int number) throws Exception {
        succeed(left, "initiate", ViciMessage.builder().put("child", "net-c" + number).build());
    }

    private static List<ViciMessage> list(ViciClient client, String command, String event)
            throws Exception {
        var events = new ArrayList<ViciMessage>();
        ViciMessage _ = client.stream(command, event, ViciMessage.EMPTY, events::add, LIMIT);
        return events;
    }

    @Test
    void sasAreListedByAgeWhileOthersAreSetUp() throws Exception {
        var stop = new AtomicBoolean();
        var lister = CompletableFuture.supplyAsync(() -> listUntil(stop));
        for (int number = SAS; number < SAS + SAS_BESIDE; number++) {
            initiate(number);
        }
        stop.set(true);
        assertTrue(lister.join() >= SAS);
        List<Integer> ids =
                list(left, "list-sas", "list-sa").stream()
                        .map(event -> event.sections().getFirst().body().getInt("uniqueid", 0))
                        .toList();
        assertEquals(SAS + SAS_BESIDE, ids.size());
        assertEquals(ids.stream().sorted().toList(), ids);
    }

    /// @return how many SAs the last listing had
    private int listUntil(AtomicBoolean stop) {
        try (var client = ViciClient.connect(pair.left().vici())) {
            int listed;
            do {
                listed = list(client, "list-sas", "list-sa").size();
            } while (!stop.get());
            return listed;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
