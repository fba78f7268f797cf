package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.wire.IpAddress;

class LanConfTest {
    private static LanConf conf(String charon) throws Exception {
        byte[] bytes = ("charon {\n" + charon + "\n}\n").getBytes(StandardCharsets.UTF_8);
        return StrongswanConf.of(
                        SettingsParser.parse(Path.of("strongswan.conf"), bytes, FileSource.DISK))
                .lan();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "load = random nonce farp! dhcp | true | true",
                "load = random nonce | false | false",
                "plugins { farp { load = yes } } | true | false",
                "plugins { dhcp { load = 10 } } | false | true",
                "load = farp dhcp\\nplugins { dhcp { load = 0 } } | true | false",
                "load = dhcp-inform farping | false | false",
                "plugins { dhcp { server = 10.0.0.1 } } | false | false",
            })
    void whatCharonWouldLoad(String text, boolean farp, boolean dhcp) throws Exception {
        LanConf conf = conf(text.replace("\\n", "\n"));
        assertEquals(farp, conf.answersArp());
        assertEquals(dhcp, conf.dhcp().enabled());
    }

    @Test
    void defaults() throws Exception {
        LanConf.Dhcp dhcp = conf("").dhcp();
        assertEquals(IpAddress.parse("255.255.255.255"), dhcp.server());
        assertFalse(dhcp.isRelay());
        assertFalse(dhcp.identityLease());
        assertFalse(dhcp.forceServerAddress());
        assertFalse(dhcp.useServerPort());
        assertEquals(Optional.empty(), dhcp.receiveInterface());
    }

    @Test
    void optionsOfForecast() throws Exception {
        ForecastConf without = conf("plugins { forecast { interface = eth1 } }").forecast();
        assertFalse(without.enabled());
        assertEquals(Optional.empty(), without.network());
        assertEquals(5, without.groups().size());
        ForecastConf forecast =
                conf("""
                load = forecast
                plugins { forecast {
                  groups = 224.0.0.251, 239.1.2.3
                  interface = eth1
                  reinject = sales, labs
                } }
                """)
                        .forecast();
        assertEquals(Optional.of("eth1"), forecast.network());
        assertEquals(
                List.of(IpAddress.parse("224.0.0.251"), IpAddress.parse("239.1.2.3")),
                forecast.groups());
        assertEquals(Set.of("sales", "labs"), forecast.reinject());
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3", "'224.0.0.251,fe80::1'", "everybody"})
    void groupsAreMulticastAddresses(String groups) {
        assertEquals(Optional.empty(), ForecastConf.groups(groups));
    }

    @Test
    void optionsOfDhcp() throws Exception {
        LanConf.Dhcp dhcp =
                conf("""
                plugins { dhcp {
                  server = 10.1.255.255
                  identity_lease = yes
                  force_server_address = yes
                  use_server_port = yes
                  interface = eth1
                } }
                """)
                        .dhcp();
        assertTrue(dhcp.isRelay());
        assertTrue(dhcp.identityLease());
        assertTrue(dhcp.forceServerAddress());
        assertTrue(dhcp.useServerPort());
        assertEquals(Optional.of("eth1"), dhcp.sendInterface());
        assertEquals(Optional.of("eth1"), dhcp.receiveInterface());
        var other = conf("plugins { dhcp { interface = a\n interface_receive = br0 } }").dhcp();
        assertEquals(Optional.of("br0"), other.receiveInterface());
    }
}
