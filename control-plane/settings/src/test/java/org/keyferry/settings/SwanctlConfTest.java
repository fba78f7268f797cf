package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.settings.SettingsException.Problem;
import org.keyferry.settings.model.Action;
import org.keyferry.settings.model.AddressSpec;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.AuthRound;
import org.keyferry.settings.model.Child;
import org.keyferry.settings.model.ChildMode;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.CopyDscp;
import org.keyferry.settings.model.Fragmentation;
import org.keyferry.settings.model.InterfaceId;
import org.keyferry.settings.model.KeyRenewal;
import org.keyferry.settings.model.Lifetime;
import org.keyferry.settings.model.Mark;
import org.keyferry.settings.model.OcspExchange;
import org.keyferry.settings.model.Redirects;
import org.keyferry.settings.model.SharedSecret;
import org.keyferry.settings.model.TcpUse;
import org.keyferry.settings.model.TsSpec;
import org.keyferry.settings.model.UniquePolicy;
import org.keyferry.wire.AddressRange;
import org.keyferry.wire.Gateway;
import org.keyferry.wire.Identification;
import org.keyferry.wire.IpAddress;
import org.keyferry.wire.PortRange;
import org.keyferry.wire.Proposal;
import org.keyferry.wire.TrafficSelector;

class SwanctlConfTest {
    private static final ConnectionDefaults DEFAULTS = ConnectionDefaults.supporting(_ -> true);

