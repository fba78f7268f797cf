package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.vici.ViciMessage;

@Timeout(60)
class DaemonCommandsTest extends CliTest {
    private static final ViciMessage LOG =
            ViciMessage.builder()
                    .put("group", "IKE")
                    .put("level", 0)
                    .put("msg", "initiating IKE_SA gw[1] to 192.0.2.2")
                    .build();

    @Test
    void upShowsTheLogAndTheEnd() throws Exception {
        answer("initiate", "control-log", List.of(LOG), ViciMessage.success());
        listen();
        assertEquals(
                new Ran(0, "net is up\n", "[IKE] initiating IKE_SA gw[1] to 192.0.2.2\n"),
                run("up", "--ike", "gw", "--timeout=20", "net"));
        assertEquals(List.of("initiate {child=net ike=gw timeout=20000 loglevel=1}"), asked);
    }

    @Test
    void upThatFailsGivesTheDaemonsReason() throws Exception {
        String reason = "establishing CHILD_SA 'net' failed";
        answer("initiate", "control-log", List.of(LOG), ViciMessage.failure(reason));
        listen();
        assertEquals(
                new Ran(
                        1,
                        "",
                        "[IKE] initiating IKE_SA gw[1] to 192.0.2.2\nkeyferry: " + reason + "\n"),
                run("up", "net"));
    }

    @Test
    void downSendsWhatItWasTold() throws Exception {
        var answer =
                ViciMessage.builder().put("success", "yes").put("matches", 2).put("terminated", 2);
        answer("terminate", "control-log", List.of(), answer.build());
        listen();
        assertEquals(new Ran(0, "2 SAs taken down\n", ""), run("down", "net", "--ike=gw"));
        assertEquals(0, run("down", "--ike-id", "7", "--force", "--timeout", "2").status());
        assertEquals(0, run("down", "--child=net", "--child-id=5").status());
        assertEquals(
                List.of(
                        "terminate {child=net ike=gw loglevel=1}",
                        "terminate {ike-id=7 force=yes timeout=2000 loglevel=1}",
                        "terminate {child=net child-id=5 loglevel=1}"),
                asked);
    }

    @Test
    void statusShowsWhatIsUpAndWhatIsDown() throws Exception {
        serveOneTunnel();
        assertEquals(
                """
                gw  up  IKEv2  192.0.2.1 === 192.0.2.2
                  IKE SA #1  ESTABLISHED, for 6m40s, rekey in 3h36m, AES_GCM_16-256/PRF_HMAC_SHA2_256/CURVE_25519
                    local   192.0.2.1[4500]  'moon'  SPI 00000000000000ff (initiator)
                    remote  192.0.2.2[4500]  'sun'  SPI ff00000000000000 (responder), behind NAT
                  net  up  10.1.0.0/16 === 10.2.0.0/16
                    SA #5  reqid 2  INSTALLED, TUNNEL, ESP in UDP, AES_GCM_16-256, for 6m0s, rekey in 50m0s, ends in 1h0m
                      10.1.0.0/16 === 10.2.0.0/16
                      in   SPI c0ffee01  84 B  1 packet  last 3s ago
                      out  SPI 0ffee002  1.5 KiB  2 packets
                branch  down  IKEv2  %any === branch.example
                  lan  down  10.1.0.0/16 === dynamic
                1 of 2 connections up, 1 of 2 children up
                """,
                run("status").out());
    }

    @Test
    void policiesWithoutSasAreNeitherUpNorDown() throws Exception {
        var config =
                ViciMessage.builder()
                        .section(
                                "office",
                                conn ->
                                        conn.list("local_addrs", "%any")
                                                .list("remote_addrs", "%any")
                                                .put("version", "IKEv2")
                                                .section("children", DaemonCommandsTest::printers));
        answer("list-conns", "list-conn", List.of(config.build()), none());
        answer("list-sas", "list-sa", List.of(), none());
        listen();
        assertEquals(
                """
                office  down  IKEv2  %any === %any
                  printers  shunt  10.1.0.0/16 === 10.1.9.0/24  PASS
                0 of 1 connection up, 0 of 0 children up
                """,
                run("status").out());
    }

    private static void printers(ViciMessage.Builder children) {
        children.section(
                "printers",
                child ->
                        child.put("mode", "PASS")
                                .list("local-ts", "10.1.0.0/16")
                                .list("remote-ts", "10.1.9.0/24"));
    }

    @Test
    void statusAsJsonHasNumbersAndFlags() throws Exception {
        serveOneTunnel();
        String json = run("status", "--json").out();
        int tokens = 0;
        try (var parser = new JsonFactory().createParser(json)) {
            for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
                tokens++;
            }
        }
        assertTrue(tokens > 100, json);
        for (String part :
                List.of(
                        "\"name\" : \"branch\",\n    \"up\" : false,\n    \"configured\" : true",
                        "\"established\" : 400",
                        "\"initiator\" : true",
                        "\"spi-out\" : \"0ffee002\"",
                        "\"remote-ts\" : [ \"10.2.0.0/16\" ]",
                        "\"bytes-out\" : 1536")) {
            assertTrue(json.contains(part), part + " in " + json);
        }
    }

    @Test
    void versionNamesTheDaemon() throws Exception {
        var version =
                ViciMessage.builder()
                        .put("daemon", "keyferryd")
                        .put("version", "0.1.0")
                        .put("sysname", "Linux")
                        .put("release", "6.18.1")
                        .put("machine", "x86_64");
        answer("version", "", List.of(), version.build());
        listen();
        assertEquals(new Ran(0, "keyferryd 0.1.0 (Linux 6.18.1, x86_64)\n", ""), run("version"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "version", "up net", "down net"})
    void withoutADaemonTheStatusIs3(String command) {
        var ran = run(command.split(" ", -1));
        assertEquals(
                new Ran(3, "", "keyferry: no daemon is running: " + socket() + " does not exist\n"),
                ran);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nosuch",
                "up",
                "down",
                "down net --child net",
                "up net --timeout=x",
                "up net --timeout=-1",
                "status --uri=http://x",
                "xfrm"
            })
    void wrongUsageIs2(String line) {
        var arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
        var ran = runAsGiven(FakeKernel.EMPTY, arguments);
        assertEquals(2, ran.status(), ran.err());
        assertEquals("", ran.out());
    }

    @Test
    void aDaemonWithoutTheCommandIsAFailure() throws Exception {
        listen();
        assertEquals(
                new Ran(1, "", "keyferry: the daemon does not know the command version\n"),
                run("version"));
    }

    @Test
    void helpNamesTheExitStatuses() {
        var ran = runAsGiven(FakeKernel.EMPTY, "--help");
        assertEquals(0, ran.status());
        assertTrue(ran.out().contains("the daemon does not answer"), ran.out());
        assertTrue(
                runAsGiven(FakeKernel.EMPTY, "xfrm", "states", "--help").out().contains("--json"));
    }
}
