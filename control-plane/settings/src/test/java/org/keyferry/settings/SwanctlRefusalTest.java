package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.keyferry.settings.SwanctlConfTest.connection;
import static org.keyferry.settings.SwanctlConfTest.load;
import static org.keyferry.settings.SwanctlConfTest.refused;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keyferry.settings.SettingsException.Problem;

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
                "local_addrs = 10.0.0.256      | INVALID_VALUE  | '10.0.0.256' is no address, range or host name",
                "local_addrs = 10.0.0.0/33     | INVALID_VALUE  | '10.0.0.0/33' is no address, range or host name",
                "remote_addrs = 10.0.0.9-10.0.0.1 | INVALID_VALUE | '10.0.0.9-10.0.0.1' is no address, range or host name",
                "remote_addrs = a_b c          | INVALID_VALUE  | 'a_b c' is no address, range or host name",
                "remote_addrs = 1:2:3          | INVALID_VALUE  | '1:2:3' is no address, range or host name",
                "local_port = 65536            | INVALID_VALUE  | '65536' is above 65535",
                "remote_port = -1              | INVALID_VALUE  | '-1' is no number",
                "proposals = aes128-foo        | INVALID_VALUE  | algorithm 'foo' not recognized",
                "vips = 0.0.0.0                | NOT_SUPPORTED  | virtual addresses are not supported yet",
                "aggressive = yes              | NOT_SUPPORTED  | IKEv1 is not supported, and IKEv2 has no such thing",
                "aggressive = perhaps          | INVALID_VALUE  | 'perhaps' is neither yes nor no",
                "pull = no                     | NOT_SUPPORTED  | IKEv1 is not supported, and IKEv2 has no such thing",
                "dscp = 8                      | INVALID_VALUE  | '8' are no binary digits",
                "dpd_delay = soon              | INVALID_VALUE  | 'soon' is no time",
                "dpd_delay = 10 weeks          | INVALID_VALUE  | '10 weeks' is no time",
                "dpd_delay = 99999d            | INVALID_VALUE  | '99999d' is above 4294967295",
                "dpd_delay = 08                | INVALID_VALUE  | '08' is no octal number",
                "dpd_timeout = 10s             | NOT_SUPPORTED  | only for IKEv1; IKEv2 retransmits as strongswan.conf tells",
                "fragmentation = maybe         | INVALID_VALUE  | 'maybe' is none of yes, accept, no, force",
                "childless = force             | NOT_SUPPORTED  | childless IKE SAs are not supported yet",
                "childless = x                 | INVALID_VALUE  | 'x' is none of allow, prefer, force, never",
                "send_certreq = no             | NOT_SUPPORTED  | certificates are not supported yet",
                "send_cert = always            | NOT_SUPPORTED  | certificates are not supported yet",
                "ocsp = never                  | NOT_SUPPORTED  | certificates are not supported yet",
                "ppk_id = x                    | NOT_SUPPORTED  | postquantum preshared keys are not supported yet",
                "ppk_required = yes            | NOT_SUPPORTED  | postquantum preshared keys are not supported yet",
                "keyingtries = many            | INVALID_VALUE  | 'many' is no number",
                "unique = always               | INVALID_VALUE  | 'always' is none of no, never, keep, replace",
                "pools = p                     | NOT_SUPPORTED  | address pools are not supported yet",
                "if_id_in = %unique            | NOT_SUPPORTED  | '%unique' is not supported yet",
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
                "ah_proposals = sha256   | NOT_SUPPORTED | AH is not supported yet",
                "esp_proposals = sha256  | INVALID_VALUE | a proposal needs an encryption algorithm",
                "sha256_96 = yes         | NOT_SUPPORTED | truncation to 96 bits is not supported yet",
                "local_ts = 10.0.0.0/40  | INVALID_VALUE | '10.0.0.0/40' is no traffic selector",
                "local_ts = dynamics     | INVALID_VALUE | 'dynamics' is no traffic selector",
                "remote_ts = dynamic[tcp/x y] | INVALID_VALUE | 'dynamic[tcp/x y]' is no traffic selector",
                "remote_ts = 10.0.0.0/8[foo]  | INVALID_VALUE | '10.0.0.0/8[foo]' is no traffic selector",
                "rekey_bytes = 1t        | INVALID_VALUE | '1t' is no byte count",
                "life_packets = 1k       | INVALID_VALUE | '1k' is no packet count",
                "updown = /bin/x         | NOT_SUPPORTED | updown scripts are not supported yet",
                "hostaccess = yes        | NOT_SUPPORTED | updown scripts are not supported yet",
                "mode = beet             | NOT_SUPPORTED | mode 'beet' is not supported yet",
                "mode = iptfs            | NOT_SUPPORTED | mode 'iptfs' is not supported yet",
                "mode = transport_proxy  | NOT_SUPPORTED | mode 'transport_proxy' is not supported yet",
                "mode = tube             | INVALID_VALUE | 'tube' is none of tunnel, transport, pass, drop",
                "policies = 2            | INVALID_VALUE | '2' is neither yes nor no",
                "policies_fwd_out = yes  | NOT_SUPPORTED | outbound forward policies are not supported yet",
                "dpd_action = reset      | INVALID_VALUE | 'reset' is no action",
                "ipcomp = yes            | NOT_SUPPORTED | IPComp is not supported yet",
                "inactivity = 1m         | NOT_SUPPORTED | closing of idle SAs is not supported yet",
                "reqid = x               | INVALID_VALUE | 'x' is no number",
                "interface = eth0        | NOT_SUPPORTED | policies of one interface are not supported yet",
                "mark_in = %unique       | NOT_SUPPORTED | '%unique' is not supported yet",
                "mark_out = 1/x          | INVALID_VALUE | 'x' is no number",
                "mark_in_sa = yes        | NOT_SUPPORTED | marks on inbound SAs are not supported yet",
                "set_mark_in = 1         | NOT_SUPPORTED | marking of packets is not supported yet",
                "set_mark_out = %same    | NOT_SUPPORTED | '%same' is not supported yet",
                "label = x               | NOT_SUPPORTED | security labels are not supported yet",
                "label_mode = simple     | NOT_SUPPORTED | security labels are not supported yet",
                "tfc_padding = mtu       | NOT_SUPPORTED | traffic padding is not supported yet",
                "tfc_padding = 1500      | NOT_SUPPORTED | traffic padding is not supported yet",
                "replay_window = 5000    | INVALID_VALUE | '5000' is above 4096",
                "per_cpu_sas = encap     | NOT_SUPPORTED | SAs per CPU are not supported yet",
                "hw_offload = auto       | NOT_SUPPORTED | hardware offload is not supported yet",
                "hw_offload = fast       | INVALID_VALUE | 'fast' is none of no, yes, crypto, packet, auto",
                "copy_dscp = both        | INVALID_VALUE | 'both' is none of no, in, out, yes",
                "icmp = yes              | NOT_SUPPORTED | ICMP error handling is not supported yet",
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
                "auth = pubkey          | NOT_SUPPORTED | 'pubkey': public key authentication is not supported yet",
                "auth = rsa-4096-sha512 | NOT_SUPPORTED | 'rsa-4096-sha512': public key authentication is not supported yet",
                "auth = eap-tls         | NOT_SUPPORTED | 'eap-tls': EAP is not supported yet",
                "auth = xauth           | NOT_SUPPORTED | 'xauth': XAuth belongs to IKEv1, which is not supported",
                "auth = password        | INVALID_VALUE | 'password' is no authentication method",
                "id = fqdn:^gw.*$       | NOT_SUPPORTED | regular expressions in identities are not supported yet",
                "eap_id = x             | NOT_SUPPORTED | EAP is not supported yet",
                "certs = x.pem          | NOT_SUPPORTED | certificates are not supported yet",
                "cacerts = x.pem        | NOT_SUPPORTED | certificates are not supported yet",
                "ca_id = x              | NOT_SUPPORTED | certificates are not supported yet",
                "cert_policy = 1.2      | NOT_SUPPORTED | certificates are not supported yet",
                "revocation = strict    | NOT_SUPPORTED | certificates are not supported yet",
                "groups = x             | NOT_SUPPORTED | group membership is not supported yet",
                "cert1 { }              | NOT_SUPPORTED | certificates are not supported yet",
                "cacert1 { }            | NOT_SUPPORTED | certificates are not supported yet",
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
                "connections { c { } }        | c.*local: the section is missing, and auth defaults to pubkey.*",
                "connections { c { local { } remote { } } } | .*auth: defaults to pubkey: public key.*",
                "connections { x = y }        | .*x: unknown option",
                "top = 1                      | .*top: unknown option",
                "pools { p { addrs = 10.0.0.0/24 } }  | .*pools.p: address pools are not supported yet",
                "authorities { a { file = x } }       | .*authorities.a: certificates are not supported yet",
                "secrets { ike { } }          | .*ike: secret is missing",
                "secrets { ike { secret = }}  | .*ike: secret is missing",
                "secrets { ike { secret = 0x }}  | .*secret: the secret is empty",
                "secrets { ike { secret = 0s!}}  | .*secret: the secret is not valid base64",
                "secrets { ike { x = 1}}      | .*x: unknown option",
                "secrets { ike { x {}}}       | .*x: unknown section",
                "secrets { xauth { secret = x}}  | .*xauth: XAuth belongs to IKEv1, which is not supported",
                "secrets { ntlm { secret = x}}   | .*ntlm: NT hashes are not supported yet",
                "secrets { rsa-1 { secret = x}}  | .*rsa-1: private keys are not supported yet",
                "secrets { pkcs12 { secret = x}} | .*pkcs12: private keys are not supported yet",
                "secrets { token { pin = x}}     | .*token: private keys are not supported yet",
                "secrets { wifi { secret = x}}   | .*wifi: unknown kind of secret",
            })
    void otherRefusals(String text, String message) {
        String refusal = refused(text).getMessage();
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
                                        section, ConnectionDefaults.supporting(_ -> true)));
        assertEquals(Problem.UNKNOWN_OPTION, refusal.problem());
        assertEquals(
                "load-conn: local_addrs: unknown option, as it is a list", refusal.getMessage());
    }
}