    static LoadedConf load(String text) throws SettingsException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Path file = Path.of("swanctl.conf");
        return SwanctlConf.read(SettingsParser.parse(file, bytes, FileSource.NONE), DEFAULTS);
    }

    /// One connection `c` with these settings of its own; line 2 is the first of them.
    static String connection(String settings) {
        return "connections { c {\n"
                + settings
                + "\nlocal { auth = psk\n }\nremote { auth = psk\n } } }";
    }

    private static Connection conn(String settings) throws SettingsException {
        return load(connection(settings)).connections().getFirst();
    }

    private static Child child(String settings) throws SettingsException {
        return conn("children { k {\n" + settings + "\n} }").child("k").get();
    }

    static SettingsException refused(String text) {
        return assertThrows(SettingsException.class, () -> load(text));
    }

    @Test
    void defaultsOfAConnection() throws Exception {
        Connection c = conn("");
        assertEquals("c", c.name());
        assertEquals(List.of(new AddressSpec.Any()), c.localAddrs());
        assertEquals(List.of(new AddressSpec.Any()), c.remoteAddrs());
        assertEquals(500, c.localPort());
        assertEquals(500, c.remotePort());
        assertEquals(DefaultProposals.ike(_ -> true), c.proposals());
        assertFalse(c.encap());
        assertTrue(c.mobike());
        assertEquals(Duration.ZERO, c.dpdDelay());
        assertEquals(Fragmentation.YES, c.fragmentation());
        assertEquals(1, c.keyingTries());
        assertEquals(UniquePolicy.NO, c.unique());
        assertEquals(0, c.dscp());
        assertEquals(InterfaceId.NONE, c.ifIdIn());
        assertEquals(InterfaceId.NONE, c.ifIdOut());
        assertEquals(List.of(new AuthRound(AuthMethod.PSK, Identification.ANY)), c.local());
        assertEquals(c.local(), c.remote());
        assertEquals(List.of(), c.children());
    }

    @Test
    void defaultsOfAChild() throws Exception {
        Child k = child("");
        TsSpec dynamic = new TsSpec.Dynamic(0, PortRange.ANY);
        assertEquals(DefaultProposals.esp(_ -> true), k.proposals());
        assertEquals(List.of(dynamic), k.localTs());
        assertEquals(List.of(dynamic), k.remoteTs());
        assertEquals(ChildMode.TUNNEL, k.mode());
        assertEquals(Set.of(), k.startAction());
        assertEquals(Set.of(), k.closeAction());
        assertEquals(Set.of(), k.dpdAction());
        assertTrue(k.kernel().policies());
        assertEquals(0, k.kernel().reqid());
        assertEquals(0, k.kernel().priority());
        assertEquals(32, k.kernel().replayWindow());
        assertEquals(Mark.NONE, k.kernel().markIn());
        assertEquals(Mark.NONE, k.kernel().markOut());
        assertTrue(k.kernel().copyDf());
        assertTrue(k.kernel().copyEcn());
        assertEquals(CopyDscp.OUT, k.kernel().copyDscp());
    }

    @Test
    void everyHonouredOptionOfAConnection() throws Exception {
        Connection c =
                conn(
                        """
                        version = 2
                        local_addrs = 192.0.2.1, 2001:db8::/32, 10.0.0.1-10.0.0.9
                        remote_addrs = gw-1.example.com, %any
                        local_port = 4500
                        remote_port = 1000
                        proposals = aes128-sha256-x25519, default
                        encap = yes
                        mobike = no
                        dpd_delay = 30s
                        fragmentation = force
                        keyingtries = 0
                        unique = replace
                        dscp = 101110
                        if_id_in = 7
                        if_id_out = 0x8
                        """);
        assertEquals("[192.0.2.1, 2001:db8::/32, 10.0.0.1..10.0.0.9]", c.localAddrs().toString());
        assertEquals(
                List.of(new AddressSpec.HostName("gw-1.example.com"), new AddressSpec.Any()),
                c.remoteAddrs());
        assertEquals(4_500, c.localPort());
        assertEquals(1_000, c.remotePort());
        assertEquals(List.of(1, 2, 3), c.proposals().stream().map(Proposal::number).toList());
        assertEquals(4, c.proposals().getFirst().transforms().size());
        assertTrue(c.encap());
        assertFalse(c.mobike());
        assertEquals(Duration.ofSeconds(30), c.dpdDelay());
        assertEquals(Fragmentation.FORCE, c.fragmentation());
        assertEquals(0, c.keyingTries());
        assertEquals(UniquePolicy.REPLACE, c.unique());
        assertEquals(46, c.dscp());
        assertEquals(InterfaceId.fixed(7), c.ifIdIn());
        assertEquals(InterfaceId.fixed(8), c.ifIdOut());
    }

    @Test
    void peersAreSentToAnAddressOrAName() throws Exception {
        assertEquals(Redirects.NONE, conn("").redirects());
        var expected =
                new Redirects(
                        Optional.of(new Gateway.Name("gw2.example.org")),
                        Optional.of(new Gateway.Address(IpAddress.parse("2001:db8::2"))));
        var options = "redirect_init = gw2.example.org\nredirect_auth = 2001:db8::2";
        assertEquals(expected, conn(options).redirects());
    }

    @Test
    void ocspAnswersTravelWhereTheyAreWanted() throws Exception {
        assertEquals(OcspExchange.REPLY, conn("").certExchange().ocsp());
        for (OcspExchange each : OcspExchange.values()) {
            var ocsp = conn("ocsp = " + each.name().toLowerCase(Locale.ROOT)).certExchange().ocsp();
            assertEquals(each, ocsp);
        }
        assertEquals(Set.of(OcspExchange.REPLY, OcspExchange.BOTH), which(OcspExchange::replies));
        assertEquals(
                Set.of(OcspExchange.REQUEST, OcspExchange.BOTH), which(OcspExchange::requests));
    }

    private static Set<OcspExchange> which(Predicate<OcspExchange> which) {
        return Arrays.stream(OcspExchange.values())
                .filter(which)
                .collect(java.util.stream.Collectors.toSet());
    }

    @Test
    void tcpIsUsedOnlyWhereItIsWanted() throws Exception {
        assertEquals(new TcpUse(TcpUse.When.NO, 4500), conn("").tcp());
        assertEquals(new TcpUse(TcpUse.When.YES, 4500), conn("tcp = yes").tcp());
        assertEquals(
                new TcpUse(TcpUse.When.FALLBACK, 443),
                conn("tcp = fallback\ntcp_port = 443").tcp());
    }

    @Test
    void everyHonouredOptionOfAChild() throws Exception {
        Child k =
                child(
                        """
                        esp_proposals = aes256gcm16-esn
                        local_ts = 10.1.0.0/16[tcp/80], dynamic[udp]
                        remote_ts = 10.2.0.1-10.2.0.9, fd00::/8
                        mode = transport
                        start_action = trap|start
                        close_action = trap
                        dpd_action = restart
                        policies = no
                        reqid = 12
                        priority = 4000000000
                        replay_window = 0
                        mark_in = 0x1f/0xf
                        mark_out = 42
                        if_id_in = 1
                        if_id_out = 2
                        copy_df = no
                        copy_ecn = no
                        copy_dscp = yes
                        """);
        assertEquals("ESP:AES_GCM_16_256/EXT_SEQ", k.proposals().getFirst().toString());
        assertEquals(
                List.of(
                        new TsSpec.Fixed(
                                new TrafficSelector(
                                        6,
                                        new PortRange(80, 80),
                                        AddressRange.parse("10.1.0.0/16"))),
                        new TsSpec.Dynamic(17, PortRange.ANY)),
                k.localTs());
        assertEquals("[10.2.0.1..10.2.0.9, fd00::/8]", k.remoteTs().toString());
        assertEquals(ChildMode.TRANSPORT, k.mode());
        assertEquals(Set.of(Action.TRAP, Action.START), k.startAction());
        assertEquals(Set.of(Action.TRAP), k.closeAction());
        assertEquals(Set.of(Action.START), k.dpdAction());
        assertFalse(k.kernel().policies());
        assertEquals(12, k.kernel().reqid());
        assertEquals("4000000000", Integer.toUnsignedString(k.kernel().priority()));
        assertEquals(0, k.kernel().replayWindow());
        assertEquals(new Mark(0xf, 0xf), k.kernel().markIn());
        assertEquals(new Mark(42, -1), k.kernel().markOut());
        assertEquals(InterfaceId.fixed(1), k.kernel().ifIdIn());
        assertEquals(InterfaceId.fixed(2), k.kernel().ifIdOut());
        assertFalse(k.kernel().copyDf());
        assertFalse(k.kernel().copyEcn());
        assertEquals(CopyDscp.YES, k.kernel().copyDscp());
    }

    /// Options, then reauthentication, rekeying, grace and random part in seconds.
    @ParameterizedTest
    @CsvSource({
        "'',                                 0, 14400, 1440, 1440",
        "rekey_time = 2h,                    0,  7200,  720,  720",
        "reauth_time = 1d,               86400,     0, 8640, 8640",
        "reauth_time = 0,                    0,     0,    0,    0",
        "rekey_time = 0,                     0,     0,    0,    0",
        "reauth_time = 10h; rekey_time = 1h, 36000, 3600, 3600, 1800",
        "over_time = 5h,                     0, 14400, 18000, 7200",
        "over_time = 1m; rand_time = 2m,     0, 14400,   60,  120",
    })
    void timesOfAConnection(String options, long reauth, long rekey, long over, long random)
            throws Exception {
        Connection c = conn(options.replace("; ", "\n"));
        assertEquals(Duration.ofSeconds(reauth), c.reauthTime());
        assertEquals(Duration.ofSeconds(rekey), c.rekeyTime());
        assertEquals(Duration.ofSeconds(over), c.overTime());
        assertEquals(Duration.ofSeconds(random), c.randTime());
    }

    @ParameterizedTest
    @CsvSource({
        "'',                              3600, 3960, 360",
        "life_time = 3960,                3600, 3960, 360",
        "life_time = 1h,                  3272, 3600, 328",
        "rekey_time = 10m,                 600,  660,  60",
        "rekey_time = 0,                     0,    0,   0",
        "rekey_time = 1h; life_time = 2h, 3600, 7200, 3600",
        "rekey_time = 2h; life_time = 1h, 7200, 3600,   0",
        "rand_time = 5,                   3600, 3960,   5",
    })
    void timesOfAChild(String options, long rekey, long life, long random) throws Exception {
        Lifetime lifetime = child(options.replace("; ", "\n")).lifetime();
        assertEquals(Duration.ofSeconds(rekey), lifetime.rekeyTime());
        assertEquals(Duration.ofSeconds(life), lifetime.lifeTime());
        assertEquals(Duration.ofSeconds(random), lifetime.randTime());
        assertEquals(0, lifetime.rekeyBytes() + lifetime.lifeBytes() + lifetime.randBytes());
        assertEquals(0, lifetime.rekeyPackets() + lifetime.lifePackets());
    }

    @Test
    void rekeyingsWithAKeyExchange() throws Exception {
        assertEquals(KeyRenewal.ALWAYS, child("rekey_time = 10m").lifetime().keyRenewal());
        String group = "esp_proposals = aes128gcm16-x25519\n";
        assertEquals(
                new KeyRenewal(4, Duration.ZERO),
                child(group + "rekey_ke_every = 4").lifetime().keyRenewal());
        assertEquals(
                new KeyRenewal(0, Duration.ofHours(8)),
                child(group + "rekey_ke_time = 8h").lifetime().keyRenewal());
        assertEquals(
                new KeyRenewal(4, Duration.ofHours(8)),
                child(group + "rekey_ke_every = 4\nrekey_ke_time = 8h").lifetime().keyRenewal());
        String without = "children { k {\nesp_proposals = aes128gcm16\nrekey_ke_every = 4\n} }";
        String refusal = refused(connection(without)).getMessage();
        assertTrue(refusal.contains("asks for key exchanges that no proposal has"), refusal);
    }

    @Test
    void limitsOfBytesAndPackets() throws Exception {
        Lifetime lifetime = child("rekey_bytes = 10 m\nlife_packets = 1100").lifetime();
        assertEquals(10_485_760, lifetime.rekeyBytes());
        assertEquals(11_534_336, lifetime.lifeBytes());
        assertEquals(1_048_576, lifetime.randBytes());
        assertEquals(1_000, lifetime.rekeyPackets());
        assertEquals(1_100, lifetime.lifePackets());
        assertEquals(100, lifetime.randPackets());
        Lifetime huge = child("rekey_bytes = 99999999999g").lifetime();
        assertEquals(Long.MAX_VALUE, huge.rekeyBytes());
        assertEquals(Long.MAX_VALUE, huge.lifeBytes());
    }

    @ParameterizedTest
    @CsvSource({"90, 90", "0x10, 16", "010, 8", "2m, 120", "2 M, 120", "1h, 3600", "1D, 86400"})
    void timesTakeBasesAndUnits(String text, long seconds) throws Exception {
        assertEquals(Duration.ofSeconds(seconds), conn("dpd_delay = " + text).dpdDelay());
    }

    @Test
    void roundsAreSortedByNumberThenByPlace() throws Exception {
        String rounds =
                """
                connections { c {
                  local-b { auth = psk
                    round = 2
                    id = b.x }
                  LOCAL { auth = psk
                    id = c.x }
                  local-a { auth = psk
                    id = a.x }
                  remote { auth = psk
                    id = "C=CH, CN=*" }
                } }
                """;
        Connection c = load(rounds).connections().getFirst();
        assertEquals(
                List.of("c.x", "a.x", "b.x"),
                c.local().stream().map(round -> round.id().toString()).toList());
        assertEquals("C=CH, CN=*", c.remote().getFirst().id().toString());
    }

    /// As of a connection whose children are shunts.
    @Test
    void aSideWithoutSectionLeavesEverythingOpen() throws Exception {
        var connection = load("connections { c { } }").connections().getFirst();
        var open = List.of(new AuthRound(AuthMethod.PUBKEY, Identification.ANY));
        assertEquals(open, connection.local());
        assertEquals(open, connection.remote());
    }

    @Test
    void connectionsInheritFromTemplates() throws Exception {
        LoadedConf conf =
                load(
                        """
                        connections {
                          a : psk { remote_addrs = 192.0.2.1 }
                          b : psk { remote_addrs = 192.0.2.2
                            rekey_time = }
                        }
                        psk { rekey_time = 2h
                          local { auth = psk }
                          remote { auth = psk }
                          children { net { local_ts = 10.1.0.0/16 } } }
                        conections { }
                        """);
        assertEquals(2, conf.connections().size());
        assertEquals(Duration.ofHours(2), conf.connections().get(0).rekeyTime());
        assertEquals(Duration.ofHours(4), conf.connections().get(1).rekeyTime());
        assertTrue(conf.connections().get(1).child("net").isPresent());
        assertEquals(
                List.of("swanctl.conf:10: conections: nothing uses this section"), conf.warnings());
    }

    @Test
    void aConnectionThatInheritsFromItsParentsEndsInAnErrorOnly() {
        assertEquals(
                Problem.UNKNOWN_OPTION, refused("connections { c : connections { } }").problem());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "secret = plain text      | 706c61696e2074657874",
                "secret = \"# } \"        | 23207d20",
                "secret = 0x00fF          | 00ff",
                "secret = 0xfff           | 0fff",
                "secret = 0x00:01:02      | 000102",
                "secret = 0sAAEC/w==      | 000102ff",
                "secret = 0sAAEC/w        | 000102ff",
                "secret = é               | c3a9",
                "secret = 0               | 30",
            })
    void secretsAreTextHexOrBase64(String setting, String hex) throws Exception {
        String text = "secrets { ike-1 {\n" + setting + "\n} }";
        SharedSecret secret = load(text).secrets().getFirst();
        assertArrayEquals(HexFormat.of().parseHex(hex), secret.secret().array());
        assertEquals(List.of(), secret.owners());
    }

    @Test
    void secretsHaveAKindAndOwners() throws Exception {
        List<SharedSecret> secrets =
                load("""
                secrets {
                  ike-gw { id-1 = moon.example.com
                    secret = s
                    id = 192.0.2.1
                    id2 = "C=CH, O=x" }
                  eap-carol { secret = s }
                  ppk { secret = s }
                }
                """)
                        .secrets();
        assertEquals(
                List.of(SharedSecret.Kind.IKE, SharedSecret.Kind.EAP, SharedSecret.Kind.PPK),
                secrets.stream().map(SharedSecret::kind).toList());
        assertEquals("ike-gw", secrets.getFirst().id());
        assertEquals(
                "[moon.example.com, 192.0.2.1, C=CH, O=x]", secrets.getFirst().owners().toString());
    }

    @Test
    void secretsAreNeverPrinted() throws Exception {
        SharedSecret secret = load("secrets { ike { secret = hunter2 } }").secrets().getFirst();
        assertFalse(secret.toString().contains("hunter2"));
        var refusal = refused("secrets { ike { secret = 0xhunter2 } }");
        assertEquals(
                "swanctl.conf:1: secret: the secret is not valid hexadecimal",
                refusal.getMessage());
        assertFalse(refused("secrets { ike { secret = 0s? } }").toString().contains("?"));
        secret.secret().wipe();
        assertArrayEquals(new byte[7], secret.secret().array());
    }

    @Test
    void theDaemonsPortReplayWindowAndAlgorithmsCount() throws Exception {
        var defaults = new ConnectionDefaults(t -> t.id() != 20, _ -> true, 5_000, 4_500, 64);
        SettingsTree tree = SettingsGrammarTest.parse(connection("children { k {\n} }"));
        Connection c = SwanctlConf.read(tree, defaults).connections().getFirst();
        assertEquals(5_000, c.localPort());
        assertEquals(64, c.children().getFirst().kernel().replayWindow());
        assertFalse(c.proposals().toString().contains("AES_GCM_16"));
        SettingsTree gcm =
                SettingsGrammarTest.parse(connection("proposals = aes128gcm16-prfsha256-x25519"));
        var refusal = assertThrows(SettingsException.class, () -> SwanctlConf.read(gcm, defaults));
        assertEquals("algorithm 'aes128gcm16' is not supported here", refusal.reason());
    }

    @Test
    void tenThousandConnectionsAndAnEndlessRowOfTemplates() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            text.append("t%d : t%d { x = %d }\n".formatted(i, i + 1, i));
            text.append("connections { c%d : psk { rekey_time = %dm } }\n".formatted(i, i + 1));
        }
        text.append("psk { local { auth = psk\n }\nremote { auth = psk\n } children { k { } } }");
        LoadedConf conf = load(text.toString());
        assertEquals(10_000, conf.connections().size());
        assertEquals(Duration.ofMinutes(10_000), conf.connections().getLast().rekeyTime());
        SettingsTree tree = SettingsGrammarTest.parse(text.toString());
        assertEquals(0, tree.root().integer("t0.x", -1));
        assertEquals(1, tree.root().section("t0").get().settings().size());
    }
}
