package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.settings.SwanctlConfTest.connection;
import static org.keyferry.settings.SwanctlConfTest.load;
import static org.keyferry.settings.SwanctlConfTest.refused;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.model.PoolSpec;

class SwanctlRefusalTest {
    /// The option is written on line 2.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour = red                  | UNKNOWN_OPTION | unknown option",
                "version = 3                   | INVALID_VALUE  | '3' is above 2",
                "version = two                 | INVALID_VALUE  | 'two' is no number",
                "version = 1                   | NOT_SUPPORTED  | IKEv1 is not supported",
                "local_addrs = 10.0.0.256      | INVALID_VALUE  | '10.0.0.256' is no address, range"
                        + " or host name",
                "local_addrs = 10.0.0.0/33     | INVALID_VALUE  | '10.0.0.0/33' is no address,"
                        + " range or host name",
                "remote_addrs = 10.0.0.9-10.0.0.1 | INVALID_VALUE | '10.0.0.9-10.0.0.1' is no"
                        + " address, range or host name",
                "remote_addrs = a_b c          | INVALID_VALUE  | 'a_b c' is no address, range or"
                        + " host name",
                "remote_addrs = 1:2:3          | INVALID_VALUE  | '1:2:3' is no address, range or"
                        + " host name",
                "local_port = 65536            | INVALID_VALUE  | '65536' is above 65535",
                "local_port = 501              | NOT_SUPPORTED  | the daemon's own ports are 500"
                        + " and 4500",
                "remote_port = -1              | INVALID_VALUE  | '-1' is no number",
                "proposals = aes128-foo        | INVALID_VALUE  | algorithm 'foo' not recognized",
                "vips = 10.0.0.0/24            | INVALID_VALUE  | '10.0.0.0/24' is no address",
                "aggressive = yes              | NOT_SUPPORTED  | IKEv1 is not supported, and IKEv2"
                        + " has no aggressive mode",
                "aggressive = perhaps          | INVALID_VALUE  | 'perhaps' is neither yes nor no",
                "dscp = 8                      | INVALID_VALUE  | '8' are no binary digits",
                "dpd_delay = soon              | INVALID_VALUE  | 'soon' is no time",
                "dpd_delay = 10 weeks          | INVALID_VALUE  | '10 weeks' is no time",
                "dpd_delay = 99999d            | INVALID_VALUE  | '99999d' is above 4294967295",
                "dpd_delay = 08                | INVALID_VALUE  | '08' is no octal number",
                "fragmentation = maybe         | INVALID_VALUE  | 'maybe' is none of yes, accept,"
                        + " no, force",
                "ocsp = x                      | INVALID_VALUE  | 'x' is none of reply, request,"
                        + " both, never",
                "childless = x                 | INVALID_VALUE  | 'x' is none of allow, prefer,"
                        + " force, never",
                "ppk_id = fqdn:^gw.*$          | NOT_SUPPORTED  | regular expressions in identities"
                        + " are not supported yet",
                "redirect_init = a@b           | INVALID_VALUE  | not a host name: 'a@b'",
                "redirect_auth = 1.2.3         | INVALID_VALUE  | not an IP address: '1.2.3'",
                "tcp = perhaps                 | INVALID_VALUE  | 'perhaps' is none of no, yes,"
                        + " fallback",
                "tcp_port = 65536              | INVALID_VALUE  | '65536' is above 65535",
                "ppk_required = perhaps        | INVALID_VALUE  | 'perhaps' is neither yes nor no",
                "keyingtries = many            | INVALID_VALUE  | 'many' is no number",
                "unique = always               | INVALID_VALUE  | 'always' is none of no, never,"
                        + " keep, replace",
                "if_id_out = 4294967296        | INVALID_VALUE  | '4294967296' is above 4294967295",
                "mediation = yes               | NOT_SUPPORTED  | mediation is not supported",
                "mediated_by = x               | NOT_SUPPORTED  | mediation is not supported",
                "mediation_peer = x            | NOT_SUPPORTED  | mediation is not supported",
                "colour { }                    | UNKNOWN_OPTION | unknown section",
            })
    void optionsOfAConnectionThatAreRefused(String option, Problem problem, String reason) {
        assertRefusal(refused(connection(option)), option, 2, problem, reason);
    }

    /// The option is written on line 3.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "colour = red            | UNKNOWN_OPTION | unknown option",
                "colour { }              | UNKNOWN_OPTION | unknown section",
                "ah_proposals = aes128   | INVALID_VALUE | an integrity algorithm is mandatory in"
                        + " AH proposals",
                "ah_proposals = foo      | INVALID_VALUE | algorithm 'foo' not recognized",
                "esp_proposals = sha256  | INVALID_VALUE | a proposal needs an encryption"
                        + " algorithm",
                "local_ts = 10.0.0.0/40  | INVALID_VALUE | '10.0.0.0/40' is no traffic selector",
                "local_ts = dynamics     | INVALID_VALUE | 'dynamics' is no traffic selector",
                "remote_ts = dynamic[tcp/x y] | INVALID_VALUE | 'dynamic[tcp/x y]' is no traffic"
                        + " selector",
                "remote_ts = 10.0.0.0/8[foo]  | INVALID_VALUE | '10.0.0.0/8[foo]' is no traffic"
                        + " selector",
                "rekey_bytes = 1t        | INVALID_VALUE | '1t' is no byte count",
                "rekey_ke_time = soon    | INVALID_VALUE | 'soon' is no time",
                "life_packets = 1k       | INVALID_VALUE | '1k' is no packet count",
                "mode = iptfs            | NOT_SUPPORTED | mode 'iptfs' (RFC 9347) is not"
                        + " supported: it needs Linux 6.14",
                "mode = transport_proxy  | NOT_SUPPORTED | mode 'transport_proxy' is for Mobile"
                        + " IPv6, which is not supported",
                "mode = tube             | INVALID_VALUE | 'tube' is none of tunnel, transport,"
                        + " beet, pass, drop",
                "policies = 2            | INVALID_VALUE | '2' is neither yes nor no",
                "dpd_action = reset      | INVALID_VALUE | 'reset' is no action",
                "reqid = x               | INVALID_VALUE | 'x' is no number",
                "mark_out = 1/x          | INVALID_VALUE | 'x' is no number",
                "label_mode = selinux    | NOT_SUPPORTED | the kernel's labels need SELinux, which"
                        + " is not supported",
                "replay_window = 5000    | INVALID_VALUE | '5000' is above 4096",
                "per_cpu_sas = encap     | NOT_SUPPORTED | SAs for each CPU (RFC 9611) are not"
                        + " supported: they need Linux 6.13",
                "hw_offload = fast       | INVALID_VALUE | 'fast' is none of no, crypto, packet,"
                        + " auto",
                "copy_dscp = both        | INVALID_VALUE | 'both' is none of no, in, out, yes",
                "start_action = begin    | INVALID_VALUE | 'begin' is no action",
            })
    void optionsOfAChildThatAreRefused(String option, Problem problem, String reason) {
        SettingsException refusal = refused(connection("children { k {\n" + option + "\n} }"));
        assertRefusal(refusal, option, 3, problem, reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "auth = eap-tnc         | NOT_SUPPORTED | EAP-TNC is not supported",
                "auth = xauth           | NOT_SUPPORTED | 'xauth': XAuth belongs to IKEv1, which is"
                        + " not supported",
                "auth = password        | INVALID_VALUE | 'password' is no authentication method",
                "id = fqdn:^gw.*$       | NOT_SUPPORTED | regular expressions in identities are not"
                        + " supported yet",
                "eap_id = x             | INVALID_VALUE | is demanded of a peer that does not"
                        + " authenticate by EAP",
                "certs = x.pem          | INVALID_VALUE | 'x.pem' is neither a certificate nor an"
                        + " absolute path",
                "certs = /none/x.pem    | INVALID_VALUE | '/none/x.pem' cannot be read:"
                        + " java.nio.file.NoSuchFileException: /none/x.pem",
                "cacerts = 0x3000       | INVALID_VALUE | no X.509 certificate",
                "pubkeys = 0x0400       | INVALID_VALUE | no public key",
                "cert_policy = any      | INVALID_VALUE | 'any' is no object identifier",
                "revocation = never     | INVALID_VALUE | 'never' is none of strict, ifuri,"
                        + " relaxed",
                "groups = x             | INVALID_VALUE | only a RADIUS server tells groups, by"
                        + " auth = eap-radius",
                "round = first          | INVALID_VALUE | 'first' is no number",
                "aaa_id = x             | UNKNOWN_OPTION | unknown option",
                "other { }              | UNKNOWN_OPTION | unknown section",
            })
    void optionsOfAnAuthenticationRoundThatAreRefused(
            String option, Problem problem, String reason) {
        String text = "connections { c { local { auth = psk\n }\nremote {\n" + option + "\n} } }";
        assertRefusal(refused(text), option, 4, problem, reason);
    }

    private static void assertRefusal(
            SettingsException refusal, String option, int line, Problem problem, String reason) {
        assertEquals(reason, refusal.reason());
        assertEquals(problem, refusal.problem());
        assertEquals(option.split(" ", 2)[0], refusal.key());
        assertEquals(new Origin("swanctl.conf", line), refusal.origin());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connections { c { local { } remote { cert1 { } } } } | .*file: or handle is missing",
                "connections { c { local { } remote { cacert1 { handle = 01 } } } } | .*handle:"
                        + " no certificate: no tokens are used here",
                "connections { c { local { } remote { auth = psk $ revocation = strict } } } |"
                        + " .*auth: demands a certificate, but .*",
                "connections { x = y }        | .*x: unknown option",
                "top = 1                      | .*top: unknown option",
                "secrets { ike { } }          | .*ike: secret is missing",
                "secrets { ike { secret = }}  | .*ike: secret is missing",
                "secrets { ike { secret = 0x }}  | .*secret: the secret is empty",
                "secrets { ike { secret = 0s!}}  | .*secret: the secret is not valid base64",
                "secrets { ike { x = 1}}      | .*x: unknown option",
                "secrets { ike { x {}}}       | .*x: unknown section",
                "pools { p { addrs = 10.0.0.0/40 } } | .*addrs: '10.0.0.0/40' is neither a subnet"
                        + " nor a range",
                "pools { p { colour = red } }    | .*colour: unknown option",
                "pools { p { 40000 = red } }     | .*40000: unknown option",
                "authorities { a { fil = x } }   | .*fil: unknown option",
                "authorities { a { slot = x } }  | .*slot: 'x' is no number",
                "secrets { rsa-1 { id = x}}      | .*id: unknown option",
                "secrets { token { handle = xy}} | .*handle: 'xy' is not hexadecimal",
                "secrets { wifi { secret = x}}   | .*wifi: unknown kind of secret",
            })
    void otherRefusals(String text, String message) {
        String refusal = refused(text.replace('$', '\n')).getMessage();
        assertTrue(refusal.matches("swanctl.conf:1: .*"), refusal);
        assertTrue(refusal.matches(".*" + message), refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version = 0",
                "aggressive = no",
                "pull = yes",
                "dpd_timeout = 0s",
                "childless = allow",
                "send_cert = ifasked",
                "send_certreq = yes",
                "ocsp = reply",
                "ppk_required = no",
                "mediation = no",
                "local_port = 0",
                "vips =",
                "pools =",
                "ppk_id =",
                """
                children { k {
                  sha256_96 = no
                  hostaccess = no
                  ipcomp = 0
                  inactivity = 0
                  label_mode = system
                  tfc_padding = 0
                  per_cpu_sas = no
                  hw_offload = no
                  icmp = no
                  set_mark_in = 0/0
                  set_mark_out = 0/0x00000000
                  mark_in_sa = no
                  policies_fwd_out = no
                  mark_in = 0/0
                  dpd_action = clear
                  close_action = none
                } }
                """,
            })
    void whatSaysTheSameAsTheDefaultIsAccepted(String options) throws Exception {
        String bare = options.startsWith("children") ? "children { k { } }" : "";
        assertEquals(load(connection(bare)), load(connection(options)));
    }

    /// The option is written on line 2.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pull = no            | only IKEv1 has a push mode",
                "dpd_timeout = 10s    | only for IKEv1; IKEv2 retransmits as strongswan.conf tells",
                "aggressive = yes $version = 2 | IKEv2 has no aggressive mode",
            })
    void whatHasNoEffectInCharonEitherIsMentioned(String option, String reason) throws Exception {
        String text = option.replace('$', '\n');
        LoadedConf loaded = load(connection(text));
        assertEquals("c", loaded.connections().getFirst().name());
        String[] lines = text.split("\n", -1);
        int line = option.startsWith("children") ? 3 : 2;
        String key = lines[line - 2].split(" ", -1)[0];
        assertEquals(
                List.of("swanctl.conf:" + line + ": " + key + ": has no effect: " + reason),
                loaded.warnings());
    }

    @Test
    void sectionsThatAreOfNoUseYetDoNotStopTheRest() throws Exception {
        LoadedConf loaded =
                load(
                        connection("")
                                + """

                                secrets {
                                  ike-1 { secret = x }
                                  rsa-key { file = k.pem
                                    secret = y }
                                  token1 { handle = 0a:0B
                                    slot = 1
                                    module = tpm
                                    pin = 1234 }
                                  xauth { id-1 = bob
                                    secret = z }
                                }
                                pools { v4 { addrs = 10.3.0.0/24
                                  dns = 10.3.0.1, 10.3.0.2
                                  28674 = x } }
                                authorities { ca { cacert = ca.pem
                                  crl_uris = http://x/y } }
                                """);
        assertEquals("c", loaded.connections().getFirst().name());
        assertEquals(1, loaded.secrets().size());
        assertEquals(
                List.of(
                        new PoolSpec(
                                "v4",
                                "10.3.0.0/24",
                                List.of(
                                        new PoolSpec.Attribute("dns", "10.3.0.1"),
                                        new PoolSpec.Attribute("dns", "10.3.0.2"),
                                        new PoolSpec.Attribute("28674", "x")))),
                loaded.pools());
        assertEquals(
                List.of(
                        "swanctl.conf:15: secrets.xauth: passed over: XAuth belongs to IKEv1,"
                                + " which is not supported"),
                loaded.warnings());
    }

    /// ESP is protocol 3, AH is 2 (RFC 7296 §3.3.1).
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ah_proposals = sha256                                     | 2:1",
                "ah_proposals = sha256, sha512 $esp_proposals = aes128gcm16 | 3:1 2:2 2:3",
                "esp_proposals = $ah_proposals = default                   | 2:1",
                "ah_proposals =                                            | 3:1 3:2",
            })
    void proposalsOfAhStandBehindThoseOfEsp(String options, String protocols) throws Exception {
        String child = options.replace('$', '\n');
        LoadedConf loaded = load(connection("children { k {\n" + child + "\n} }"));
        assertEquals(
                protocols,
                loaded.connections().getFirst().child("k").orElseThrow().proposals().stream()
                        .map(p -> p.protocolId() + ":" + p.number())
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void aReferenceToNothingIsMentioned() throws Exception {
        String text = connection("").replace("c {", "c : tunnels.base {");
        assertEquals(
                List.of("swanctl.conf:1: c: there is no section 'tunnels.base' to inherit from"),
                load(text).warnings());
    }

    @Test
    void aListThatIsSentAsAValueIsUnknown() {
        var origin = new Origin("load-conn", 0);
        var value = new ConfigSection.Item("local_addrs", false, List.of("10.0.0.1"), origin);
        var section = new ConfigSection("c", origin, List.of(value), List.of());
        var refusal =
                assertThrows(
                        SettingsException.class,
                        () ->
                                ConnectionReader.read(
                                        section,
                                        ConnectionDefaults.supporting(_ -> true),
                                        _ -> {}));
        assertEquals(Problem.UNKNOWN_OPTION, refusal.problem());
        assertEquals(
                "load-conn: local_addrs: unknown option, as it is a list", refusal.getMessage());
    }
}
