package org.keyferry.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keyferry.vici.ViciClient;
import org.keyferry.vici.ViciMessage;
import org.keyferry.vici.ViciMessage.Section;

/// Connections are loaded anew while SAs run: only what must change is touched, and a plan says
/// beforehand what that is.
class ReloadTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private LoopbackPair pair;
    private ViciClient left;
    private int port;

    @BeforeEach
    void start() throws Exception {
        pair = LoopbackPair.start(-1);
        left = ViciClient.connect(pair.left().vici());
        port = Integer.parseInt(conns().getString("peer.remote_port", ""));
        ViciMessage _ = ask("unload-conn", ViciMessage.builder().put("name", "peer").build());
    }

    @AfterEach
    void stop() throws Exception {
        left.close();
        pair.close();
    }

    private ViciMessage ask(String command, ViciMessage request) throws Exception {
        ViciMessage answer = left.request(command, request, LIMIT);
        assertEquals("yes", answer.getString("success", "yes"), answer.getString("errmsg", ""));
        return answer;
    }

    private ViciMessage conns() throws Exception {
        var events = new ArrayList<ViciMessage>();
        ViciMessage _ =
                left.stream("list-conns", "list-conn", ViciMessage.EMPTY, events::add, LIMIT);
        return events.getFirst();
    }

    private ViciMessage connection(
            Consumer<ViciMessage.Builder> options, Consumer<ViciMessage.Builder> children) {
        return ViciMessage.builder()
                .section(
                        "peer",
                        out -> {
                            out.list("local_addrs", "127.0.0.1").list("remote_addrs", "127.0.0.2");
                            out.put("remote_port", port);
                            options.accept(out);
                            out.section(
                                    "local",
                                    in -> in.put("auth", "psk").put("id", "left.example.org"));
                            out.section(
                                    "remote",
                                    in -> in.put("auth", "psk").put("id", "right.example.org"));
                            out.section("children", children);
                        })
                .build();
    }

    private static void net(ViciMessage.Builder children) {
        children.section(
                "net",
                child ->
                        child.list("local_ts", "10.1.0.0/16")
                                .list("remote_ts", "10.2.0.0/16")
                                .put("start_action", "start"));
    }

    private static void netAnd(ViciMessage.Builder children, String other, String remoteTs) {
        net(children);
        children.section(
                other, child -> child.list("local_ts", "10.1.0.0/16").list("remote_ts", remoteTs));
    }

    private List<ViciMessage> sas() throws Exception {
        var events = new ArrayList<ViciMessage>();
        ViciMessage _ = left.stream("list-sas", "list-sa", ViciMessage.EMPTY, events::add, LIMIT);
        return events.stream().map(event -> event.section("peer").orElseThrow()).toList();
    }

    /// Waits for exactly one SA, as it should be.
    private ViciMessage oneSa(Predicate<ViciMessage> asItShouldBe) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<ViciMessage> sas = sas();
            if (sas.size() == 1 && asItShouldBe.test(sas.getFirst())) {
                return sas.getFirst();
            }
        }
        throw new AssertionError("the SA does not become what it should be: " + sas());
    }

    private static boolean isUp(ViciMessage sa) {
        return sa.getString("state", "").equals("ESTABLISHED")
                && sa.section("child-sas").orElseThrow().sections().size() == 1;
    }

    private String idOfSa() throws Exception {
        return oneSa(ReloadTest::isUp).getString("uniqueid", "");
    }

    private ViciMessage plan(ViciMessage connections, boolean complete) throws Exception {
        return ask(
                "plan-conns",
                ViciMessage.builder()
                        .section("conns", connections)
                        .flag("complete", complete)
                        .build());
    }

    private static List<String> touched(ViciMessage plan) {
        return plan.section("touched").orElseThrow().sections().stream()
                .map(Section::body)
                .map(
                        touch ->
                                touch.getString("action", "")
                                        + " "
                                        + touch.getString("ike", "")
                                        + (touch.has("ike-id") ? "[]" : "")
                                        + " "
                                        + touch.getString("child", "")
                                        + (touch.has("child-id") ? "{}" : ""))
                .map(String::strip)
                .toList();
    }

    @Test
    void loadingTheSameAgainTouchesNothing() throws Exception {
        ViciMessage same = connection(_ -> {}, ReloadTest::net);
        assertEquals(List.of("initiate peer net"), touched(plan(same, false)));
        ViciMessage _ = ask("load-conn", same);
        String id = idOfSa();
        ViciMessage plan = plan(same, true);
        assertEquals(List.of("peer"), plan.getStrings("unchanged"));
        assertEquals(List.of(), touched(plan));
        ViciMessage _ = ask("load-conn", same);
        assertEquals(id, idOfSa());
    }

    @Test
    void aChildThatIsAddedLeavesTheOthersAlone() throws Exception {
        ViciMessage _ = ask("load-conn", connection(_ -> {}, ReloadTest::net));
        String id = idOfSa();
        ViciMessage next = connection(_ -> {}, children -> netAnd(children, "b", "10.9.0.0/16"));
        ViciMessage plan = plan(next, true);
        ViciMessage replaced = plan.section("replaced.peer").orElseThrow();
        assertEquals("unchanged", replaced.getString("children.net", ""));
        assertEquals("added", replaced.getString("children.b", ""));
        assertEquals(List.of(), replaced.getStrings("changed"));
        assertEquals(List.of(), touched(plan));
        ViciMessage _ = ask("load-conn", next);
        assertEquals(id, idOfSa());
    }

    @Test
    void anotherConnectionClosesWhatWasStartedAndStartsItAnew() throws Exception {
        ViciMessage _ = ask("load-conn", connection(_ -> {}, ReloadTest::net));
        String id = idOfSa();
        ViciMessage next = connection(out -> out.put("rekey_time", "1h"), ReloadTest::net);
        ViciMessage plan = plan(next, true);
        assertEquals(
                List.of("rekey_time", "over_time", "rand_time"),
                plan.section("replaced.peer").orElseThrow().getStrings("changed"));
        assertEquals(
                List.of("close peer[] net{}", "close peer[]", "initiate peer net"), touched(plan));
        assertEquals(id, idOfSa());
        ViciMessage _ = ask("load-conn", next);
        oneSa(sa -> isUp(sa) && !sa.getString("uniqueid", "").equals(id));
    }

    @Test
    void whatWasNotStartedByTheConfigurationStaysThroughAReplacement() throws Exception {
        Consumer<ViciMessage.Builder> manual =
                children ->
                        children.section(
                                "net",
                                child ->
                                        child.list("local_ts", "10.1.0.0/16")
                                                .list("remote_ts", "10.2.0.0/16"));
        ViciMessage _ = ask("load-conn", connection(_ -> {}, manual));
        ViciMessage _ = ask("initiate", ViciMessage.builder().put("child", "net").build());
        String id = idOfSa();
        ViciMessage next = connection(out -> out.put("rekey_time", "1h"), manual);
        assertEquals(List.of(), touched(plan(next, true)));
        ViciMessage _ = ask("load-conn", next);
        assertEquals(id, idOfSa());
        ViciMessage _ = ask("unload-conn", ViciMessage.builder().put("name", "peer").build());
        assertEquals(id, idOfSa());
    }

    @Test
    void unloadingClosesWhatTheConfigurationStarted() throws Exception {
        ViciMessage _ = ask("load-conn", connection(_ -> {}, ReloadTest::net));
        String _ = idOfSa();
        ViciMessage plan = plan(ViciMessage.EMPTY, true);
        assertEquals(List.of("peer"), plan.getStrings("removed"));
        assertEquals(List.of("close peer[] net{}", "close peer[]"), touched(plan));
        ViciMessage _ = ask("unload-conn", ViciMessage.builder().put("name", "peer").build());
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!sas().isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(), sas());
    }

    @Test
    void countersCountTheMessagesOfAConnection() throws Exception {
        ViciMessage _ = ask("load-conn", connection(_ -> {}, ReloadTest::net));
        String _ = idOfSa();
        ViciMessage counters =
                ask("get-counters", ViciMessage.builder().put("name", "peer").build())
                        .section("counters")
                        .orElseThrow();
        Map<String, String> row =
                counters.sections().getFirst().body().elements().stream()
                        .map(ViciMessage.KeyValue.class::cast)
                        .collect(Collectors.toMap(kv -> kv.name(), kv -> kv.value().text()));
        assertEquals(21, row.size());
        assertEquals("1", row.get("ike-init-out-req"));
        assertEquals("1", row.get("ike-init-in-resp"));
        assertEquals("1", row.get("ike-auth-out-req"));
        assertEquals("1", row.get("ike-auth-in-resp"));
        assertEquals("0", row.get("ike-auth-in-req"));
        ViciMessage _ = ask("reset-counters", ViciMessage.builder().put("name", "peer").build());
        ViciMessage gone =
                left.request(
                        "get-counters", ViciMessage.builder().put("name", "peer").build(), LIMIT);
        assertEquals("no counters found for this connection", gone.getString("errmsg", ""));
        assertTrue(ask("get-counters", ViciMessage.EMPTY).has("counters"));
    }
}
