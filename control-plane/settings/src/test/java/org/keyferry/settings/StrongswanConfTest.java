package org.keyferry.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keyferry.settings.KernelConf.Routes;
import org.keyferry.settings.Logging.Journal;
import org.keyferry.settings.Logging.Levels;
import org.keyferry.settings.Logging.LogFile;
import org.keyferry.settings.Logging.Syslog;
import org.keyferry.settings.Service.Script;
import org.keyferry.settings.StrongswanConf.DosProtection;
import org.keyferry.settings.StrongswanConf.Retransmission;
import org.keyferry.settings.model.Admission;
import org.keyferry.settings.model.AuthMethod;
import org.keyferry.settings.model.ChildHandling;
import org.keyferry.settings.model.FragmentSizes;
import org.keyferry.settings.model.Mark;
import org.keyferry.settings.model.PathHandling;
import org.keyferry.settings.model.Puzzles;
import org.keyferry.settings.model.Renewal;
import org.keyferry.settings.model.SpiLabel;

class StrongswanConfTest {
    private static final Path SHIPPED = Path.of("../../config/conf");

    private static StrongswanConf conf(String text) throws SettingsException {
        return StrongswanConf.of(SettingsGrammarTest.parse(text));
    }

    private static void assertDefaults(StrongswanConf conf) {
        assertEquals(
                new Retransmission(Duration.ofSeconds(4), 1.8, 5, 0, Duration.ZERO),
                conf.retransmission());
        assertEquals(500, conf.sockets().port());
        assertEquals(4_500, conf.sockets().portNatT());
        assertEquals(new DosProtection(true, 30, 3, 5), conf.dosProtection());
        assertEquals(new Admission(0, 0, false), conf.admission());
        assertEquals(Duration.ofSeconds(30), conf.halfOpenTimeout());
        assertEquals(new Renewal(true, Duration.ofSeconds(5), true), conf.renewal());
        assertEquals(new ChildHandling(true, false, false, false, Duration.ZERO), conf.children());
        assertEquals(new PathHandling(Duration.ZERO, true, false, false, true), conf.paths());
        assertTrue(conf.preferConfiguredProposals());
        assertFalse(conf.acceptPrivateAlgorithms());
        assertFalse(conf.sendVendorId());
        assertEquals(new FragmentSizes(1_280, 1_280), conf.fragmentSizes());
        assertEquals(new SpiLabel(0, 0), conf.spiLabel());
        assertEquals(10_000, conf.sockets().maxPacket());
        assertEquals(Duration.ofSeconds(20), conf.keepAlive());
        assertEquals(32, conf.replayWindow());
        assertEquals(3, conf.hostResolverThreads());
        assertEquals(KernelConf.DEFAULT, conf.kernel());
        assertEquals(1, conf.kernel().reqidBase());
        assertEquals(0xc000_0000, conf.kernel().spiMin());
        assertEquals(0xcfff_ffff, conf.kernel().spiMax());
        assertEquals(165, conf.kernel().acquireExpires().toSeconds());
        assertEquals("unix:///var/run/charon.vici", conf.viciSocket());
    }

    @Test
    void childrenOfAnIkeSa() throws Exception {
        assertEquals(256, conf("").children().childrenLimit());
        assertEquals(
                7, conf("charon { keyferry { children_limit = 7 } }").children().childrenLimit());
    }

    @Test
    void puzzles() throws Exception {
        assertEquals(new Puzzles(0, 16, 20), conf("").admission().puzzles());
        String own = "keyferry { puzzle_threshold = 100\n puzzle_bits = 17\n puzzle_limit = 0 }";
        assertEquals(new Puzzles(100, 17, 0), conf("charon { " + own + " }").admission().puzzles());
        assertEquals(
                new Puzzles(0, 17, 0),
                conf("charon { dos_protection = no\n " + own + " }").admission().puzzles());
    }

    @Test
    void anEmptyFileGivesTheDefaults() throws Exception {
        assertDefaults(conf(""));
        assertEquals(List.of(), conf("").logging().files());
    }

