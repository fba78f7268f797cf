package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.vici.ViciMessage;

@Timeout(60)
class FollowTest extends CliTest {
    private static ViciMessage line(String group, int level, String ike, String text) {
        return ViciMessage.builder()
                .put("group", group)
                .put("level", level)
                .put("thread", 5)
                .put("ikesa-name", ike)
                .put("ikesa-uniqueid", 1)
                .put("msg", text)
                .build();
    }

    private CompletableFuture<Ran> running(String event, String... arguments) {
        var future = new CompletableFuture<Ran>();
        Thread.ofVirtual().start(() -> future.complete(run(arguments)));
        awaitListener(event);
        return future;
    }

    private void awaitListener(String event) {
        while (!server().hasListeners(event)) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Ran ended(CompletableFuture<Ran> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void theLogIsFilteredAndOutlivesTheDaemon() throws Exception {
        listen();
        var log = running("log", "log", "--group=ike,chd", "--level=0", "--count=2", "--ike=gw");
        server().close(); // what it has not written yet is lost, so lines come afterwards only
        listen();
        awaitListener("log");
        server().raise("log", line("NET", 0, "gw", "wrong group"));
        server().raise("log", line("IKE", 1, "gw", "wrong level"));
        server().raise("log", line("IKE", 0, "b", "wrong connection"));
        server().raise("log", line("IKE", 0, "gw", "first"));
        server().raise("log", line("CHD", 0, "gw", "second"));
        var ran = ended(log);
        assertEquals(0, ran.status());
        assertEquals(
                "05[IKE] <gw|1> first\n05[CHD] <gw|1> second\n",
                ran.out().replaceAll("(?m)^[0-9:]{8} ", ""));
        assertTrue(ran.err().contains("waiting for a daemon\n"), ran.err());
        assertTrue(ran.err().endsWith("keyferry: connected again\n"), ran.err());
    }

    @Test
    void withoutReconnectingTheEndOfTheDaemonIsStatus3() throws Exception {
        listen();
        var log = running("log", "log", "--no-reconnect");
        server().close();
        assertEquals(3, ended(log).status());
    }

    @Test
    void tooFewLinesInTimeIsAFailure() throws Exception {
        listen();
        assertEquals(1, run("monitor", "--count=1", "--seconds=2").status());
        assertEquals(0, run("monitor", "--seconds=2").status());
    }

    @Test
    void theMonitorTellsWhatHappened() throws Exception {
        listen();
        var monitor = running("ike-update", "monitor", "--count=6");
        ViciMessage gw = Samples.GW_SA.section("gw").orElseThrow();
        var up = ViciMessage.builder().put("up", "yes").addAll(Samples.GW_SA).build();
        server().raise("ike-updown", up);
        server().raise("child-updown", Samples.GW_SA);
        server().raise(
                        "ike-rekey",
                        ViciMessage.builder()
                                .section(
                                        "gw",
                                        b ->
                                                b.section("old", gw)
                                                        .section("new", n -> n.put("uniqueid", 2)))
                                .build());
        server().raise(
                        "child-rekey",
                        ViciMessage.builder().section("gw", FollowTest::childRekey).build());
        server().raise(
                        "ike-update",
                        ViciMessage.builder()
                                .put("local-host", "192.0.2.9")
                                .put("local-port", 4500)
                                .put("remote-host", "192.0.2.2")
                                .put("remote-port", 4500)
                                .section("gw", gw)
                                .build());
        server().raise(
                        "alert",
                        ViciMessage.builder()
                                .put("type", "peer-auth-failed")
                                .section("ike-sa", s -> s.section("gw", gw))
                                .build());
        assertEquals(
                """
                ike-updown    up       gw[1]  192.0.2.1[4500] === 192.0.2.2[4500]  'moon' === 'sun'
                child-updown  down     gw[1] net{5}  10.1.0.0/16 === 10.2.0.0/16  SPIs c0ffee01 in, 0ffee002 out
                ike-rekey     rekeyed  gw[1] by gw[2]
                child-rekey   rekeyed  gw[1] net{5} by net{6}
                ike-update    moved    gw[1]  192.0.2.1[4500] === 192.0.2.2[4500]  'moon' === 'sun'  to  192.0.2.9[4500] === 192.0.2.2[4500]
                alert         peer-auth-failed  gw[1]
                """,
                ended(monitor).out().replaceAll("(?m)^[0-9:]{8} ", ""));
    }

    private static void childRekey(ViciMessage.Builder gw) {
        gw.put("uniqueid", 1)
                .section(
                        "child-sas",
                        sas ->
                                sas.section(
                                        "net",
                                        net ->
                                                net.section("old", o -> o.put("uniqueid", 5))
                                                        .section(
                                                                "new", n -> n.put("uniqueid", 6))));
    }

    @Test
    void eventsAsJsonAreOneLineEach() throws Exception {
        listen();
        var monitor =
                running("child-updown", "monitor", "--json", "--count=1", "--event=child-updown");
        server().raise("child-updown", Samples.GW_SA);
        String out = ended(monitor).out();
        assertTrue(out.startsWith("{\"event\":\"child-updown\",\"time\":\"2"), out);
        assertTrue(out.contains("\"bytes-in\":84"), out);
        assertEquals(out.length() - 1, out.indexOf('\n'));
    }
}
