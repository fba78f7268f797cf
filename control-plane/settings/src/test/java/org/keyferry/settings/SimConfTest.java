package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.model.EapOptions;
import org.keyferry.wire.EapType;

class SimConfTest {
    private static StrongswanConf conf(String charon) throws Exception {
        byte[] bytes = ("charon {\n" + charon + "\n}\n").getBytes(StandardCharsets.UTF_8);
        return StrongswanConf.of(
                SettingsParser.parse(Path.of("strongswan.conf"), bytes, FileSource.DISK));
    }

    @Test
    void withoutOptions() throws Exception {
        assertEquals(
                new SimConf(
                        Optional.empty(),
                        Path.of("/etc/ipsec.d/triplets.dat"),
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        8),
                conf("").sims());
        assertEquals(EapOptions.Sim.DEFAULT, conf("").eap().sim());
    }

    @Test
    void withAllOptions() throws Exception {
        StrongswanConf conf =
                conf(
                        """
                        keyferry {
                            sim {
                                subscribers = /etc/subscribers
                                triplets = /etc/triplets
                                script = /usr/local/bin/hlr -v
                                script_timeout = 2s
                                script_limit = 3
                                network = WLAN
                                result_indication = yes
                                accept_identities = no
                                pseudonyms = yes
                                pseudonym_lifetime = 1d
                                reauth = yes
                                reauth_limit = 5
                                reauth_lifetime = 1h
                            }
                        }
                        plugins {
                            eap-sim {
                                request_identity = no
                            }
                            eap-aka {
                                request_identity = no
                            }
                            eap-dynamic {
                                preferred = aka-prime, aka, sim
                            }
                        }
                        """);
        assertEquals(
                new SimConf(
                        Optional.of(Path.of("/etc/subscribers")),
                        Path.of("/etc/triplets"),
                        Optional.of("/usr/local/bin/hlr -v"),
                        Duration.ofSeconds(2),
                        3),
                conf.sims());
        assertEquals(
                new EapOptions.Sim(
                        false,
                        false,
                        true,
                        Optional.of("WLAN"),
                        new EapOptions.SimIdentities(
                                false, true, true, 5, Duration.ofHours(1), Duration.ofDays(1))),
                conf.eap().sim());
        assertEquals(
                List.of(EapType.AKA_PRIME, EapType.AKA, EapType.SIM),
                conf.eap().dynamicPreferred());
    }
}
