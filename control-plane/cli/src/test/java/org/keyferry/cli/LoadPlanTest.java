package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.vici.ViciMessage;

/// `keyferry load --dry-run` against a daemon that plans by the contract of plan-conns.
@Timeout(60)
class LoadPlanTest extends CliTest {
    private Path swanctl;

    @BeforeEach
    void directory() throws Exception {
        swanctl = Files.createDirectory(directory.resolve("swanctl"));
    }

    private Ran plan(String... arguments) {
        var all = new ArrayList<>(List.of("load", "--dry-run", "--dir=" + swanctl));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private void conf(String text) throws Exception {
        Files.writeString(swanctl.resolve("swanctl.conf"), text);
    }

    private static ViciMessage planOfThree() {
        return ViciMessage.builder()
                .list("added", "office")
                .list("removed", "old")
                .list("unchanged", "still")
                .section("replaced", LoadPlanTest::replaced)
                .section(
                        "touched",
                        touched -> {
                            touched.section("0", t -> touched(t, "gw", "1", "net", "5", "close"));
                            touched.section(
                                    "1", t -> touched(t, "old", "", "lan", "", "uninstall-trap"));
                        })
                .put("success", "yes")
                .build();
    }

    private static void replaced(ViciMessage.Builder replaced) {
        replaced.section(
                "gw",
                gw ->
                        gw.list("changed", "children.net.esp_proposals", "dpd_delay")
                                .section(
                                        "children",
                                        c -> c.put("net", "changed").put("lan", "unchanged")));
    }

    private static void touched(
            ViciMessage.Builder one,
            String ike,
            String ikeId,
            String child,
            String childId,
            String action) {
        one.put("ike", ike);
        if (!ikeId.isEmpty()) {
            one.put("ike-id", ikeId);
        }
        one.put("child", child);
        if (!childId.isEmpty()) {
            one.put("child-id", childId);
        }
        one.put("action", action);
    }

    @Test
    void tellsWhatChangesAndWhichSasItTouches() throws Exception {
        conf("connections { gw { } \n office { } \n still { } }");
        answer("list-sas", "list-sa", List.of(Samples.GW_SA), none());
        answer("plan-conns", _ -> planOfThree());
        listen();
        var ran = plan("conns");
        assertEquals(0, ran.status(), ran.err());
        assertEquals(
                """
                + connection office  added
                ~ connection gw  replaced: children.net.esp_proposals, dpd_delay
                    child net  changed
                    child lan  unchanged
                - connection old  removed
                  1 connection unchanged
                ! gw[1] net{5}  closed
                ! old lan  trap uninstalled
                  gw[1]  untouched
                1 IKE SA running; 1 SA would be closed
                """,
                ran.out());
        assertEquals(
                List.of(
                        "list-sas {}",
                        "plan-conns {conns {gw {} office {} still {}} complete=yes}"),
                asked,
                "and nothing that changes anything");
    }

    @Test
    void theSameAsJson() throws Exception {
        conf("connections { gw { } \n office { } \n still { } }");
        answer("list-sas", "list-sa", List.of(Samples.GW_SA), none());
        answer("plan-conns", _ -> planOfThree());
        listen();
        String json = plan("conns", "--json").out().replaceAll("\\s+", " ");
        assertTrue(json.contains("\"planned\" : true"), json);
        assertTrue(json.contains("\"added\" : [ \"office\" ]"), json);
        assertTrue(
                json.contains(
                        "{ \"ike\" : \"gw\", \"ike-id\" : \"1\", \"child\" : \"net\", \"child-id\""
                                + " : \"5\", \"action\" : \"close\" }"),
                json);
        assertTrue(json.contains("\"untouched\" : [ \"gw[1]\" ]"), json);
        assertTrue(json.contains("\"failed\" : [ ]"), json);
    }

    @Test
    void aConnectionThatCannotBePlannedIsFoundAmongTheOthers() throws Exception {
        conf("connections { a { } \n b { mobike = maybe } \n c { } }");
        answer("list-sas", "list-sa", List.of(), none());
        answer(
                "plan-conns",
                request -> {
                    ViciMessage conns = request.section("conns").orElseThrow();
                    if (conns.has("b")) {
                        return ViciMessage.failure("invalid value for: mobike, config discarded");
                    }
                    var answer = ViciMessage.builder();
                    answer.list("added", conns.sections().stream().map(s -> s.name()).toList());
                    return answer.list("removed", conns.isEmpty() ? List.of("b", "z") : List.of())
                            .put("success", "yes")
                            .build();
                });
        listen();
        var ran = plan("conns");
        assertEquals(1, ran.status());
        assertEquals(
                "keyferry: "
                        + swanctl
                        + "/swanctl.conf:2: connections.b: invalid value for: mobike, config"
                        + " discarded\n",
                ran.err());
        assertEquals(
                """
                + connection a  added
                + connection c  added
                - connection z  removed
                0 IKE SAs running; no SA would be closed
                """,
                ran.out());
    }

    @Test
    void manyConnectionsAreAskedAboutInPieces() throws Exception {
        int count = 5000;
        var text = new StringBuilder("connections {\n");
        for (int i = 0; i < count; i++) {
            text.append("c").append(i).append(" { remote_addrs = ");
            text.append("192.0.2.1,".repeat(20)).append("192.0.2.2\n }\n");
        }
        conf(text.append("}\n").toString());
        answer("list-sas", "list-sa", List.of(), none());
        Set<String> planned = new HashSet<>();
        answer(
                "plan-conns",
                request -> {
                    ViciMessage conns = request.section("conns").orElseThrow();
                    conns.sections().forEach(s -> planned.add(s.name()));
                    var removed = request.getBool("complete", false) ? planned : Set.<String>of();
                    var names = conns.sections().stream().map(s -> s.name()).toList();
                    var gone = new ArrayList<>(removed);
                    if (!removed.isEmpty()) {
                        gone.add("old");
                    }
                    return ViciMessage.builder()
                            .list("unchanged", names)
                            .list("removed", gone)
                            .put("success", "yes")
                            .build();
                });
        listen();
        var ran = plan("conns");
        assertEquals(0, ran.status(), ran.err());
        assertEquals(
                """
                - connection old  removed
                  5000 connections unchanged
                0 IKE SAs running; no SA would be closed
                """,
                ran.out());
        assertEquals(count, planned.size());
        assertTrue(asked.size() > 3, "in " + asked.size() + " requests");
    }

    @Test
    void aDaemonThatCannotPlanSaysSoAndTheRestIsPlanned() throws Exception {
        conf(
                """
                connections { gw { } \n new { } }
                pools { p { addrs = 10.9.0.0/24 } }
                secrets { ike-a { secret = x } }
                """);
        answer("list-sas", "list-sa", List.of(), none());
        answer("list-certs", "list-cert", List.of(), none());
        answer("get-keys", _ -> ViciMessage.builder().list("keys", "00ff").build());
        answer("get-shared", _ -> ViciMessage.builder().list("keys", "ike-b").build());
        answer("get-authorities", _ -> ViciMessage.builder().list("authorities", "ca").build());
        answer("list-authorities", "list-authority", List.of(), none());
        answer("get-conns", _ -> ViciMessage.builder().list("conns", "gw", "old").build());
        answer(
                "get-pools",
                _ ->
                        ViciMessage.builder()
                                .section("p", p -> p.put("base", "10.9.0.0").put("online", 2))
                                .build());
        listen();
        var ran = plan();
        assertEquals(1, ran.status());
        assertEquals(
                """
                - key 00ff  removed
                + secret ike-a  added
                - secret ike-b  removed
                - authority ca  removed
                ~ pool p  loaded again: 2 leases online: the daemon may refuse
                ~ connection gw  loaded again
                + connection new  added
                - connection old  removed
                """,
                ran.out());
        assertTrue(ran.err().startsWith("keyferry: this daemon cannot plan"), ran.err());
        assertTrue(ran.err().contains("plan-conns"), ran.err());
    }
}
