package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.vici.ViciMessage;

@Timeout(60)
class MoreCommandsTest extends CliTest {
    private static ViciMessage matches(int count) {
        return ViciMessage.builder().put("success", "yes").put("matches", count).build();
    }

    @Test
    void rekeySendsItsSelectors() throws Exception {
        answer("rekey", _ -> matches(2));
        listen();
        assertEquals(
                new Ran(0, "rekeying of 2 SAs begun\n", ""),
                run("rekey", "--child=net", "--ike=gw"));
        assertEquals(
                new Ran(0, "reauthentication of 2 SAs begun\n", ""),
                run("rekey", "--ike-id=7", "--reauth"));
        assertEquals(List.of("rekey {child=net ike=gw}", "rekey {ike-id=7 reauth=yes}"), asked);
    }

    @Test
    void redirectNamesTheGateway() throws Exception {
        answer("redirect", _ -> matches(1));
        listen();
        assertEquals(
                new Ran(0, "1 IKE SA redirected to gw2.example\n", ""),
                run("redirect", "--peer-ip=10.0.0.0/8", "--gateway=gw2.example"));
        assertEquals(List.of("redirect {peer-ip=10.0.0.0/8 gateway=gw2.example}"), asked);
    }

    @Test
    void installAndUninstall() throws Exception {
        accept("install");
        answer("uninstall", _ -> ViciMessage.failure("policy 'net' not found"));
        listen();
        assertEquals(new Ran(0, "net installed\n", ""), run("install", "net", "--ike=gw"));
        assertEquals(new Ran(1, "", "keyferry: policy 'net' not found\n"), run("uninstall", "net"));
        assertEquals(List.of("install {child=net ike=gw}", "uninstall {child=net}"), asked);
    }

    @Test
    void policiesOfAllKindsUnlessSomeAreNamed() throws Exception {
        answer("list-policies", "list-policy", List.of(Samples.TRAP, Samples.BYPASS), none());
        listen();
        assertEquals(
                """
                CONNECTION  CHILD     KIND   MODE    LOCAL        REMOTE
                branch      lan       trap   TUNNEL  10.1.0.0/16  fd00::/64 10.9.0.0/16[tcp/http]
                office      printers  shunt  PASS    10.1.0.0/16  10.1.9.0/24
                """,
                run("policies").out());
        assertEquals(0, run("policies", "--drop", "--ike=x").status());
        assertEquals(
                List.of(
                        "list-policies {trap=yes pass=yes drop=yes}",
                        "list-policies {drop=yes ike=x}"),
                asked);
    }

    @Test
    void poolsAndTheirLeases() throws Exception {
        answer(
                "get-pools",
                _ ->
                        ViciMessage.builder()
                                .section(
                                        "p4",
                                        p ->
                                                p.put("base", "10.9.0.1")
                                                        .put("size", 254)
                                                        .put("online", 1)
                                                        .put("offline", 2)
                                                        .section("leases", MoreCommandsTest::lease))
                                .build());
        listen();
        assertEquals(
                """
                POOL  BASE      SIZE  ONLINE  OFFLINE  FREE
                p4    10.9.0.1   254       1        2   251

                POOL  ADDRESS   STATUS  IDENTITY
                p4    10.9.0.7  online  CN=zoë
                """,
                run("pools", "--leases").out());
        assertEquals(List.of("get-pools {leases=yes}"), asked);
        String json = run("pools", "--leases", "--json").out().replaceAll("\\s+", " ");
        assertTrue(json.contains("\"size\" : 254, \"online\" : 1"), json);
        assertTrue(json.contains("\"leases\" : [ { \"address\" : \"10.9.0.7\""), json);
    }

    private static void lease(ViciMessage.Builder leases) {
        leases.section(
                "0",
                lease ->
                        lease.put("address", "10.9.0.7")
                                .put("identity", "CN=zoë")
                                .put("status", "online"));
    }

    @Test
    void countersOfTheDaemonAndOfAConnection() throws Exception {
        answer(
                "get-counters",
                request ->
                        request.has("name")
                                ? ViciMessage.failure("no counters found for this connection")
                                : ViciMessage.builder()
                                        .section(
                                                "counters",
                                                all -> all.section("", c -> c.put("invalid", 3)))
                                        .put("success", "yes")
                                        .build());
        accept("reset-counters");
        listen();
        assertEquals("daemon\n  invalid                           3\n", run("counters").out());
        String json = run("counters", "--json").out().replaceAll("\\s+", " ");
        assertEquals("{ \"\" : { \"invalid\" : 3 } } ", json);
        assertEquals(
                new Ran(1, "", "keyferry: no counters found for this connection\n"),
                run("counters", "gw"));
        assertEquals(new Ran(0, "counters reset\n", ""), run("counters", "--reset", "--all"));
        assertEquals("reset-counters {all=yes}", asked.getLast());
    }

    @Test
    void aDaemonThatIsSilentIsNotWaitedForForEver() throws Exception {
        answer(
                "stats",
                _ -> {
                    java.util.concurrent.locks.LockSupport.parkNanos(5_000_000_000L);
                    return ViciMessage.EMPTY;
                });
        listen();
        var ran = run("stats", "--wait=1");
        assertEquals(3, ran.status());
        assertTrue(ran.err().contains("no answer from unix://"), ran.err());
    }

    @Test
    void completionKnowsTheCommands() {
        for (String shell : List.of("bash", "zsh")) {
            String script = runAsGiven(FakeKernel.EMPTY, "completion", shell).out();
            for (String word :
                    List.of("load", "redirect", "authorities", "--dry-run", "--leases")) {
                assertTrue(script.contains(word), word);
            }
        }
    }

    @Test
    void helpIsAnOverview() {
        String help = runAsGiven(FakeKernel.EMPTY, "--help").out();
        for (String line :
                List.of(
                        "load         Loads swanctl.conf",
                        "keyferry load --dry-run",
                        "Exit status:",
                        "/etc/swanctl")) {
            assertTrue(help.contains(line), line + " in " + help);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rekey",
                "rekey --child=net --reauth",
                "redirect --ike=gw",
                "redirect --gateway=x",
                "install",
                "counters gw --all",
                "log --group=NOPE",
                "monitor --event=nope",
                "completion fish"
            })
    void wrongUsageIs2(String line) {
        assertEquals(2, runAsGiven(FakeKernel.EMPTY, line.split(" ", -1)).status());
    }
}
