package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfCheckTest {
    private static ConfCheck check(String text) throws SettingsException {
        return ConfCheck.of(SettingsGrammarTest.parse(text));
    }

    /// The option is written on line 2.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prot = 501                    | charon.prot: unknown option",
                "plugins { netlink { mtu = 1 } } | charon.plugins.netlink.mtu: unknown option",
                "plugins { kernel-netlink { mut = 1 } } | charon.plugins.kernel-netlink.mut:"
                        + " unknown option",
                "port = 70000                  | charon.port: '70000' cannot be taken, the default"
                        + " 500 holds",
                "retransmit_base = 1.8.1       | charon.retransmit_base: '1.8.1' cannot be taken,"
                        + " the default 1.8 holds",
                "install_routes = maybe        | charon.install_routes: 'maybe' cannot be taken,"
                        + " the default yes holds",
                "tls { version_min = 1.0 }     | charon.tls.version_min: '1.0' cannot be taken,"
                        + " the default 1.2 holds",
                "plugins { eap-peap { phase2_method = tls } } | charon.plugins.eap-peap."
                        + "phase2_method: 'tls' cannot be taken, the default mschapv2 holds",
                "keep_alive = often            | charon.keep_alive: 'often' cannot be taken, the"
                        + " default 20s holds",
                "plugins { socket-default { fwmark = x } } | charon.plugins.socket-default.fwmark:"
                        + " 'x' cannot be taken, the default holds",
                "cisco_flexvpn = yes           | charon.cisco_flexvpn: has no effect: a FlexVPN"
                        + " peer is not told apart",
                "plugins { p-cscf { enable = x } } | charon.plugins.p-cscf.enable: has no effect:"
                        + " there is no such source or use of virtual addresses",
                "rsa_pss_trailerfield = 1      | charon.rsa_pss_trailerfield: has no effect: this"
                        + " part of authentication is not supported yet",
                "send_delay = 100              | charon.send_delay: has no effect: there is no such"
                        + " test aid",
                "plugins { eap-radius { xauth { x = y } } } | charon.plugins.eap-radius.xauth.x:"
                        + " has no effect: only for IKEv1",
                "plugins { eap-radius { forward { ike_to_radius = Class } } } |"
                        + " charon.plugins.eap-radius.forward.ike_to_radius: has no effect: attributes"
                        + " are not passed between IKE and RADIUS",
            })
    void optionsThatDoNotDoWhatTheySayAreNamed(String option, String warning) throws Exception {
        ConfCheck check = check("charon {\n" + option + "\n}");
        assertEquals(1, check.warnings().size(), check::toString);
        assertTrue(check.warnings().getFirst().endsWith(":2: " + warning), check::toString);
        assertEquals(List.of(), check.notes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port = 0x1f5",
                "keep_alive = 1m",
                "cisco_flexvpn = no",
                "rsa_pss_trailerfield = FALSE",
                "send_delay = 0x0",
                "plugins { socket-default { fwmark = 0x42/0xff } }",
                "plugins { kernel-netlink { mtu = 0 } }",
                "filelog { x { default = 2\nike_name = yes } }",
                "start-scripts { a = /bin/true }",
                "tls { version_max = 1.3 }",
                "plugins { eap-ttls { phase2_method = MSCHAPv2 } }",
                "keyferry { tls_session_lifetime = 0 }",
                "keyferry { shards = 2 }"
            })
    void whatIsHonouredOrSaysTheDefaultIsNotMentioned(String option) throws Exception {
        assertEquals(new ConfCheck(List.of(), List.of()), check("charon {\n" + option + "\n}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "threads = 32",
                "load_modular = yes",
                "plugins { eap-tls { load = yes } }",
                "processor { priority_threads { high = 4 } }",
            })
    void whatMeansNothingHereIsOnlyNoted(String option) throws Exception {
        ConfCheck check = check("charon {\n" + option + "\n}");
        assertEquals(List.of(), check.warnings());
        assertEquals(1, check.notes().size());
        assertTrue(check.notes().getFirst().endsWith(": means nothing here"));
    }

    @Test
    void otherSectionsOfTheDaemonCountAndThoseOfOtherProgramsDoNot() throws Exception {
        ConfCheck check =
                check(
                        """
                        charon-systemd { prot = 1 }
                        libstrongswan { prot = 2 }
                        swanctl { prot = 3 }
                        pki { prot = 4 }
                        """);
        assertEquals(
                List.of("charon-systemd.prot", "libstrongswan.prot", "swanctl.prot"),
                check.warnings().stream().map(w -> w.split(": ", -1)[1]).toList());
    }

    @Test
    void whatTokensAreNotUsedForIsTold() throws Exception {
        ConfCheck check =
                check(
                        """
                        charon { plugins { pkcs11 { use_hasher = yes
                          use_dh = no
                          modules { card { path = x.so
                            load_certs = perhaps
                            pin = 1 } } } } }
                        """);
        assertEquals(3, check.warnings().size(), check.warnings().toString());
        assertTrue(
                check.warnings()
                        .getFirst()
                        .endsWith(
                                "charon.plugins.pkcs11.use_hasher: has no effect: tokens sign,"
                                        + " everything else is computed by the processor"),
                check.warnings().toString());
    }

    @Test
    void theShippedFileHasNothingToMention() throws Exception {
        Path shipped = Path.of("../../config/conf/strongswan.conf");
        assertEquals(List.of(), ConfCheck.of(SettingsParser.parse(shipped)).warnings());
    }
}
