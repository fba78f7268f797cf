package org.keyferry.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.keyferry.vici.ViciMessage;

@Timeout(60)
class LoadCommandTest extends CliTest {
    private static final String TWO_CONNECTIONS =
            """
            connections {
              gw {
                remote_addrs = 192.0.2.1, gw.example
                local {
                  auth = psk
                }
                children {
                  net {
                    local_ts = 10.1.0.0/16,10.2.0.0/16
                    mode = tunnel
                  }
                }
              }
              branch {
                mobike = no
              }
            }
            """;

    private Path swanctl;

    @BeforeEach
    void directory() throws Exception {
        swanctl = Files.createDirectory(directory.resolve("swanctl"));
    }

    private void conf(String text) throws Exception {
        Files.writeString(swanctl.resolve("swanctl.conf"), text);
    }

    private void file(String name, byte... content) throws Exception {
        Path file = swanctl.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private Ran load(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "load";
        all[1] = "--dir=" + swanctl;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return run(all);
    }

    private void has(String command, String list, String... names) {
        answer(command, _ -> ViciMessage.builder().list(list, names).build());
    }

    /// A daemon that has nothing and takes everything.
    private void serveEverything() throws Exception {
        has("get-keys", "keys");
        has("get-shared", "keys");
        has("get-authorities", "authorities");
        has("get-conns", "conns");
        answer("get-pools", _ -> ViciMessage.EMPTY);
        accept(
                "load-cert",
                "load-key",
                "load-shared",
                "load-authority",
                "load-pool",
                "load-conn",
                "clear-creds",
                "unload-key",
                "unload-shared",
                "unload-authority",
                "unload-pool",
                "unload-conn");
        listen();
    }

    @Test
    void loadsAllKindsInSwanctlsOrder() throws Exception {
        conf(
                """
                connections { gw { version = 2 } }
                pools { p { addrs = 10.9.0.0/24
                            dns = 10.9.0.1, 10.9.0.2 } }
                authorities { ca { cacert = ca.pem
                                   crl_uris = http://a/x.crl, http://b/x.crl } }
                secrets { ike-1 { secret = 0x0102
                                  id-a = moon
                                  id-b = sun }
                          eap-x { secret = plain } }
                """);
        String pem = Base64.getEncoder().encodeToString(new byte[] {0x30, 0});
        file(
                "x509ca/ca.pem",
                ("-----BEGIN CERTIFICATE-----\n" + pem + "\n-----END CERTIFICATE-----\n")
                        .getBytes(StandardCharsets.US_ASCII));
        file("x509crl/a.crl", new byte[] {0x30, 1, 2});
        serveEverything();
        var ran = load();
        assertEquals(0, ran.status(), ran.err());
        assertEquals(
                List.of(
                        "get-keys {}",
                        "get-shared {}",
                        "load-cert {type=X509 flag=CA data=0x3000}",
                        "load-cert {type=X509_CRL flag=NONE data=0x300102}",
                        "load-shared {id=ike-1 type=IKE data=0x0102 owners=[moon sun]}",
                        "load-shared {id=eap-x type=EAP data=plain}",
                        "get-authorities {}",
                        "load-authority {ca {cacert=0x3000 crl_uris=[http://a/x.crl"
                                + " http://b/x.crl]}}",
                        "get-pools {}",
                        "load-pool {p {addrs=10.9.0.0/24 dns=[10.9.0.1 10.9.0.2]}}",
                        "get-conns {}",
                        "load-conn {gw {version=2}}"),
                asked);
        assertEquals(
                "loaded: 2 certificates, 2 secrets, 1 authority, 1 pool, 1 connection\n",
                ran.out());
    }

    /// The daemon looks for what is on tokens; a PIN goes to it and is printed nowhere.
    @Test
    void whatLiesOnTokensIsNamed() throws Exception {
        conf(
                """
                connections { gw { local { cert { handle = 01
                                                  slot = 3
                                                  module = card } } } }
                authorities { ca { handle = 0xca
                                   module = card } }
                secrets { token-1 { handle = 01
                                    slot = 3
                                    module = card
                                    pin = 987654 } }
                """);
        accept("load-token");
        serveEverything();
        var ran = load();
        assertEquals(0, ran.status(), ran.err());
        assertEquals(
                List.of(
                        "load-token {handle=01 slot=3 module=card pin=987654}",
                        "load-authority {ca {handle=0xca module=card}}",
                        "load-conn {gw {local {cert {handle=01 slot=3 module=card}}}}"),
                asked.stream().filter(each -> each.startsWith("load-")).toList());
        assertEquals("loaded: 1 key, 1 authority, 1 connection\n", ran.out());
    }

    @Test
    void listsAreSplitAndTheRestIsNot() throws Exception {
        conf(TWO_CONNECTIONS);
        serveEverything();
        assertEquals("loaded: 2 connections\n", load("conns").out());
        assertEquals(
                List.of(
                        "get-conns {}",
                        "load-conn {gw {remote_addrs=[192.0.2.1 gw.example] local {auth=psk}"
                                + " children {net {local_ts=[10.1.0.0/16 10.2.0.0/16]"
                                + " mode=tunnel}}}}",
                        "load-conn {branch {mobike=no}}"),
                asked);
    }

    @Test
    void aRefusedConnectionStopsNoOtherAndIsToldWithItsLine() throws Exception {
        conf(TWO_CONNECTIONS);
        has("get-conns", "conns", "gw", "old");
        answer(
                "load-conn",
                request ->
                        request.has("gw")
                                ? ViciMessage.failure(
                                        "invalid value for: local_ts, config discarded")
                                : ViciMessage.success());
        accept("unload-conn");
        listen();
        var ran = load("conns");
        assertEquals(1, ran.status());
        assertEquals("loaded: 1 connection\nremoved: connection old\nfailed: 1\n", ran.out());
        assertEquals(
                "keyferry: "
                        + swanctl
                        + "/swanctl.conf:9: connections.gw: invalid value for: local_ts, config"
                        + " discarded\n",
                ran.err());
        assertEquals("unload-conn {name=old}", asked.getLast());
    }

    @Test
    void aMissingCertificateIsToldWithItsLineAndItsConnectionIsLeftAlone() throws Exception {
        conf(
                """
                connections {
                  gw {
                    local { certs = nosuch.pem }
                  }
                  b { }
                }
                """);
        has("get-conns", "conns", "gw");
        accept("load-conn");
        listen();
        var ran = load("conns");
        assertEquals(1, ran.status());
        assertEquals(
                "keyferry: "
                        + swanctl
                        + "/swanctl.conf:3: certs: "
                        + swanctl
                        + "/x509/nosuch.pem: no such file\n",
                ran.err());
        assertEquals(List.of("get-conns {}", "load-conn {b {}}"), asked);
    }

    @Test
    void brokenGrammarSendsNothing() throws Exception {
        conf("connections {\n  gw {\n    version = 2\n  }\n");
        serveEverything();
        var ran = load();
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains("swanctl.conf:"), ran.err());
        assertTrue(ran.err().endsWith("keyferry: nothing was loaded\n"), ran.err());
        assertEquals(List.of(), asked);
    }