    @Test
    void valuesThatCannotBeReadGiveTheDefaults() throws Exception {
        assertDefaults(
                conf(
                        """
                        charon {
                          port = 70000
                          port_nat_t = 4500x
                          retransmit_timeout = -1
                          retransmit_base = 1.8.1
                          retransmit_tries = five
                          cookie_threshold = -3
                          install_routes = maybe
                          keep_alive = often
                          half_open_timeout = 30s
                          spi_min = big
                          max_packet = 0
                        }
                        """));
    }

    @Test
    void valuesAreRead() throws Exception {
        StrongswanConf conf =
                conf(
                        """
                        charon {
                          port = 0
                          retransmit_timeout = 0.5
                          retransmit_base = 2
                          retransmit_tries = 3
                          retransmit_jitter = 50
                          retransmit_limit = 10
                          cookie_threshold_ip = 10
                          dos_protection = no
                          fragment_size = 1400
                          fragment_size_v6 = 1300
                          spi_min = 0xd0000000
                          spi_max = 0xdfffffff
                          install_routes = no
                          routing_table = 17
                          plugins { vici { socket = unix:///tmp/v } }
                        }
                        charon-systemd { port_nat_t = 4501 }
                        """);
        assertEquals(0, conf.sockets().port());
        assertEquals(4_501, conf.sockets().portNatT());
        assertEquals(
                new Retransmission(Duration.ofMillis(500), 2, 3, 20, Duration.ofSeconds(10)),
                conf.retransmission());
        assertEquals(new DosProtection(false, 30, 10, 11), conf.dosProtection());
        assertEquals(new FragmentSizes(1_400, 1_300), conf.fragmentSizes());
        assertEquals(0xd000_0000, conf.kernel().spiMin());
        assertEquals(Routes.DEFAULT.installed(false, 17), conf.kernel().routes());
        assertEquals("unix:///tmp/v", conf.viciSocket());
    }

    @ParameterizedTest
    @CsvSource({
        "'', 100",
        "keep_alive = 5, 5",
        "keep_alive = 5; keyferry { ; keep_alive_limit = 60; }, 60",
    })
    void aKeepaliveIntervalThatSomebodyAsksForDoesNotGrowByItself(String options, int seconds)
            throws Exception {
        StrongswanConf conf = conf("charon {\n" + options.replace(';', '\n') + "\n}");
        assertEquals(Duration.ofSeconds(seconds), conf.paths().keepAliveLimit());
    }

    /// A module without a path is none.
    @Test
    void modulesOfTokensAreRead() throws Exception {
        StrongswanConf conf =
                conf(
                        """
                        charon { plugins { pkcs11 {
                          reload_certs = yes
                          modules {
                            card { path = /usr/lib/opensc-pkcs11.so }
                            hsm { path = hsm.so
                              os_locking = yes
                              load_certs = no }
                            none { os_locking = yes }
                          } } } }
                        """);
        assertEquals(
                new Pkcs11Conf(
                        List.of(
                                new Pkcs11Conf.Module(
                                        "card", "/usr/lib/opensc-pkcs11.so", true, false),
                                new Pkcs11Conf.Module("hsm", "hsm.so", false, true)),
                        true),
                conf.pkcs11());
        assertEquals(new Pkcs11Conf(List.of(), false), conf("").pkcs11());
    }

