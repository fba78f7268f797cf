package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.vici.ViciMessage;

@Timeout(120)
class StatusFilterTest extends CliTest {
    @Test
    void onlyWhatIsDown() throws Exception {
        serveOneTunnel();
        assertEquals(
                """
                branch  down  IKEv2  %any === branch.example
                  lan  down  10.1.0.0/16 === dynamic
                1 of 2 connections up, 1 of 2 children up
                """,
                run("status", "--down").out());
        String json = run("status", "--down", "--json").out();
        assertTrue(json.contains("\"branch\"") && !json.contains("\"gw\""), json);
    }

    @Test
    void aLineForEachTunnel() throws Exception {
        serveOneTunnel();
        assertEquals(
                """
                CONNECTION  CHILD  STATE  REMOTE          SINCE    IN      OUT  REMOTE NETWORKS
                gw          net    up     192.0.2.2        6m0s  84 B  1.5 KiB  10.2.0.0/16
                branch      lan    down   branch.example                        dynamic
                1 of 2 connections up, 1 of 2 children up
                """,
                run("status", "--short").out());
    }

    @Test
    void oneConnectionIsAllThatIsAskedFor() throws Exception {
        serveOneTunnel();
        assertEquals(0, run("status", "--ike", "gw").status());
        assertEquals(List.of("list-conns {ike=gw}", "list-sas {ike=gw}"), asked);
    }

    @Test
    void thousandsOfSas() throws Exception {
        var conns = new ArrayList<ViciMessage>();
        var sas = new ArrayList<ViciMessage>();
        for (int i = 0; i < 5000; i++) {
            conns.add(renamed(Samples.GW_CONFIG, "c" + i));
            if (i % 2 == 0) {
                sas.add(renamed(Samples.GW_SA, "c" + i));
            }
        }
        answer("list-conns", "list-conn", conns, none());
        answer("list-sas", "list-sa", sas, none());
        listen();
        String out = run("status", "--short").out();
        assertTrue(out.endsWith("2500 of 5000 connections up, 2500 of 5000 children up\n"), out);
        assertEquals(5002, out.lines().count());
    }

    private static ViciMessage renamed(ViciMessage event, String name) {
        return ViciMessage.builder().section(name, event.sections().getFirst().body()).build();
    }
}
