package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.RadiusConf.DynamicAuthorization;
import org.keyferry.settings.RadiusConf.Server;
import org.keyferry.settings.RadiusConf.Timing;
import org.keyferry.settings.model.SecretText;

class RadiusConfTest {
    private static final Timing DEFAULT = new Timing(Duration.ofSeconds(2), 1.4, 4);

    private static RadiusConf conf(String options) throws SettingsException {
        return StrongswanConf.of(
                        SettingsGrammarTest.parse(
                                "charon { plugins { eap-radius {\n" + options + "\n} } }"))
                .radius();
    }

    private static SecretText secret(String text) {
        return SecretText.owned(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void oneServerHasDefaults() throws SettingsException {
        assertEquals(
                List.of(
                        new Server(
                                "10.1.0.10",
                                "10.1.0.10",
                                secret("gv6URkSs"),
                                "strongSwan",
                                1812,
                                1813,
                                1,
                                Optional.empty(),
                                0,
                                DEFAULT)),
                conf("server = 10.1.0.10\nsecret = gv6URkSs").servers());
    }

    @Test
    void severalServersTakeWhatIsCommon() throws SettingsException {
        List<Server> servers =
                conf("""
                nas_identifier = moon
                retransmit_tries = 2
                secret = common
                servers {
                    one {
                        address = radius1.example.org
                        secret = first
                        preference = 99
                        sockets = 5
                        auth_port = 1645
                        acct_port = 1646
                        retransmit_timeout = 0.5
                    }
                    two {
                        address = 10.1.0.20
                        port = 11812
                        nas_identifier = sun
                        source = 10.1.0.1
                    }
                    none {
                        secret = x
                    }
                }
                """)
                        .servers();
        assertEquals(
                List.of(
                        new Server(
                                "one",
                                "radius1.example.org",
                                secret("first"),
                                "moon",
                                1645,
                                1646,
                                5,
                                Optional.empty(),
                                99,
                                new Timing(Duration.ofMillis(500), 1.4, 2)),
                        new Server(
                                "two",
                                "10.1.0.20",
                                secret("common"),
                                "sun",
                                11812,
                                1813,
                                1,
                                Optional.of("10.1.0.1"),
                                0,
                                new Timing(Duration.ofSeconds(2), 1.4, 2))),
                servers);
    }

    @Test
    void aServerWithoutSecretIsNotUsed() throws SettingsException {
        RadiusConf conf = conf("server = 10.1.0.10");
        assertEquals(List.of(), conf.servers());
        assertEquals(
                List.of("eap-radius: server 10.1.0.10 has no secret and is not used"),
                conf.problems());
    }

    @Test
    void readsAccountingForwardingAndTheListener() throws SettingsException {
        RadiusConf conf =
                conf(
                        """
                        accounting = yes
                        accounting_interval = 5m
                        accounting_close_on_timeout = no
                        forward { ike_to_radius = Reply-Message, 25 , 36906:12 }
                        dae { enable = yes
                              listen = 10.1.0.1
                              secret = dae }
                        """);
        assertEquals(
                new RadiusConf.Accounting(true, Duration.ofMinutes(5), false, false, false),
                conf.accounting());
        assertEquals(List.of("Reply-Message", "25", "36906:12"), conf.ikeToRadius());
        assertEquals(
                Optional.of(new DynamicAuthorization("10.1.0.1", 3799, secret("dae"))), conf.dae());
        assertTrue(conf.stationIdWithPort());
    }

    @Test
    void aListenerNeedsASecret() throws SettingsException {
        RadiusConf conf = conf("dae { enable = yes }");
        assertEquals(Optional.empty(), conf.dae());
        assertEquals(
                List.of("eap-radius.dae: there is no secret, nothing is listened for"),
                conf.problems());
    }
}