    @Test
    void whatTheEngineAndTheKernelGetIsRead() throws Exception {
        StrongswanConf conf =
                conf(
                        """
                        charon {
                          init_limit_half_open = 7
                          ikesa_limit = 8
                          initiator_only = yes
                          reuse_ikesa = no
                          inactivity_close_ike = yes
                          close_ike_on_child_failure = yes
                          ignore_acquire_ts = yes
                          retry_initiate_interval = 1m
                          make_before_break = no
                          delete_rekeyed_delay = 9
                          prefer_previous_dh_group = no
                          keep_alive_dpd_margin = 5s
                          follow_redirects = no
                          fragment_size = 0
                          spi_label = 0x1200000000000000
                          spi_mask = 0xff00000000000000
                          interfaces_use = eth0, eth1
                          interfaces_ignore = eth1
                          ignore_routing_tables = main 17
                          process_route = no
                          host_resolver { max_threads = 5 }
                          plugins {
                            socket-default { fwmark = 0x42
                              use_ipv6 = no }
                            kernel-netlink {
                              fwmark = !0x10/0xf0
                              mtu = 1400
                              mss = 1360
                              port_bypass = yes
                              receive_buffer_size = 0
                              spdh_thresh { ipv4 { lbits = 24 } }
                              xfrm_acq_expires = 30 } } }
                        """);
        assertEquals(new Admission(7, 8, true), conf.admission());
        assertEquals(
                new ChildHandling(false, true, true, true, Duration.ofMinutes(1)), conf.children());
        assertEquals(new Renewal(false, Duration.ofSeconds(9), false), conf.renewal());
        assertEquals(
                new PathHandling(Duration.ofSeconds(5), true, false, false, false), conf.paths());
        assertEquals(new FragmentSizes(576, 1_280), conf.fragmentSizes());
        assertEquals(0x12L << 56, conf.spiLabel().label());
        assertEquals(0x1200_0000_12ab_cdefL, conf.spiLabel().applyTo(0x12ab_cdefL));
        assertTrue(conf.sockets().interfaces().uses("eth1"));
        assertFalse(conf.sockets().interfaces().uses("lo"));
        assertEquals(0x42, conf.sockets().fwmark().orElseThrow().value());
        assertFalse(conf.sockets().useIpv6());
        assertEquals(5, conf.hostResolverThreads());
        Routes routes = conf.kernel().routes();
        assertEquals(Set.of("main", "17"), routes.ignoredTables());
        assertFalse(routes.followChanges());
        assertEquals(
                Optional.of(new KernelConf.RuleMark(new Mark(0x10, 0xf0), true)), routes.fwmark());
        assertEquals(List.of(1_400, 1_360), List.of(routes.mtu(), routes.mss()));
        assertTrue(conf.kernel().portBypass());
        assertEquals(0, conf.kernel().receiveBufferBytes());
        assertEquals(
                Optional.of(new KernelConf.SpdHashing(24, 32, 128, 128)),
                conf.kernel().spdHashing());
        assertEquals(Duration.ofSeconds(30), conf.kernel().acquireExpires());
    }

    /// RFC 4303 §2.1 reserves SPIs up to 255.
    @ParameterizedTest
    @CsvSource({"0xd0000000,0xc0000000", "1,0xffffffff"})
    void spisThatCannotBeAskedForDoNotCount(String least, String most) throws Exception {
        StrongswanConf conf = conf("charon { spi_min = %s\nspi_max = %s }".formatted(least, most));
        assertEquals(0xc000_0000, conf.kernel().spiMin());
        assertEquals(0xcfff_ffff, conf.kernel().spiMax());
    }

    /// The total of strongSwan's table of retransmission, 165 s, and what jitter may not change.
    @ParameterizedTest
    @CsvSource({"4,1.8,5,0,165", "4,1.8,5,10,51", "1,1,3,0,4", "4,100,1000,0,31536000"})
    void totalTimeOfRetransmission(
            String timeout, String base, String tries, String limit, long seconds)
            throws Exception {
        StrongswanConf conf =
                conf(
                        """
                        charon {
                          retransmit_timeout = %s
                          retransmit_base = %s
                          retransmit_tries = %s
                          retransmit_limit = %s
                        }
                        """
                                .formatted(timeout, base, tries, limit));
        assertEquals(seconds, conf.retransmission().total().toSeconds());
    }

