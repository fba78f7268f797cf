package org.keyferry.vici;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Debian's `swanctl` talks to our server, which gives fixed answers.
@Timeout(120)
class SwanctlLiveTest {
    @TempDir Path directory;
    private Path socket;
    private ViciServer server;

    @BeforeEach
    void serve() throws Exception {
        socket = directory.resolve("charon.vici");
        Map<String, ViciCommand> commands =
                Map.of(
                        "version",
                        _ -> version(),
                        "stats",
                        _ -> stats(),
                        "list-sas",
                        SwanctlLiveTest::listSas,
                        "initiate",
                        SwanctlLiveTest::initiate);
        server =
                ViciServer.listen(
                        new ViciAddress.Unix(socket), commands, ViciServerOptions.DEFAULTS);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static ViciMessage version() {
        return ViciMessage.builder()
                .put("daemon", "keyferryd")
                .put("version", "0.1.0")
                .put("sysname", "Linux")
                .put("release", "6.18.0")
                .put("machine", "x86_64")
                .build();
    }

    private static ViciMessage stats() {
        return ViciMessage.builder()
                .section(
                        "uptime",
                        s -> s.put("running", "14 seconds").put("since", "Nov 23 00:44:48 2026"))
                .section(
                        "workers",
                        s ->
                                s.put("total", 16)
                                        .put("idle", 11)
                                        .section(
                                                "active",
                                                a ->
                                                        a.put("critical", 4)
                                                                .put("high", 0)
                                                                .put("medium", 1)
                                                                .put("low", 0)))
                .section(
                        "queues",
                        s -> s.put("critical", 0).put("high", 0).put("medium", 0).put("low", 0))
                .put("scheduled", 3)
                .section("ikesas", s -> s.put("total", 2).put("half-open", 1))
                .list("plugins", "vici", "updown")
                .build();
    }

    static ViciMessage listSas(ViciRequest request) {
        var child =
                ViciMessage.builder()
                        .put("name", "net")
                        .put("uniqueid", 5)
                        .put("reqid", 2)
                        .put("state", "INSTALLED")
                        .put("mode", "TUNNEL")
                        .put("protocol", "ESP")
                        .put("spi-in", "c0ffee01")
                        .put("spi-out", "c0ffee02")
                        .put("encr-alg", "AES_GCM_16")
                        .put("encr-keysize", 256)
                        .put("bytes-in", 84)
                        .put("packets-in", 1)
                        .put("use-in", 3)
                        .put("bytes-out", 168)
                        .put("packets-out", 2)
                        .put("use-out", 3)
                        .put("rekey-time", 3000)
                        .put("life-time", 3600)
                        .put("install-time", 360)
                        .list("local-ts", "10.1.0.0/16")
                        .list("remote-ts", "10.2.0.0/16")
                        .build();
        var ike =
                ViciMessage.builder()
                        .put("uniqueid", 1)
                        .put("version", 2)
                        .put("state", "ESTABLISHED")
                        .put("local-host", "192.0.2.1")
                        .put("local-port", 4500)
                        .put("local-id", "moon")
                        .put("remote-host", "192.0.2.2")
                        .put("remote-port", 4500)
                        .put("remote-id", "sun")
                        .put("initiator", "yes")
                        .put("initiator-spi", "00000000000000ff")
                        .put("responder-spi", "ff00000000000000")
                        .put("encr-alg", "AES_GCM_16")
                        .put("encr-keysize", 256)
                        .put("prf-alg", "PRF_HMAC_SHA2_256")
                        .put("dh-group", "CURVE_25519")
                        .put("established", 400)
                        .put("rekey-time", 13000)
                        .section("child-sas", s -> s.section("net-5", child))
                        .build();
        request.stream("list-sa", ViciMessage.builder().section("gw", ike).build());
        return ViciMessage.EMPTY;
    }

    private static ViciMessage initiate(ViciRequest request) {
        if (!request.message().getString("child", "").equals("net")) {
            String child = request.message().getString("child", "");
            return ViciMessage.failure("CHILD_SA config '" + child + "' not found");
        }
        request.stream(
                "control-log",
                ViciMessage.builder()
                        .put("group", "IKE")
                        .put("level", 0)
                        .put("ikesa-name", "gw")
                        .put("ikesa-uniqueid", 1)
                        .put("msg", "initiating IKE_SA gw[1] to 192.0.2.2")
                        .build());
        return ViciMessage.success();
    }

    @Test
    void versionOfTheDaemon() throws Exception {
        assertEquals(
                new Debian.Ran(0, "strongSwan 0.1.0 keyferryd (Linux, 6.18.0, x86_64)\n"),
                Debian.swanctl(socket, "--version", "--daemon"));
    }

    @Test
    void statistics() throws Exception {
        assertEquals(
                new Debian.Ran(
                        0,
                        """
                        uptime: 14 seconds, since Nov 23 00:44:48 2026
                        worker threads: 16 total, 11 idle, working: 4/0/1/0
                        job queues: 0/0/0/0
                        jobs scheduled: 3
                        IKE_SAs: 2 total, 1 half-open
                        loaded plugins: vici updown
                        """),
                Debian.swanctl(socket, "--stats"));
    }

    @Test
    void listOfSas() throws Exception {
        assertEquals(
                new Debian.Ran(
                        0,
                        """
                        gw: #1, ESTABLISHED, IKEv2, 00000000000000ff_i* ff00000000000000_r
                          local  'moon' @ 192.0.2.1[4500]
                          remote 'sun' @ 192.0.2.2[4500]
                          AES_GCM_16-256/PRF_HMAC_SHA2_256/CURVE_25519
                          established 400s ago, rekeying in 13000s
                          net: #5, reqid 2, INSTALLED, TUNNEL, ESP:AES_GCM_16-256
                            installed 360s ago, rekeying in 3000s, expires in 3600s
                            in  c0ffee01,     84 bytes,     1 packets,     3s ago
                            out c0ffee02,    168 bytes,     2 packets,     3s ago
                            local  10.1.0.0/16
                            remote 10.2.0.0/16
                        """),
                Debian.swanctl(socket, "--list-sas"));
    }

    @Test
    void rawOutputIsAsOurPrinterPrintsIt() throws Exception {
        assertEquals(
                new Debian.Ran(0, "stats reply " + ViciPrinter.raw(stats()) + "\n"),
                Debian.swanctl(socket, "--stats", "--raw"));
        assertEquals(
                new Debian.Ran(0, "stats reply " + ViciPrinter.pretty(stats()) + "\n"),
                Debian.swanctl(socket, "--stats", "--pretty"));
    }

    @Test
    void initiationWithItsLog() throws Exception {
        assertEquals(
                new Debian.Ran(
                        0,
                        """
                        [IKE] initiating IKE_SA gw[1] to 192.0.2.2
                        initiate completed successfully
                        """),
                Debian.swanctl(socket, "--initiate", "--child", "net"));
    }

    @Test
    void refusedInitiation() throws Exception {
        int failed = Debian.swanctl(socket, "--initiate", "--child", "nosuch").exitStatus();
        assertEquals(1, failed);
    }

    @Test
    void manyAtOnce() throws Exception {
        var runs =
                List.of(1, 2, 3, 4).parallelStream()
                        .map(
                                _ -> {
                                    try {
                                        return Debian.swanctl(socket, "--version", "--daemon");
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                })
                        .map(Debian.Ran::exitStatus)
                        .toList();
        assertEquals(List.of(0, 0, 0, 0), runs);
    }
}