    @Test
    void aKeyThatCannotBeReadKeepsTheDaemonsKeys() throws Exception {
        conf("secrets { ike-x { } }\n");
        file("private/broken.pem", "no key".getBytes(StandardCharsets.US_ASCII));
        has("get-keys", "keys", "00112233");
        has("get-shared", "keys", "ike-x", "ike-gone");
        accept("unload-shared", "unload-key");
        listen();
        var ran = load("creds");
        assertEquals(1, ran.status());
        assertEquals(List.of("get-keys {}", "get-shared {}", "unload-shared {id=ike-gone}"), asked);
        assertTrue(ran.err().contains("private/broken.pem: private key: "), ran.err());
        assertTrue(ran.err().contains("swanctl.conf:1: secrets.ike-x: the option secret"));
        assertTrue(ran.err().contains("no key was removed"), ran.err());
    }

    @Test
    void clearComesFirst() throws Exception {
        conf("");
        serveEverything();
        assertEquals(0, load("creds", "--clear").status());
        assertEquals(List.of("clear-creds {}", "get-keys {}", "get-shared {}"), asked);
    }

    @Test
    void secretsAreNeverPrinted() throws Exception {
        conf("secrets { ike-a { secret = lantern } \n ike-b { secret = 0xlantern } }\n");
        has("get-keys", "keys");
        has("get-shared", "keys");
        answer("load-shared", _ -> ViciMessage.failure("parsing shared key owners failed"));
        listen();
        var ran = load("creds", "--json");
        assertEquals(1, ran.status());
        assertFalse((ran.out() + ran.err()).contains("lantern"));
        assertTrue(ran.err().contains(":2: secrets.ike-b.secret: the secret is not valid hex"));
        assertTrue(ran.out().contains("\"reason\" : \"parsing shared key owners failed\""));
    }

    @Test
    void aConnectionTooLargeForVici() throws Exception {
        conf(
                "connections { huge { local_addrs = "
                        + "192.0.2.1,".repeat(60_000)
                        + "\n } \n small { } }");
        serveEverything();
        var ran = load("conns");
        assertEquals(1, ran.status());
        assertTrue(ran.err().contains(":1: connections.huge: larger than a VICI message"));
        assertEquals(List.of("get-conns {}", "load-conn {small {}}"), asked);
    }

    @Test
    void misspeltSectionsAreTold() throws Exception {
        conf("conections { gw { } }\nversion = 2\n");
        serveEverything();
        var ran = load();
        assertEquals(0, ran.status());
        assertTrue(ran.err().contains(":1: conections: nothing uses this section"), ran.err());
        assertTrue(ran.err().contains(":2: version: nothing uses this option"), ran.err());
    }

    @Test
    void wrongUsageAndNoDaemon() throws Exception {
        conf("");
        assertEquals(2, load("connections").status());
        assertEquals(2, load("pools", "--clear").status());
        assertEquals(3, load().status());
    }
}