    @Test
    void logFiles() throws Exception {
        Logging logging =
                conf("""
                charon { filelog {
                  stderr { }
                  charon { path = /var/log/charon.log
                    default = 2
                    ike = 3
                    net = -1
                    knl = 9
                    append = no
                    flush_line = yes
                    ike_name = yes
                    log_level = yes
                    time_format = %b %e %T
                    time_add_ms = yes }
                } }
                """)
                        .logging();
        assertEquals(
                List.of(
                        new LogFile(
                                "stderr",
                                new Levels(1, Map.of()),
                                true,
                                false,
                                false,
                                false,
                                false,
                                Optional.empty(),
                                "s"),
                        new LogFile(
                                "/var/log/charon.log",
                                new Levels(2, Map.of("ike", 3, "net", -1)),
                                false,
                                true,
                                true,
                                true,
                                false,
                                Optional.of("%b %e %T"),
                                "ms")),
                logging.files());
        assertEquals(3, logging.files().get(1).levels().of("ike"));
        assertEquals(2, logging.files().get(1).levels().of("knl"));
    }

    @Test
    void syslogAndJournal() throws Exception {
        Logging logging =
                conf("""
                charon { syslog {
                  identifier = vpn
                  daemon { ike = 2
                    ike_name = yes }
                  auth { default = 0
                    map_level = 5
                    log_level = yes }
                  local7 { }
                } }
                charon-systemd { journal { default = -1
                  knl = 2 } }
                """)
                        .logging();
        assertEquals(
                List.of(
                        new Syslog(
                                "daemon", "vpn", new Levels(1, Map.of("ike", 2)), true, false, -1),
                        new Syslog("auth", "vpn", new Levels(0, Map.of()), false, true, 5)),
                logging.syslogs());
        assertEquals(Optional.of(new Journal(new Levels(-1, Map.of("knl", 2)))), logging.journal());
        assertEquals(1, logging.warnings().size());
        assertTrue(logging.warnings().getFirst().contains("syslog.local7"));
        assertEquals(Optional.empty(), conf("").logging().journal());
        assertEquals(
                "keyferryd",
                conf("charon { syslog { daemon { } } }")
                        .logging()
                        .syslogs()
                        .getFirst()
                        .identifier());
    }

    @Test
    void scriptsInTheirOrderAndOwners() throws Exception {
        Service service =
                conf("""
                charon {
                  user = ferry
                  start-scripts {
                    b-first = swanctl --load-all --noprompt
                    a-second = logger up
                    none =
                  }
                  stop-scripts { bye = logger bye }
                }
                """)
                        .service();
        assertEquals(
                List.of(
                        new Script("b-first", "swanctl --load-all --noprompt"),
                        new Script("a-second", "logger up")),
                service.startScripts());
        assertEquals(List.of(new Script("bye", "logger bye")), service.stopScripts());
        assertEquals(Optional.of("ferry"), service.user());
        assertEquals(Optional.empty(), service.group());
    }

    @Test
    void theShippedFileSaysWhatIsTheDefault() throws Exception {
        Path shipped = SHIPPED.resolve("strongswan.conf");
        assertDefaults(StrongswanConf.load(shipped));
        assertEquals(List.of(), StrongswanConf.load(shipped).logging().files());
        assertDefaults(conf(uncommented(shipped)));
    }

    @Test
    void theShippedExampleOfAConnectionLoads() throws Exception {
        Path shipped = SHIPPED.resolve("swanctl/swanctl.conf");
        ConnectionDefaults defaults = ConnectionDefaults.supporting(_ -> true);
        assertEquals(new LoadedConf(List.of(), List.of()), SwanctlConf.load(shipped, defaults));
        LoadedConf example = SwanctlConfTest.load(uncommented(shipped));
        assertEquals("office", example.connections().getFirst().name());
        assertEquals(AuthMethod.PSK, example.connections().getFirst().local().getFirst().method());
        assertTrue(example.connections().getFirst().child("lan").isPresent());
        assertEquals(2, example.secrets().getFirst().owners().size());
        assertEquals(List.of(), example.warnings());
    }

    /// The file with the settings in its comments put into force; sentences have no such shape.
    private static String uncommented(Path file) throws Exception {
        String text = Files.readString(file);
        return text.replaceAll("(?m)^(\\s*)# ?(\\s*(?:[a-z0-9_-]+ (?:=.*|\\{)|}))$", "$1$2");
    }
}
