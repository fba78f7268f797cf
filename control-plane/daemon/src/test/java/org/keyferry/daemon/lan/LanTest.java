package org.keyferry.daemon.lan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keyferry.daemon.log.Log;
import org.keyferry.daemon.service.Privileges;
import org.keyferry.engine.AddressRequest;
import org.keyferry.settings.ForecastConf;
import org.keyferry.settings.LanConf;
import org.keyferry.wire.Endpoint;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;

class LanTest {
    private static String shortage(Lan lan, String pool, IpAddress... wanted) {
        var request =
                new AddressRequest(
                        1,
                        "rw",
                        Identification.parse("carol"),
                        new Endpoint(IpAddress.parse("192.0.2.1"), 500),
                        List.of(pool),
                        List.of(wanted));
        return lan.addresses().assign(request).join().shortage();
    }

    private static LanConf conf(boolean enabled, String receiveInterface) {
        var dhcp =
                new LanConf.Dhcp(
                        enabled,
                        LanConf.Dhcp.ANY_SERVER,
                        false,
                        false,
                        Optional.empty(),
                        Optional.of(receiveInterface),
                        false);
        return new LanConf(
                dhcp, false, new ForecastConf(false, List.of(), Optional.empty(), Set.of()));
    }

    @Test
    void whoeverAsksForWhatIsNotLoadedIsTold() throws Exception {
        try (var privileges = Privileges.unchanged();
                var lan = new Lan(conf(false, "lo"), 4500, privileges, Instant::now, new Log())) {
            assertEquals(
                    "no DHCP: charon.plugins.dhcp is not loaded",
                    shortage(lan, "dhcp", IpAddress.ANY_V4));
            assertEquals("", shortage(lan, "dhcp"));
            assertEquals("", shortage(lan, "p", IpAddress.ANY_V4));
        }
    }

    @Test
    void whatCannotBeOpenedIsTold() throws Exception {
        try (var privileges = Privileges.unchanged();
                var lan =
                        new Lan(conf(true, "nosuch0"), 4500, privileges, Instant::now, new Log())) {
            assertEquals(
                    "no DHCP: if_nametoindex(nosuch0): ENODEV (No such device)",
                    shortage(lan, "dhcp", IpAddress.ANY_V4));
        }
    }
}
